"""Mistakes of single items: link, summary, tags, repository prefix, repeats. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from aggregator.issue.house.inline import masked
from aggregator.issue.house.lines import marker
from aggregator.issue.page_view import Page, addresses, short
from aggregator.model import Finding, Issue, Item
from aggregator.text import fold_title
from aggregator.urls import arxiv_id, arxiv_id_in, canonical, github_repo, identity_keys

_PREFIX = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+)\s*[:：]")
_OPENINGS = {"《": "》", "「": "」", "『": "』", "【": "】", "“": "”", "[": "]"}
_SAME_SUMMARY_CHARS = 16


def item_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with an item, and with two of them."""
    places = _places(page.archive)
    previous: Item | None = None
    urls: dict[str, Item] = {}
    paragraphs: dict[str, Item] = {}
    for item in page.read.items:
        yield from _link(page, item)
        yield from _same_link(page, item, previous, urls)
        yield from _summary(page, item, paragraphs)
        yield from _two_summaries(page, item)
        yield from _paper(page, item)
        yield from _repository(page, item)
        yield from _brackets(page, item)
        yield from _ran_before(page, item, places)
        previous = item


def _link(page: Page, item: Item) -> Iterator[Finding]:
    if not item.title.strip():
        yield page.error("C200", "an item without a title", item.line)
    if item.url:
        return
    raw = page.tree.lines[item.line - 1] if item.line and not page.tree.numbers else ""
    if "]()" in raw.replace(" ", ""):
        yield page.error("C202", f"the target is empty: {short(item.title)}", item.line)
    else:
        yield page.error("C201", f"an item without a link: {short(item.title)}", item.line)


def _same_link(page: Page, item: Item, previous: Item | None, urls: dict[str, Item]) -> Iterator[Finding]:
    key = canonical(item.url or "") or item.url
    if not key:
        return
    if key in urls:
        text = f"the same link as “{short(urls[key].title, 24)}” on line {urls[key].line}"
        if urls[key] is previous and fold_title(previous.title) != fold_title(item.title):
            yield page.error("C204", f"{text}, right above: pasted again?", item.line)
        else:
            yield page.warning("C204", text, item.line)
    urls.setdefault(key, item)


def _summary(page: Page, item: Item, paragraphs: dict[str, Item]) -> Iterator[Finding]:
    if not item.summary.strip():
        yield page.warning("C203", f"no summary: {short(item.title)}", item.line)
        return
    said: set[str] = set()
    for line in item.summary.split("\n"):
        words = re.sub(r"\W+", "", line)
        if len(words) < _SAME_SUMMARY_CHARS:
            continue
        if words in paragraphs or words in said:
            other = paragraphs.get(words, item)
            where = "in the same summary" if other is item else f"in “{short(other.title, 24)}” on line {other.line}"
            at = page.line_holding(line.strip()[:30], item.line)
            yield page.error("C206", f"the same paragraph stands {where}: {short(line.strip())}", at)
        said.add(words)
        paragraphs.setdefault(words, item)


def _two_summaries(page: Page, item: Item) -> Iterator[Finding]:
    label = page.publication.profile.summary_label
    if not label:
        return
    lines = item.summary.split("\n")
    for before, line in pairwise(lines):
        # Under an entry of a list the label opens the summary of that entry.
        if re.match(rf"{re.escape(label)}\s*[：:]", line) and marker(before) is None:
            at = page.line_holding(line[:30], item.line)
            yield page.warning("C211", f"a second summary in one item: {short(line)}", at)


def _paper(page: Page, item: Item) -> Iterator[Finding]:
    said = [found for tag in item.tags if (found := arxiv_id_in(tag))]
    linked = {found for url in addresses(item) if (found := arxiv_id(url))}
    for tag in said:
        if linked and tag not in linked:
            yield page.error("C205", f"the tag says {tag}, the link {' '.join(sorted(linked))}", item.line)


def _repository(page: Page, item: Item) -> Iterator[Finding]:
    match = _PREFIX.match(item.title)
    if not match:
        return
    prefix = match[1].casefold()
    own = github_repo(item.url or "")
    named = any(prefix in url.casefold() for url in addresses(item))
    if own and not named:
        yield page.error("C207", f"the title says {match[1]}, the link leads to {own}", item.line, f"{own}：")
    elif not named:
        fix = f"项目：https://github.com/{match[1]}"
        yield page.warning("C208", f"{match[1]} stands before the title, but no link leads there", item.line, fix)


def _brackets(page: Page, item: Item) -> Iterator[Finding]:
    text = masked(item.title)
    for opening, closing in _OPENINGS.items():
        if text.count(opening) != text.count(closing):
            yield page.error("C209", f"an unclosed bracket {opening}{closing} in the title: {short(item.title)}", item.line)


def _places(archive: tuple[Issue, ...]) -> dict[str, tuple[Issue, Item]]:
    places: dict[str, tuple[Issue, Item]] = {}
    for one in archive:
        for item in one.items:
            for key in identity_keys(item.url)[:1]:
                places.setdefault(key, (one, item))
    return places


def _ran_before(page: Page, item: Item, places: dict[str, tuple[Issue, Item]]) -> Iterator[Finding]:
    for key in identity_keys(item.url)[:1]:
        if key not in places:
            continue
        one, before = places[key]
        if page.read.date is None or one.date is None or one.date <= page.read.date:
            yield page.warning("C210", f"ran before, in {one.slug}: {short(before.title)}", item.line)
