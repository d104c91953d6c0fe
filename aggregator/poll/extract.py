"""The text of an article on a page whose layout is unknown, by trafilatura where it is installed (the extra `extract`).

Its dates and authors are wrong on Chinese pages: the text alone is asked of it.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec

MAX_CHARS = 600_000
HINT = "more pages give a summary with the extra `extract`: pip install 'aggregator[extract]'"


@lru_cache(maxsize=1)
def installed() -> bool:
    """True when the extra is there, whole: what trafilatura cleans with has to be asked for by name where installers miss it."""
    return all(find_spec(name) for name in ("trafilatura", "lxml_html_clean"))


def article(markup: str) -> str:
    """The article's text, a paragraph a line; "" where there is none, or nothing to find it with. Raises nothing."""
    if not installed():
        return ""
    # It takes a quarter of a second to import.
    import trafilatura

    try:
        found = trafilatura.extract(
            markup[:MAX_CHARS], include_comments=False, include_tables=False, include_formatting=False, favor_precision=True
        )
    except (ValueError, RecursionError, AttributeError, TypeError, AssertionError):
        # It is made for pages, and what comes here may be built to break it: then ours stands.
        return ""
    return found or ""
