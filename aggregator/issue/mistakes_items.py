"""Mistakes of single items: link, summary, tags, repository prefix, repeats. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from aggregator.issue.house.inline import masked
from aggregator.issue.house.lines import marker
from aggregator.issue.page_view import Page, addresses, short, without_code
from aggregator.model import Finding, Issue, Item
from aggregator.text import fold_title
from aggregator.urls import arxiv_id, arxiv_id_in, canonical, github_repo, identity_keys, is_http

_PREFIX = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9._-]+)\s*[:：]")
_OF_ONE_WORK = frozenset({"paper", "code", "project"})
_OPENINGS = {"《": "》", "「": "」", "『": "』", "【": "】", "“": "”", "[": "]"}
_SAME_SUMMARY_CHARS = 12
# Fewer items without a link are named one by one.
_NO_LINKS = 4
_OPEN_LINK = re.compile(r"\[[^\[\]]*\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?=\s|$|[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")


def item_mistakes(page: Page) -> Iterator[Finding]:
    """Everything that is wrong with an item, and with two of them."""
    places = _places(page.archive)
    previous: Item | None = None
    urls: dict[str, Item] = {}
    paragraphs: dict[str, Item] = {}
    bare = [item for item in page.read.items if not item.url]
    told = len(bare) < _NO_LINKS or len(bare) < len(page.read.items)
    if not told:
        yield page.error("C201.all", bare[0].line, count=len(bare))
    linked: dict[str, Item] = {}
    briefs = {words for brief in page.read.briefs if len(words := re.sub(r"\W+", "", brief)) >= _SAME_SUMMARY_CHARS}
    for item in page.read.items:
        yield from _link(page, item, told=told)
        yield from _open_links(page, item)
        if re.sub(r"\W+", "", item.title) in briefs:
            yield page.warning("C206.above", item.line, words=short(item.title))
        yield from _link_of_another(page, item, linked)
        yield from _same_link(page, item, previous, urls)
        yield from _summary(page, item, paragraphs)
        yield from _two_summaries(page, item)
        yield from _paper(page, item)
        yield from _repository(page, item)
        yield from _brackets(page, item)
        yield from _ran_before(page, item, places)
        previous = item


def _link(page: Page, item: Item, *, told: bool) -> Iterator[Finding]:
    if not item.title.strip():
        yield page.error("C200", item.line)
    elif len(item.title.split()) == 1 and is_http(item.title.strip().strip("<>")):
        yield page.warning("C200.address", item.line, title=short(item.title))
    if item.url or not told:
        return
    raw = page.tree.lines[item.line - 1] if item.line and not page.tree.numbers else ""
    if "]()" in raw.replace(" ", ""):
        yield page.error("C202", item.line, title=short(item.title))
    else:
        yield page.error("C201", item.line, title=short(item.title))


def _open_links(page: Page, item: Item) -> Iterator[Finding]:
    """Links in a summary whose parenthesis never closes."""
    for line in item.summary.split("\n"):
        found = _OPEN_LINK.search(without_code(line))
        if found and not line[found.end() :].startswith(")"):
            at = page.line_holding(found[0], item.line)
            yield page.warning("C209.link", at, words=short(found[0]))


def _link_of_another(page: Page, item: Item, linked: dict[str, Item]) -> Iterator[Finding]:
    """A labelled paper or code link that an item of another title has as well: copied with the lines around it."""
    own = [link for link in item.links if link.role in _OF_ONE_WORK and link.url]
    for link in own:
        key = canonical(link.url) or link.url
        other = linked.get(key)
        if other is not None and fold_title(other.title) != fold_title(item.title):
            at = page.line_holding(link.url, item.line)
            yield page.warning("C212", at, title=short(other.title, 24), row=other.line, url=short(link.url, 60))
    for url in (item.url, *(link.url for link in own)):
        if url:
            linked.setdefault(canonical(url) or url, item)


def _same_link(page: Page, item: Item, previous: Item | None, urls: dict[str, Item]) -> Iterator[Finding]:
    key = canonical(item.url or "") or item.url
    if not key:
        return
    if key in urls:
        title, row = short(urls[key].title, 24), urls[key].line
        if urls[key] is previous and fold_title(previous.title) != fold_title(item.title):
            yield page.error("C204.pasted", item.line, title=title, row=row)
        else:
            yield page.warning("C204", item.line, title=title, row=row)
    urls.setdefault(key, item)


def _summary(page: Page, item: Item, paragraphs: dict[str, Item]) -> Iterator[Finding]:
    if not item.summary.strip():
        yield page.warning("C203", item.line, title=short(item.title))
        return
    said: set[str] = set()
    for line in item.summary.split("\n"):
        words = re.sub(r"\W+", "", line)
        if len(words) < _SAME_SUMMARY_CHARS:
            continue
        if words in paragraphs or words in said:
            other = paragraphs.get(words, item)
            at, shown = page.line_holding(line.strip()[:30], item.line), short(line.strip())
            if other is item:
                yield page.error("C206.own", page.line_holding(line.strip()[:30], (at or 0) + 1) or at, words=shown)
            else:
                yield page.error("C206", at, title=short(other.title, 24), row=other.line, words=shown)
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
            yield page.warning("C211", at, words=short(line))


def _paper(page: Page, item: Item) -> Iterator[Finding]:
    said = [found for tag in item.tags if (found := arxiv_id_in(tag))]
    linked = {found for url in addresses(item) if (found := arxiv_id(url))}
    for tag in said:
        if linked and tag not in linked:
            yield page.error("C205", item.line, tag=tag, linked=" ".join(sorted(linked)))


def _repository(page: Page, item: Item) -> Iterator[Finding]:
    match = _PREFIX.match(item.title)
    if not match:
        return
    profile = page.publication.profile
    prefix, colon = match[1].casefold(), profile.colon
    own = github_repo(item.url or "")
    path = re.compile(rf"/{re.escape(prefix)}(?:\.git)?(?:[/?#]|$)")
    named = any(path.search(url.casefold()) for url in addresses(item))
    if own and not named:
        yield page.error("C207", item.line, f"{own}{colon}", said=match[1], own=own)
    elif not named:
        fix = f"{profile.link_labels.get('project', 'project')}{colon}https://github.com/{match[1]}"
        yield page.warning("C208", item.line, fix, said=match[1])


def _brackets(page: Page, item: Item) -> Iterator[Finding]:
    text = masked(item.title)
    for opening, closing in _OPENINGS.items():
        if text.count(opening) != text.count(closing):
            yield page.error("C209", item.line, pair=f"{opening}{closing}", title=short(item.title))


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
            yield page.warning("C210", item.line, issue=one.slug, title=short(before.title))
