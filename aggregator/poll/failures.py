"""The ways in which a fetch fails, each said once: what happened, why, and what helps.

    E201 address refused      E204 too slow        E207 HTTP status       E210 broken answer
    E202 cannot connect       E205 too large       E208 content coding    E211 gone
    E203 (not a feed)         E206 redirects       E209 URL               E212 the host asked to wait

No message holds a user name or password out of a URL, nor a control character.
"""

from __future__ import annotations

from http import HTTPStatus

from aggregator.errors import FetchError
from aggregator.text import clean_line

_CHECK = "check the address; it is asked again later"
_ADVICE = {
    401: "the page wants a login: give the source an address that needs none",
    402: "the page wants to be paid for",
    403: "the server refuses us: try another `user_agent` for this source, or another address",
    404: "check the address; the feed may have moved",
    406: "check the address; the server has no feed there in a form that was asked for",
    429: "poll this source less often: give it a longer `interval`",
}


class StatusError(FetchError):
    """An answer that is no success. `freshness_seconds` is how long its own caching headers say that it stands, `body` the
    beginning of what it says."""

    freshness_seconds: float | None = None
    body: bytes = b""


class UnaskedError(FetchError):
    """It failed before anything was sent: the host has nothing to recover from."""


def refused(host: str, why: str) -> UnaskedError:
    """E201: the address is not one to connect to."""
    return UnaskedError(
        f"the address of {_shown(host)} is refused",
        why=why,
        fix="if it is meant, add its network to `allow_private_networks`",
        code="E201",
    )


def unreachable(host: str, why: str) -> FetchError:
    """E202: no connection, no TLS."""
    return FetchError(_no_way(host), why=_shown(why), fix=_CHECK, code="E202")


def unknown_host(host: str, why: str) -> UnaskedError:
    """E202: the name leads to no address."""
    return UnaskedError(_no_way(host), why=_shown(why), fix=_CHECK, code="E202")


def too_slow(host: str, seconds: float) -> FetchError:
    """E204: the deadline passed."""
    return FetchError(
        f"{_shown(host)} took too long",
        why=f"the answer was not complete after {seconds:g} s",
        fix="it is asked again later",
        code="E204",
    )


def too_large(host: str, why: str) -> FetchError:
    """E205: more bytes than are read."""
    return FetchError(
        f"the answer of {_shown(host)} is too large", why=why, fix="ask the source for fewer entries, if it can", code="E205"
    )


def lost(why: str, *, status: int | None = None) -> FetchError:
    """E206: redirects that lead nowhere."""
    return FetchError(
        "the redirects lead nowhere",
        why=_shown(why),
        fix="open the address in a browser and use the one it ends at",
        code="E206",
        http_status=status,
    )


def status(
    code: int, host: str, *, wait_seconds: float | None, freshness_seconds: float | None, redirected: bool, body: bytes = b""
) -> StatusError:
    """E207: an answer that is no success; E211 for a 410 of the address itself. `body` is the beginning of what it says."""
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = "no status that HTTP knows"
    gone = code == HTTPStatus.GONE and not redirected
    if gone:
        why, fix = "the server says that it is gone for good", "remove the source, or give it another address"
    else:
        why = f"HTTP {code} {phrase}"
        fix = _ADVICE.get(code, "it is asked again later" if code >= 500 else "check the address")
    error = StatusError(
        f"{_shown(host)} answered {code}",
        why=why,
        fix=fix,
        code="E211" if gone else "E207",
        http_status=code,
        retry_after_seconds=wait_seconds,
    )
    error.freshness_seconds = freshness_seconds
    error.body = body
    return error


def bad_url(why: str) -> UnaskedError:
    """E209: what was given is no URL that is fetched."""
    return UnaskedError("the address cannot be fetched", why=_shown(why), fix="use an http:// or https:// address", code="E209")


def broken(host: str, why: str) -> FetchError:
    """E210: the answer is no HTTP, or ended in the middle."""
    return FetchError(f"the answer of {_shown(host)} is broken", why=_shown(why), fix="it is asked again later", code="E210")


def held(host: str, seconds: float) -> FetchError:
    """E212: not asked, because its host has asked to be left alone."""
    return FetchError(
        f"{_shown(host)} was not asked",
        why=f"its host has asked to be left alone for another {seconds:.0f} s",
        fix="nothing: it is asked when the time has passed",
        code="E212",
        retry_after_seconds=seconds,
    )


def _no_way(host: str) -> str:
    return f"cannot connect to {_shown(host)}"


def _shown(text: str) -> str:
    return clean_line(text, 200)
