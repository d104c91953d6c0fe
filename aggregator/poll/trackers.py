"""Links that count clicks and pass on: their target, where it can be told without asking. Pure."""

from __future__ import annotations

import base64
import binascii
import json
import re
from urllib.parse import parse_qsl, unquote, urlsplit

from aggregator import urls

MAX_HOPS = 4

_PARAMETERS = frozenset({"url", "u", "q", "target", "to", "redirect", "redirect_url", "redirect_uri", "redirecturl", "dest",
                         "destination", "link", "href", "goto", "r", "l"})  # fmt: skip
_PATH_HINT = re.compile(
    r"/(?:cl0|click|redirect|redir|track|link|ss|lt|go|ls|url|r|c|l|e)(?=/|$)|^/$|^$|/(?:goto|out)\b", re.IGNORECASE
)
_URLDEFENSE = re.compile(r"/v3/__(https?:/.+?)__;")
_IN_PATH = re.compile(r"/(https?(?::|%3a)(?:/|%2f).+)$", re.IGNORECASE)
_PACKED = re.compile(r"(?:^|[/=_])((?:aHR0c|eyJ)[A-Za-z0-9_-]{8,4000}={0,2})")


def target(url: str) -> str:
    """Where a link leads behind the services that count it; the link itself where only its server knows.

    Known ways: the target as a parameter of a redirecting path, written into the path (whole or percent-encoded), and packed
    in base64, bare or in JSON.
    """
    for _ in range(MAX_HOPS):
        found = _once(urls.unwrap(url))
        if found == url:
            break
        url = found
    return url


def _once(url: str) -> str:
    try:
        parts = urlsplit(url)
        path = parts.path
    except ValueError:
        return url
    defended = _URLDEFENSE.search(url) if (parts.hostname or "").endswith("urldefense.com") else None
    if defended:
        # It folds the two slashes into one.
        return _valid(re.sub(r"^(https?:)/+", r"\1//", defended[1])) or url
    whole = _IN_PATH.search(path)
    if whole and (parts.hostname or "") not in {"web.archive.org", "archive.org"}:
        return _valid(re.sub(r"^(https?:)/+", r"\1//", _cut(unquote(whole[1]), encoded="%" in whole[1]))) or url
    if _PATH_HINT.search(path) or _counts(parts.hostname or ""):
        for name, value in parse_qsl(parts.query):
            if name.lower() in _PARAMETERS and (found := _valid(_undefended(value, parts.hostname or ""))):
                return found
    packed = _PACKED.search(path) or _PACKED.search(parts.query)
    return (_unpacked(packed[1]) if packed else "") or url


def _counts(host: str) -> bool:
    return bool(re.match(r"(?:click|clicks|track|tracking|link|links|email|mail|t|go|r|l|nam\d\d\.safelinks)\d?[.-]", host))


def _undefended(value: str, host: str) -> str:
    # urldefense v2 writes - for % and _ for /.
    if host.endswith("urldefense.proofpoint.com"):
        return unquote(value.replace("-", "%").replace("_", "/"))
    return value


def _cut(address: str, *, encoded: bool) -> str:
    # Behind an encoded target stand the numbers of the mail and its reader.
    return re.sub(r"/\d+/[0-9a-f-]{20,}(?:/.*)?$", "", address) if encoded else address


def _unpacked(packed: str) -> str:
    try:
        plain = base64.urlsafe_b64decode(packed.rstrip("=") + "=" * (-len(packed.rstrip("=")) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        # A signature may follow the target, in the same alphabet and behind a dot, or the rest of another encoding.
        return ""
    if not plain.startswith("{"):
        return _valid(plain)
    try:
        said: object = json.loads(plain)
    except (ValueError, RecursionError):
        return ""
    values = said.values() if isinstance(said, dict) else ()
    return next((found for value in values if isinstance(value, str) and (found := _valid(value))), "")


def _valid(address: str) -> str:
    safe = urls.safe_url(address)
    return safe if safe and urls.is_http(safe) else ""
