"""A URL pasted by hand -> an entry, always: from the API of its host, from its page, or from what the address tells."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from aggregator import urls
from aggregator.errors import AggregatorError, FetchError, UsageError
from aggregator.model import Enclosure, Entry
from aggregator.poll import extract, sanitise
from aggregator.poll.page import NOTICE, PageFacts, from_address, read_page
from aggregator.protocols import Fetcher

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
CAPTURED = "captured"
UNREAD = "the page could not be read"


@dataclass(frozen=True, slots=True)
class Captured:
    """A page brought in by hand. `entry.source` is "captured", `entry.summary` HTML; `source_name` is what is printed after
    the bar ("" where nothing tells); `fetched` is False where the entry was made from the address alone; `warnings` are for
    the editor's eye; `again` says that another day the page may be had: it failed, blocked or asked to log in; `hint` is what
    would have told more of it."""

    entry: Entry
    source_name: str
    fetched: bool
    warnings: tuple[str, ...] = ()
    again: bool = False
    hint: str = ""


async def capture(url: str, fetch: Fetcher, now: datetime) -> Captured:
    """The page at `url` as an entry. A page that fails, blocks or is no HTML still gives one, with a warning.

    Raises UsageError E710 for what is no http(s) address.
    """
    safe = urls.safe_url(url.strip())
    if safe is None or not urls.is_http(safe):
        raise UsageError(
            f"{url[:200]!r} is no address of a page",
            why="only http and https are fetched",
            fix="paste it whole: https://…",
            code="E710",
        )
    asked = urls.unwrap(safe)
    if urls.arxiv_id(asked):
        asked = urls.canonical(asked) or asked
    if urls.arxiv_id(asked) or urls.github_repo(asked):
        from aggregator.poll import metadata

        told = await metadata.ask(asked, fetch, now)
        if told is not None:
            return _captured(told, now, fetched=True)
    try:
        fetched = await fetch.get(asked, accept=ACCEPT)
        facts = read_page(
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.headers.get("content-type"),
            headers=fetched.headers,
            now=now,
        )
    except AggregatorError as error:
        facts = from_address(asked)
        reason = f"{error}: {error.why}" if error.why else str(error)
        return _captured(facts, now, fetched=False, again=_may_recover(error), warnings=(f"{UNREAD} ({reason[:200]})",))
    if _moved_to_login(asked, fetched.final_url):
        return _captured(from_address(asked), now, fetched=False, again=True, warnings=(f"{UNREAD} (the site asks to log in)",))
    return _captured(facts, now, fetched=facts.readable, again=any(NOTICE in one for one in facts.warnings))


def _may_recover(error: AggregatorError) -> bool:
    """False for an address that is refused, or gone for good."""
    return not (isinstance(error, FetchError) and (error.http_status in {404, 410, 451} or error.code in {"E201", "E209"}))


def _moved_to_login(asked: str, final: str) -> bool:
    return urls.host(asked) != urls.host(final) and any(word in final.lower() for word in ("login", "signin", "passport"))


def _captured(facts: PageFacts, now: datetime, *, fetched: bool, again: bool = False, warnings: tuple[str, ...] = ()) -> Captured:
    entry = Entry(
        source=CAPTURED,
        guid=facts.url,
        url=facts.url,
        title=facts.title or facts.url,
        source_url=facts.url,
        author=facts.authors[0] if facts.authors else None,
        authors=facts.authors,
        published_at=facts.published_at,
        summary="".join(f"<p>{sanitise.escape(line)}</p>" for line in facts.summary.splitlines()),
        content=facts.content,
        tags=facts.tags,
        enclosures=(Enclosure(facts.image, mimetypes.guess_type(urlsplit(facts.image).path)[0]),) if facts.image else (),
        links=facts.links,
        language=facts.language,
        feed_title=facts.site or None,
        arrived_at=now,
    )
    hint = "" if facts.summary or not fetched or extract.installed() else extract.HINT
    printed = "" if urls.names_itself(facts.url) else facts.site
    return Captured(entry, printed, fetched, (*facts.warnings, *warnings), again, hint)
