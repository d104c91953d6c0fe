"""An issue as a letter: HTML with its styles in the elements, plain text that reads well, both under the size that Gmail cuts.

No image is in it, so no opening of it can be counted. Without css-inline (the extra `email`) the styles stay in the head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec

from markupsafe import Markup, escape

from aggregator.model import Publication
from aggregator.publish.content import IssueView, ItemView, marked, publication_language, site_url
from aggregator.publish.mailtext import plain_text
from aggregator.publish.strings import strings
from aggregator.publish.templating import render
from aggregator.text import clean_line, html_to_text, trim

# Gmail cuts a message at 102 kB; both parts in base64 and the headers have to fit below it.
LIMIT_BYTES = 100_000
_SHORTENED = (None, 500, 250, 120, 0)
_TITLE_CHARS = 300
# Of a letter that is too long as it is: no part of it may be the one that makes it so.
_BRIEFS, _LINKS, _NAME_CHARS, _BRIEF_CHARS, _LEAD_CHARS = 20, 6, 100, 300, 2000
_IMAGE = re.compile(r'<img(?:[^>"]|"[^"]*")*>')
_ALT = re.compile(r'\salt="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Letter:
    """One issue to send: `subject` is one line, `html` a whole page, `text` the same in plain lines."""

    subject: str
    html: str
    text: str

    @property
    def size_bytes(self) -> int:
        """What both parts take in base64."""
        return sum(len(part.encode()) * 78 // 57 for part in (self.html, self.text))


@dataclass(frozen=True, slots=True)
class _Line:
    item: ItemView
    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class _Part:
    name: str
    note: Markup
    lines: tuple[_Line, ...]


def letter(view: IssueView, publication: Publication, unsubscribe: str | None = None) -> Letter:
    """The letter of an issue. Summaries are shortened, and in the end left out, where it would be too long; of an issue that
    is too long even so, the last items are left to the site.

    `unsubscribe` is where its foot leads instead of to the publication's own address; where there is none at all, the foot
    leads to the page about subscribing.
    """
    foot = publication.unsubscribe_url if unsubscribe is None else unsubscribe
    for chars in _SHORTENED:
        made = _letter(view, publication, foot, chars, len(view.items))
        if made.size_bytes <= LIMIT_BYTES:
            return made
    shown = len(view.items)
    while shown > 1 and made.size_bytes > LIMIT_BYTES:
        shown //= 2
        made = _letter(view, publication, foot, 0, shown)
    return made


def _letter(view: IssueView, publication: Publication, unsubscribe: str, chars: int | None, shown: int) -> Letter:
    words = strings(publication.language)
    full = chars is None
    title = trim(clean_line(view.title, None), _TITLE_CHARS)
    values = {
        "title": title,
        "issue": view,
        "words": words,
        "name": clean_line(publication.name),
        "notes": [_without_images(note) for note in view.notes if full],
        "lead": _without_images(view.lead) if full else escape(trim(view.lead_text, _LEAD_CHARS)),
        "opener": _without_images(view.opener) if full else _shortened(view.opener, _BRIEF_CHARS),
        "briefs": [
            _without_images(brief) if full else _shortened(brief, _BRIEF_CHARS)
            for brief in (view.briefs if full else view.briefs[:_BRIEFS])
        ],
        "parts": _parts(view, words["untitled"], chars, shown),
        "footer": _without_images(view.footer) if full else "",
        "shortened": not full,
        "foot": words["unsubscribe"] if unsubscribe else words["subscribe"],
        "foot_url": unsubscribe or site_url(publication, "subscribe/"),
    }
    page = render("mail.html", language=publication_language(publication), style=marked(_style()), **values)
    return Letter(clean_line(view.title, 200), _inlined(page), _text(**values))  # type: ignore[arg-type]  # by name above


def _parts(view: IssueView, untitled: str, chars: int | None, shown: int) -> list[_Part]:
    parts, left = [], shown
    for section in view.sections:
        lines = tuple(_line(item, chars) for item in section.items[: max(left, 0)])
        left -= len(lines)
        if lines:
            name = trim(section.name or untitled, _NAME_CHARS)
            parts.append(_Part(name, _without_images(section.note) if chars is None else Markup(), lines))
    return parts


def _line(item: ItemView, chars: int | None) -> _Line:
    if chars is None:
        return _Line(item, _without_images(item.html), plain_text(item.html))
    title = trim(item.title, _TITLE_CHARS)
    item = replace(
        item,
        title=title,
        title_html=item.title_html if title == item.title else escape(title),
        source=trim(item.source, _NAME_CHARS),
        tags=tuple(trim(tag, _NAME_CHARS) for tag in item.tags[:_LINKS]),
        links=tuple(replace(link, label=trim(link.label, _NAME_CHARS)) for link in item.links[:_LINKS]),
    )
    short = trim(item.text, chars) if chars else ""
    return _Line(item, Markup("<p>{}</p>").format(short) if short else Markup(), short)


def _shortened(markup: str, chars: int) -> Markup:
    text = html_to_text(markup)
    return _without_images(markup) if len(text) <= chars else escape(trim(text, chars))


def _without_images(markup: str) -> Markup:
    # The words of an image stand in its place: without them a link around it would be blank.
    return marked(_IMAGE.sub(lambda image: alt[1] if (alt := _ALT.search(image[0])) else "", markup))


def _text(
    *,
    title: str,
    issue: IssueView,
    words: dict[str, str],
    name: str,
    notes: list[Markup],
    lead: str,
    opener: str,
    briefs: list[Markup],
    parts: list[_Part],
    footer: str,
    shortened: bool,
    foot: str,
    foot_url: str,
) -> str:
    made = [title, issue.permalink, ""]
    for block in (*notes, lead):
        made += [plain_text(block), ""] if block else []
    if briefs:
        made += [plain_text(opener), *(f"* {clean_line(plain_text(brief), None)}" for brief in briefs), ""]
    for part in parts:
        made += [f"== {part.name} ==", "", *([plain_text(part.note), ""] if part.note else [])]
        for line in part.lines:
            made += [*_plain(line), ""]
    if shortened:
        made += [f"{words['read']}: {issue.permalink}", ""]
    if closing := plain_text(footer):
        made += [closing, ""]
    made += ["-- ", name, f"{foot}: {foot_url}"]
    return "\n".join(made) + "\n"


def _plain(line: _Line) -> list[str]:
    item = line.item
    tags = "".join(f"[{tag}] " for tag in item.tags)
    rows = [f"- {tags}{item.title}{f' | {item.source}' if item.source else ''}"]
    rows += [f"  {item.url}"] if item.url else []
    rows += [f"  {link.label}: {link.url}" for link in item.links if link.url != item.url]
    return rows + [f"  {row}" for row in line.text.split("\n") if row.strip()]


@lru_cache(maxsize=1)
def _style() -> str:
    return files("aggregator.publish").joinpath("templates/mail.css").read_text(encoding="utf-8")


def _inlined(page: str) -> str:
    if find_spec("css_inline") is None:
        return page
    import css_inline

    inliner = css_inline.CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)
    return inliner.inline(page)
