"""A labelled link, as entries, candidates and items have it."""

from __future__ import annotations

from aggregator.model.value import value


@value
class Link:
    """A labelled link of a work. `role` is one of paper, code, project, demo, video, doc, article, link; `label` is
    how it is printed ("" for the label of its role). A line that leads nowhere (`标题：…`) has the role text, the whole
    line as its label and "" as its URL."""

    label: str
    role: str
    url: str
