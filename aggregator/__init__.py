"""sources.yaml | poll | queue | issue | publish > feeds/

Four stages, one folder each, in the order in which the data flows:

    poll/     upstream -> entries
    queue/    entries -> ranked candidates -> decisions
    issue/    approved candidates -> one dated issue
    publish/  issues -> documents -> files

Around them: ``model`` (the nouns), ``errors``, ``urls`` and ``text`` (pure helpers), ``protocols`` (the seams),
``config`` (sources.yaml and the environment), ``store`` (the database), ``app`` (the wiring), and the faces ``cli``,
``tui`` and ``web``.

The import rule: ``cli > tui | web > app > poll | queue | issue | publish | store > config > protocols > model | errors |
urls | text``. Stages never import each other; what passes between them is a type of ``model``.
"""

__version__ = "0.1.0"
