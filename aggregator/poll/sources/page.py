"""kind: page. A page without a feed, read by CSS selectors: a list of items; or one page that is watched for changes.

https://www.w3.org/TR/selectors-4/
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from aggregator import text
from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.poll import encoding, kind, pagebody, sanitise
from aggregator.poll.entries import normalise, resolve
from aggregator.poll.kind import own_pages
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetched, Fetcher, Option, Polled
from aggregator.urls import is_http

MAX_PAGE_CHARS = 3_000_000
MAX_DEPTH = 2000
MAX_ITEMS = 500
_SELECTORS = ("items", "title", "link", "date", "summary", "area")


class PagePoller:
    """With `items`, each match is an entry, known by its link. Without, the page itself is one entry whenever its text, or that
    of `area`, has changed."""

    kind = "page"
    needs_url = True
    passes_on = staticmethod(own_pages)
    options: Sequence[Option] = (
        Option(
            "items", str, "selector of the items of a list, such as `article.post`; without it the page is watched for changes"
        ),
        Option("title", str, "selector inside an item of its title; by default a heading, else the link"),
        Option("link", str, "selector inside an item of its link; by default the title's, else the first"),
        Option("date", str, "selector inside an item of its date; by default `time`"),
        Option("summary", str, "selector inside an item of its summary"),
        Option("area", str, "without `items`: selector of what is watched; by default the article of the page"),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The addresses of sources.yaml. Raises ConfigError E133 for none, and for a selector that cannot be read."""
        if not source.urls or not all(map(is_http, source.urls)):
            raise kind.wrong(source, "no page is given", "add `url: https://…`")
        empty = LexborHTMLParser("<p></p>")
        for name in _SELECTORS:
            selector = kind.word(source, name)
            try:
                if selector:
                    empty.css(selector)
            except SelectolaxError as error:
                raise kind.wrong(source, f"{name} {selector!r} is no selector", "write CSS such as `ul.news > li a`") from error
        return source.urls

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Items in the page's order, or the page as it is now. Raises FetchError, or ParseError: E251 empty, E253 no page, E260
        nothing matches the selectors (the page was rebuilt)."""
        fetched = await fetch.get(url, accept="text/html, application/xhtml+xml;q=0.9, */*;q=0.5")
        if fetched.not_modified:
            return Polled(not_modified=True)
        tree = _tree(fetched)
        head = tree.css_first("title")
        title = text.clean_line(head.text(), 200) if head else ""
        language = (tree.root.attributes.get("lang") if tree.root else None) or None
        items = kind.word(source, "items")
        entries = (
            _listed(tree, items, source, fetched.final_url) if items else (_changed(tree, source, fetched.final_url, title, now),)
        )
        feed = RawFeed("page", RawText(title, "text"), fetched.final_url, language=language, entries=entries)
        polled = normalise(feed, url=url, base=fetched.final_url, source=source, now=now)
        return replace(polled, entries=tuple(entry for entry in polled.entries if entry.url))


def _tree(fetched: Fetched) -> LexborHTMLParser:
    media_type = fetched.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not fetched.body.strip():
        raise ParseError("the page is empty", why="the server sent no text", fix="open the address in a browser", code="E251")
    if media_type and "html" not in media_type and media_type != "text/plain":
        raise ParseError("this is no page", why=f"the answer is {media_type}", fix="check the address", code="E253")
    markup = encoding.decode(fetched.body, fetched.headers.get("content-type")).text[:MAX_PAGE_CHARS].replace("\x00", "")
    if sanitise.nests_deeper(markup, MAX_DEPTH):
        raise ParseError(
            "the page is built to break a parser", why=f"it nests deeper than {MAX_DEPTH}", fix="mute the source", code="E255"
        )
    return LexborHTMLParser(markup)


def _listed(tree: LexborHTMLParser, items: str, source: Source, url: str) -> tuple[RawEntry, ...]:
    found = [entry for node in tree.css(items)[:MAX_ITEMS] if (entry := _item(node, source, url))]
    if not found:
        matched = len(tree.css(items))
        why = f"`{items}` matches {matched} elements" + (", and none of them has a link" if matched else "")
        raise ParseError(
            "the page has no such items any more", why=why, fix="look at the page and correct the selectors", code="E260"
        )
    return tuple(found)


def _item(node: LexborNode, source: Source, url: str) -> RawEntry | None:
    heading = _first(node, kind.word(source, "title")) or (
        None if kind.word(source, "title") else _first(node, "h1, h2, h3, h4, h5")
    )
    link = _link(node, heading, kind.word(source, "link"))
    address = resolve(link.attributes.get("href"), url) if link else None
    if link is None or address is None:
        return None
    shown = _first(node, kind.word(source, "date", "time"))
    written = (shown.attributes.get("datetime") or shown.text()) if shown else ""
    summary = _first(node, kind.word(source, "summary")) if kind.word(source, "summary") else None
    said = text.clean_line((heading or link).text(separator=" "))
    return RawEntry(
        guid=address,
        link=address,
        title=RawText(said or text.clean_line(link.attributes.get("title") or ""), "text"),
        summary=RawText(summary.html or "", "html") if summary else None,
        published=RawDate(written.strip()) if written.strip() else None,
    )


def _first(node: LexborNode, selector: str) -> LexborNode | None:
    return node.css_first(selector) if selector else None


def _link(node: LexborNode, heading: LexborNode | None, selector: str) -> LexborNode | None:
    if selector:
        return node.css_first(selector)
    if node.tag == "a":
        return node
    inside = (heading.css_first("a[href]") or (heading if heading.tag == "a" else None)) if heading else None
    return inside or node.css_first("a[href]")


def _changed(tree: LexborHTMLParser, source: Source, url: str, title: str, now: datetime) -> RawEntry:
    area = kind.word(source, "area")
    if not area:
        pagebody.strip_noise(tree)
    node = tree.css_first(area) if area else pagebody.article(tree) or tree.body
    shown = " ".join(text.html_to_text(node.html or "").split()) if node else ""
    if node is None or not shown:
        why = f"`{area}` matches nothing with text" if area else "the page has no text"
        raise ParseError("there is nothing to watch on the page", why=why, fix="look at the page and correct `area`", code="E260")
    # The address with the state behind it, so that each state of the page is an entry of its own.
    state = hashlib.sha256(shown.encode()).hexdigest()[:16]
    return RawEntry(
        guid=f"{url}#state-{state}",
        link=f"{url.partition('#')[0]}#state-{state}",
        title=RawText(f"{title or source.name} ({now:%Y-%m-%d})", "text"),
        summary=RawText(text.trim(shown, 1000), "text"),
        published=RawDate(now.isoformat()),
    )
