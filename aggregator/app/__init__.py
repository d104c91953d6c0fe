"""The wiring: one function for each step, called by every face. The only package that knows all stages.

workspace (open a folder) · polling (upstreams into the queue) · capture (one URL into the queue) · deciding (the queue) ·
drafting (the draft, check, publish an issue) · importing (past issues) · publishing (feeds/) · listing (sources, entries).
"""
