"""What bridges say when they fail: as an entry, as a page, as an object of JSON. An expired login is told as such. Pure."""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.errors import AggregatorError, ParseError
from aggregator.poll.failures import StatusError
from aggregator.poll.rawfeed import RawEntry, RawFeed
from aggregator.text import clean_line, html_to_text

MAX_TITLE_CHARS = 120

_ERROR = re.compile(
    r"^\W*(?:Bridge returned error\b"
    r"|RSS-?Bridge[^\n]{0,30}\berror\b"
    r"|RSSHub[^\n]{0,30}\berror\b"
    r"|Error: (?:FetchError|HTTPError|RequestError)\b"
    r"|(?:Failed|Unable) to (?:fetch|load|generate) (?:the )?feed\b"
    r"|Looks like something went wrong"
    r"|this route is empty, please check the original site)",
    re.IGNORECASE,
)
# What `_ERROR` may begin with: most titles are told by it before their blanks are mended.
_FIRST_WORD = re.compile(r"\W*(?:Bridge|RSS|Error|Failed|Unable|Looks|this)", re.IGNORECASE)
# Said of nothing but the bridge itself, where a document of one or two entries has a title that is hardly longer than this.
_ALONE = re.compile(
    r"^\W*(?:(?:HTTP |status |error |code )*[45]\d\d\b[^\n]{0,40}"
    r"(?:error|forbidden|not found|unauthorized|unavailable|too many requests)"
    r"|[^\n]{0,30}\b(?:login|session|cookie|token|account|credential)s?\b[^\n]{0,20}\b(?:expired|invalid|required)\b"
    r"|[^\n]{0,16}(?:登录|登陆|账号|帐号|会话|Cookie|凭证|授权|token)[^\n]{0,8}(?:过期|失效|超时|异常|无效)"
    r"|[^\n]{0,16}(?:抓取|获取|请求|采集|订阅源)[^\n]{0,8}(?:失败|出错|异常)\W*$)",
    re.IGNORECASE,
)
_SHORT_CHARS = 60
_EXPIRED = re.compile(r"login|session|cookie|token|account|credential|登录|登陆|账号|帐号|会话|凭证|授权|扫码", re.IGNORECASE)
_LOGIN = re.compile(
    r"^\W*(?:(?:your |the )?(?:login|session|cookie|token|account)s?\b[^\n]{0,20}\b(?:has |have |is |are )?"
    r"(?:expired|invalid|required|failed)"
    r"|please (?:log|sign) ?in\b"
    r"|(?:登录|登陆|账号|帐号|会话|Cookie|凭证)[^\n]{0,8}(?:已?过期|已?失效|超时|异常)"
    r"|请(?:先|重新)(?:登录|登陆|扫码))",
    re.IGNORECASE,
)


# In a page or in JSON, where no news stands.
_EXPIRED = re.compile(
    r"(?:login|session|cookie|token|account)[^<\n]{0,40}(?:expired|invalid|required)|ConfigNotFoundError"
    r"|(?:登录|登陆|账号|会话|Cookie|凭证)[^<\n]{0,12}(?:过期|失效|异常)|请(?:先|重新)?(?:登录|登陆|扫码)|小黑屋|暂无可用",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"(?:Error Message|Message|错误信息)\s*:?\s*(?:</[^>]{1,20}>\s*)?(?:<[^>]{1,80}>\s*){0,4}([^<]{3,300})", re.IGNORECASE
)
_JSON_SAID = re.compile(r'"(?:message|error|msg)"\s*:\s*"((?:[^"\\]|\\.){2,300})"')
_BRIDGE = re.compile(r"RSSHub|RSS-?Bridge|wewe-?rss|wechat2rss", re.IGNORECASE)
MAX_SAID_BYTES = 200_000


def told(body: bytes, error: ParseError) -> ParseError:
    """What a bridge meant by a page or an object of JSON; the error as it is where it was none of a bridge."""
    shown = body[:MAX_SAID_BYTES].decode("utf-8", "replace")
    if error.code not in {"E252", "E253"} or not (_BRIDGE.search(shown) or _EXPIRED.search(shown) or error.code == "E253"):
        return error
    what, why, fix = _meant(shown, error.why or "")
    return ParseError(what, why=why, fix=fix, code="E254")


def explained(error: AggregatorError, url: str) -> AggregatorError:
    """The same for an answer that is no success: what the server asks for by its status still holds."""
    if not isinstance(error, StatusError) or not error.body:
        return error
    shown = error.body.decode("utf-8", "replace")
    if not (_BRIDGE.search(shown) or ("/feeds/MP_WXS_" in url and _JSON_SAID.search(shown))):
        return error
    error.what, error.why, error.fix = _meant(shown, error.why or "")
    error.why = f"{error.why} (HTTP {error.http_status})"
    error.code = "E254"
    return error


def _meant(shown: str, why: str) -> tuple[str, str, str]:
    """What, why and fix of what a bridge says."""
    expired = _EXPIRED.search(shown)
    said = _JSON_SAID.search(shown) if shown.lstrip()[:1] == "{" else _SAID.search(shown)
    why = clean_line(html_to_text(said[1]) if said else why, 200)
    if expired:
        what, fix = "the bridge's login has expired", "log in again at the bridge, or add another origin"
        return what, why or clean_line(expired[0], 100), fix
    return "the bridge sent an error instead of entries", why, "open the address, or add another origin"


def without_errors(feed: RawFeed) -> tuple[RawFeed, int]:
    """The feed without error entries, and how many there were. Raises ParseError E254 when nothing else is in it.

    A login message is believed only in a document of at most two entries: news is written about expired logins too.
    """
    few = len(feed.entries) <= 2
    kept = tuple([entry for entry in feed.entries if not _is_error(entry, few)])
    errors = len(feed.entries) - len(kept)
    if errors and not kept:
        raise _bridge_error(_title(feed.entries[0]))
    return (replace(feed, entries=kept), errors) if errors else (feed, 0)


def _is_error(entry: RawEntry, few: bool) -> bool:
    if not few and (entry.title is None or not _FIRST_WORD.match(entry.title.value, 0, MAX_TITLE_CHARS)):
        return False
    title = _title(entry)
    return bool(_ERROR.match(title) or (few and (_LOGIN.match(title) or (len(title) <= _SHORT_CHARS and _ALONE.match(title)))))


def _title(entry: RawEntry) -> str:
    return " ".join((entry.title.value if entry.title else "")[:MAX_TITLE_CHARS].split())


def _bridge_error(title: str) -> ParseError:
    expired = _LOGIN.match(title) or _EXPIRED.search(title)
    return ParseError(
        "the bridge's login has expired" if expired else "the bridge sent an error instead of entries",
        why=f"its only entry reads “{title}”",
        fix="log in again at the bridge, or add another address for this source"
        if expired
        else "open the bridge's page, or add another address for this source",
        code="E254",
    )
