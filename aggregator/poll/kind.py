"""What the files in `sources` share: reading their options, releases by name, and the JSON that an API answers. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from aggregator.errors import ConfigError, ParseError
from aggregator.model import Source
from aggregator.protocols import Fetched
from aggregator.urls import is_http

# E130-E132 belong to feed, arxiv and github.
_CODE = "E133"
_UNSTABLE = re.compile(r"(?:^|[\d._-])(?:a|b|c|rc|alpha|beta|dev|pre|preview|nightly|snapshot)[\d._-]*\d*$", re.IGNORECASE)
_MESSAGES = ("message", "error", "error_description", "detail", "msg", "errmsg")


def own_pages(_: Source) -> bool:
    """`passes_on` of a kind whose entries are pages of its source."""
    return False


def pages_of_others(_: Source) -> bool:
    """`passes_on` of a kind whose entries lead to papers, repositories, or pages of all kinds."""
    return True


def wrong(source: Source, what: str, fix: str, code: str = _CODE) -> ConfigError:
    """The error for options from which no address can be made."""
    why = f"kind {source.kind} makes its address from its options"
    return ConfigError(f"source {source.name!r}: {what}", why=why, fix=fix, code=code)


def word(source: Source, option: str, default: str = "") -> str:
    """The text of an option without the blanks around it."""
    value = source.options.get(option)
    return (str(value).strip() if value is not None else "") or default


def number(source: Source, option: str, default: int) -> int:
    """The whole number of an option."""
    value = source.options.get(option)
    return value if isinstance(value, int) else default


def words(source: Source, option: str) -> tuple[str, ...]:
    """The texts of a list option."""
    value = source.options.get(option)
    return tuple(str(one).strip() for one in value if str(one).strip()) if isinstance(value, (list, tuple)) else ()


def base(source: Source, option: str, default: str) -> str:
    """An origin given by an option, without the slash at its end. Raises ConfigError E133 for what is no address."""
    given = word(source, option, default).rstrip("/")
    if not is_http(given):
        raise wrong(source, f"{option} {given!r} is no address", "give an http or https address")
    return given


def one_of(source: Source, option: str, allowed: tuple[str, ...]) -> str:
    """An option that is one of a few words, by default the first. Raises ConfigError E133 for any other."""
    given = word(source, option, allowed[0])
    if given not in allowed:
        raise wrong(source, f"{option} {given!r} is unknown", f"use one of {', '.join(allowed)}")
    return given


def unstable(version: str) -> bool:
    """True for the name of a version that is an alpha, a beta, a release candidate, a nightly build."""
    return bool(_UNSTABLE.search(version))


def titled(repository: str, version: str, name: str, short: str | None = None) -> str:
    """`owner/name version: what the release calls itself`, without saying anything twice. At most 500 characters."""
    name = name.strip()
    plain = name.casefold().removeprefix(repository.casefold()).removeprefix(repository.rpartition("/")[2].casefold())
    same = plain.strip(" :-").removeprefix("v") in {"", version.casefold().removeprefix("v")}
    return (f"{repository} {short or version}" if same else f"{repository} {short or version}: {name}")[:500]


def load_json(fetched: Fetched, fix: str) -> object:
    """What an API answered. Raises ParseError E251 (empty), E252 (a page), E253 (no JSON, or an error in JSON)."""
    if not fetched.body.strip():
        raise ParseError("the answer is empty", why="the server sent no text", fix=fix, code="E251")
    if fetched.headers.get("content-type", "").startswith("text/html"):
        raise ParseError("a page came instead of the API's answer", why="the answer is HTML", fix=fix, code="E252")
    try:
        answer: object = json.loads(fetched.body)
    except (ValueError, RecursionError) as error:
        raise ParseError("the API's answer is no JSON", why=str(error)[:200], fix=fix, code="E253") from error
    said = message(answer)
    if said:
        raise ParseError("the API answered with an error", why=f"it says: {said}", fix=fix, code="E253")
    return answer


def message(answer: object) -> str:
    """What an error document says, "" for an answer that is none."""
    if not isinstance(answer, dict):
        return ""
    values = (answer.get(name) for name in _MESSAGES)
    flat = (value.get("message") if isinstance(value, dict) else value for value in values)
    return next((" ".join(value.split())[:200] for value in flat if isinstance(value, str) and value.strip()), "")


def rows(value: object, limit: int = 5000) -> list[Mapping[str, object]]:
    """The objects of a list, at most `limit`; none where it is no list."""
    return [one for one in value[:limit] if isinstance(one, dict)] if isinstance(value, list) else []


def string(row: Mapping[str, object], *path: str) -> str:
    """The text under a path of keys, "" where there is none. Numbers count as text."""
    value: object = row
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()


def count(row: Mapping[str, object], key: str) -> int:
    """A number under a key, 0 where there is none."""
    value = row.get(key)
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else 0
