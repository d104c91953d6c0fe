"""The site owner's own repository: the Markdown of issues, with previous and next, an index inside its README, redirects. Pure.

GitHub shows the files as they are; Jekyll (GitHub Pages) makes pages of them. What Liquid would take for a command is written so
that it does not, since one unclosed `{%` stops the whole build. Everything else of an issue stays byte for byte.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from aggregator.model import Document, Issue
from aggregator.publish.content import issue_day
from aggregator.publish.edition import Edition
from aggregator.publish.formats.markdown import PrintIssue
from aggregator.publish.formats.redirects import former_slugs
from aggregator.publish.inert import inert_markdown
from aggregator.publish.markup import inline_text
from aggregator.publish.strings import strings
from aggregator.text import clean_line

MEDIA_TYPE = "text/markdown"
README = "README.md"
DEFAULT_FOLDER = "issues"
_INDEX = ("<!-- aggregator:index -->", "<!-- /aggregator:index -->")
_AROUND = ("<!-- aggregator:around -->", "<!-- /aggregator:around -->")
_AROUND_BLOCK = re.compile(rf"\n*{re.escape(_AROUND[0])}.*?{re.escape(_AROUND[1])}\n?", re.DOTALL)
_CODE = re.compile(
    r"(^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?^ {0,3}\2[`~]*[ \t]*$|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\3(?!`))",
    re.DOTALL | re.MULTILINE,
)
_LIQUID = re.compile(r"\{(?=[{%])")
# Also what kramdown takes for attributes of what stands before it, or for a command of its own.
_BRACES = re.compile(r"\{(?=[{%:])")
# Characters that mean something in the text of a Markdown link, or to kramdown, GitHub or Liquid.
_MEANING = re.compile(r"([\\`*_\[\]<>{}|~])")


def issue_folder(paths: Iterable[str], issues: Sequence[Issue]) -> str:
    """The folder that holds most of the issues already ("" for the top); `issues` where none does."""
    names = {f"{issue_day(issue).isoformat()}.md" for issue in issues}
    found = Counter(path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in names)
    return min(found, key=lambda folder: (-found[folder], folder)) if found else DEFAULT_FOLDER


def repository_documents(edition: Edition, print_issue: PrintIssue, folder: str) -> Iterator[Document]:
    """The files of all issues and of their former names, without the README."""
    prefix = f"{folder}/" if folder else ""
    words = strings(edition.publication.language)
    for position, issue in enumerate(edition.issues):
        older = edition.issues[position + 1] if position + 1 < len(edition.issues) else None
        newer = edition.issues[position - 1] if position else None
        text = body_text(inert_markdown(print_issue(issue, edition.publication))) + _around(older, newer, words)
        yield _document(f"{prefix}{issue_day(issue).isoformat()}.md", text)
    for slug, issue in former_slugs(edition).items():
        name = issue_day(issue).isoformat()
        head = f"---\nlayout: default\nredirect_to: {name}.html\nsitemap: false\n---\n\n"
        yield _document(f"{prefix}{slug}.md", f"{head}{words['moved']}: [{_link_text(_title(issue))}]({name}.md)\n")


def body_text(text: str) -> str:
    """A text without our own block of neighbours, with what Liquid would run made text."""
    # Code shows an entity as it stands, so Liquid is told to leave it alone there instead.
    pieces = [
        _BRACES.sub("&#123;", part) if index % 4 == 0 else _LIQUID.sub("{% raw %}{{% endraw %}", part)
        for index, part in enumerate(_CODE.split(_AROUND_BLOCK.sub("", text)))
        if index % 4 < 2
    ]
    body = "".join(pieces)
    return body if body.endswith("\n") or not body else body + "\n"


def _around(older: Issue | None, newer: Issue | None, words: Mapping[str, str]) -> str:
    links = [
        f"[{label}]({issue_day(issue).isoformat()}.md)"
        for issue, label in ((older, f"← {words['previous']}"), (newer, f"{words['next']} →"))
        if issue is not None
    ]
    return f"\n{_AROUND[0]}\n{' · '.join(links)}\n{_AROUND[1]}\n" if links else ""


def readme_text(text: str | None, edition: Edition, folder: str) -> str:
    """A README with the index of issues between its markers; at its end where it has none. Nothing else of it changes.

    A marker without its partner counts for nothing, so that no text between two of them is lost.
    """
    block = f"{_INDEX[0]}\n{_index(edition, folder)}{_INDEX[1]}"
    if text is None:
        return f"# {_link_text(clean_line(edition.publication.name))}\n\n{block}\n"
    start = text.find(_INDEX[0])
    end = text.find(_INDEX[1], start) if start >= 0 else -1
    if end < 0 or text.find(_INDEX[0], start + 1, end) >= 0:
        return f"{text.rstrip()}\n\n{block}\n" if text.strip() else f"{block}\n"
    return text[:start] + block + text[end + len(_INDEX[1]) :]


def _index(edition: Edition, folder: str) -> str:
    prefix = f"{quote(folder)}/" if folder else ""
    lines: list[str] = []
    year = 0
    for issue in edition.issues:
        day = issue_day(issue)
        if day.year != year:
            year = day.year
            lines += ["", f"### {year}", ""]
        headline = inline_text(issue.headline)
        shown = f"{day.isoformat()}：{headline}" if headline else day.isoformat()
        lines.append(f"- [{_link_text(shown)}]({prefix}{day.isoformat()}.md)")
    return "\n".join(lines).lstrip("\n") + "\n\n" if lines else ""


def _title(issue: Issue) -> str:
    return inline_text(issue.headline) or issue_day(issue).isoformat()


def _link_text(text: str) -> str:
    # As entities: backslashes do not stop Liquid, and `|` would make a table of a kramdown line.
    return _MEANING.sub(lambda match: f"&#{ord(match[0])};", text)


def _document(path: str, text: str) -> Document:
    return Document(path, MEDIA_TYPE, text.encode(errors="replace"))
