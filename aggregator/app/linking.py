"""Do the links of an issue still lead anywhere? Asked as politely as feeds are, and believed for a week."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aggregator.app.workspace import Workspace, poll_settings
from aggregator.errors import FetchError
from aggregator.issue.mistakes_answers import REMOVED
from aggregator.model import LinkAnswer
from aggregator.poll.fetch import HttpFetcher
from aggregator.urls import host

BELIEVED = timedelta(days=7)
# A site that failed may be back in an hour.
FAILED_BELIEVED = timedelta(hours=1)
_AT_ONCE = 16
_PROBES = 3
# Codes of FetchError: no such host, no connection, no answer in time.
_UNREACHED = frozenset({"E201", "E202", "E204"})
_MAX_BYTES = 512 * 1024
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.5"
# WeChat answers 200 for an article that is gone; these are the words of its notices.
_NOTICES = tuple(
    words.encode() for words in ("该内容已被发布者删除", "此内容因违规无法查看", "此内容被投诉", "链接已过期", "该公众号已迁移")
)


def answers(
    workspace: Workspace, urls: Sequence[str], now: datetime, told: Callable[[int, int], None] = lambda done, total: None
) -> dict[str, LinkAnswer] | None:
    """What these addresses answer, from the store where it is not older than a week, else asked now and stored. `told` hears
    how many of those to ask are done. None where no host at all can be reached: this machine is offline."""
    with workspace.store.read() as unit:
        known = {url: one for url, one in unit.links.known(urls, now - BELIEVED).items() if _believed(one, now)}
    missing = [url for url in urls if url not in known]
    if missing:
        fresh = asyncio.run(_ask_all(workspace, missing, now, told))
        if fresh is None:
            return None
        with workspace.store.write() as unit:
            unit.links.save(fresh)
        known |= {one.url: one for one in fresh}
    return known


def _believed(answer: LinkAnswer, now: datetime) -> bool:
    passing = answer.error is not None and answer.status is None
    return answer.checked_at >= now - (FAILED_BELIEVED if passing else BELIEVED)


async def _ask_all(
    workspace: Workspace, urls: Sequence[str], now: datetime, told: Callable[[int, int], None]
) -> list[LinkAnswer] | None:
    fetcher = HttpFetcher(poll_settings(workspace), lambda: now)
    room = asyncio.Semaphore(_AT_ONCE)
    done: list[LinkAnswer] = []

    async def one(url: str) -> None:
        async with room:
            done.append(await _ask(fetcher, url, now))
            told(len(done), len(urls))

    async def several(some: Sequence[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for url in some:
                group.create_task(one(url))

    # One address of a few hosts first: where none can be reached, the others need not be tried.
    probes = list({host(url): url for url in reversed(urls)}.values())[:_PROBES]
    try:
        await several(probes)
        if len(probes) == _PROBES and all(answer.code in _UNREACHED for answer in done):
            return None
        await several([url for url in urls if url not in probes])
    finally:
        await fetcher.aclose()
    return done


async def _ask(fetcher: HttpFetcher, url: str, now: datetime) -> LinkAnswer:
    try:
        found = await fetcher.get(url.split("#", 1)[0], accept=_ACCEPT, max_bytes=_MAX_BYTES)
    except FetchError as error:
        text = f"{error}: {error.why}" if error.why else str(error)
        return LinkAnswer(url, now, error.http_status, None, False, text, error.code)
    if host(found.final_url) == "mp.weixin.qq.com" and any(words in found.body for words in _NOTICES):
        return LinkAnswer(url, now, found.status, found.final_url, False, "the article was taken down", REMOVED)
    moved = found.permanent_url is not None and found.permanent_url == found.final_url
    return LinkAnswer(url, now, found.status, found.final_url, moved)
