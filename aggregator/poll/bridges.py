"""Errors that a bridge sends as if they were entries: an expired login, a page it could not read. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.errors import ParseError
from aggregator.poll.rawfeed import RawEntry, RawFeed

MAX_TITLE_CHARS = 120

_ERROR = re.compile(
    r"^\W*(?:Bridge returned error\b"
    r"|RSS-?Bridge[^\n]{0,30}\berror\b"
    r"|RSSHub[^\n]{0,30}\berror\b"
    r"|Error: (?:FetchError|HTTPError|RequestError)\b"
    r"|(?:Failed|Unable) to (?:fetch|load|generate) (?:the )?feed\b"
    r"|Looks like something went wrong)",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^\W*(?:(?:your |the )?(?:login|session|cookie|token|account)s?\b[^\n]{0,20}\b(?:has |have |is |are )?"
    r"(?:expired|invalid|required|failed)"
    r"|please (?:log|sign) ?in\b"
    r"|(?:登录|登陆|账号|帐号|会话|Cookie|凭证)[^\n]{0,8}(?:已?过期|已?失效|超时|异常)"
    r"|请(?:先|重新)(?:登录|登陆|扫码))",
    re.IGNORECASE,
)


def without_errors(feed: RawFeed) -> tuple[RawFeed, int]:
    """The feed without error entries, and how many there were. Raises ParseError E254 when nothing else is in it.

    A login message is believed only in a document of at most two entries: news is written about expired logins too.
    """
    few = len(feed.entries) <= 2
    kept = tuple(entry for entry in feed.entries if not _is_error(_title(entry), few))
    errors = len(feed.entries) - len(kept)
    if errors and not kept:
        raise _bridge_error(_title(feed.entries[0]))
    return (replace(feed, entries=kept), errors) if errors else (feed, 0)


def _is_error(title: str, few: bool) -> bool:
    return bool(_ERROR.match(title) or (few and _LOGIN.match(title)))


def _title(entry: RawEntry) -> str:
    return " ".join((entry.title.value if entry.title else "")[:MAX_TITLE_CHARS].split())


def _bridge_error(title: str) -> ParseError:
    expired = _LOGIN.match(title)
    return ParseError(
        "the bridge's login has expired" if expired else "the bridge sent an error instead of entries",
        why=f"its only entry reads “{title}”",
        fix="log in again at the bridge, or add another address for this source"
        if expired
        else "open the bridge's page, or add another address for this source",
        code="E254",
    )
