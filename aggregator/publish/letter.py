"""An issue as a letter: HTML with its styles in the elements, plain text that reads well, both under the size that Gmail cuts.

No image is in it, so no opening of it can be counted. Without css-inline (the extra `email`) the styles stay in the head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec

from markupsafe import Markup, escape

from aggregator.model import Publication
from aggregator.publish.content import IssueView, ItemView, marked, publication_language, site_url
from aggregator.publish.markup import unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render
from aggregator.text import clean_line, html_to_text, trim

# Gmail cuts a message at 102 kB; both parts in base64 and the headers have to fit below it.
LIMIT_BYTES = 100_000
_SHORTENED = (None, 500, 250, 120, 0)
_IMAGE = re.compile(r'<img(?:[^>"]|"[^"]*")*>')


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
    sections, left = [], shown
    for section in view.sections:
        lines = [_line(item, chars) for item in section.items[: max(left, 0)]]
        left -= len(lines)
        if lines:
            sections.append((section.name or words["untitled"], lines))
    values = {
        "issue": view,
        "words": words,
        "name": clean_line(publication.name),
        "lead": _without_images(view.lead) if full else escape(trim(view.lead_text, 2000)),
        "opener": _without_images(view.opener),
        "briefs": [_without_images(brief) for brief in (view.briefs if full else view.briefs[:20])],
        "sections": sections,
        "shortened": not full,
        "foot": words["unsubscribe"] if unsubscribe else words["subscribe"],
        "foot_url": unsubscribe or site_url(publication, "subscribe/"),
    }
    page = render(
        "mail.html", title=unmistakable(view.title), language=publication_language(publication), style=marked(_style()), **values
    )
    return Letter(clean_line(view.title, 200), _inlined(page), _text(**values))  # type: ignore[arg-type]  # by name above


def _line(item: ItemView, chars: int | None) -> _Line:
    if chars is None:
        return _Line(item, _without_images(item.html), item.text)
    short = trim(item.text, chars) if chars else ""
    return _Line(item, Markup("<p>{}</p>").format(short) if short else Markup(), short)


def _without_images(markup: str) -> Markup:
    return marked(_IMAGE.sub("", markup))


def _text(
    *,
    issue: IssueView,
    words: dict[str, str],
    name: str,
    lead: str,
    opener: str,
    briefs: list[Markup],
    sections: list[tuple[str, list[_Line]]],
    shortened: bool,
    foot: str,
    foot_url: str,
) -> str:
    parts = [clean_line(issue.title, None), issue.permalink, ""]
    if lead:
        parts += [html_to_text(lead), ""]
    if briefs:
        parts += [html_to_text(opener), *(f"* {clean_line(html_to_text(brief), None)}" for brief in briefs), ""]
    for title, lines in sections:
        parts += [f"== {title} ==", ""]
        for line in lines:
            tags = "".join(f"[{tag}] " for tag in line.item.tags)
            source = f" | {line.item.source}" if line.item.source else ""
            parts.append(f"- {tags}{line.item.title}{source}")
            parts += [f"  {line.item.url}"] if line.item.url else []
            parts += [f"  {link.label}: {link.url}" for link in line.item.links if link.url != line.item.url]
            parts += [f"  {row}" for row in line.text.split("\n") if row.strip()]
            parts.append("")
    if shortened:
        parts += [f"{words['read']}: {issue.permalink}", ""]
    parts += ["-- ", name, f"{foot}: {foot_url}"]
    return "\n".join(parts) + "\n"


@lru_cache(maxsize=1)
def _style() -> str:
    return files("aggregator.publish").joinpath("templates/mail.css").read_text(encoding="utf-8")


def _inlined(page: str) -> str:
    if find_spec("css_inline") is None:
        return page
    import css_inline

    inliner = css_inline.CSSInliner(keep_at_rules=True, keep_style_tags=False, load_remote_stylesheets=False)
    return inliner.inline(page)
