"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/) -> RawFeed. Pure; wrong types count as absent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from aggregator.errors import ParseError
from aggregator.poll.rawfeed import RawDate, RawEnclosure, RawEntry, RawFeed, RawText

MAX_ENTRIES = 5000
_PER_ENTRY = 200


def read(text: str) -> RawFeed:
    """The feed. Raises ParseError E253 for JSON that is no feed, E255 for JSON too deep to be read."""
    document = _load(text)
    items = document.get("items") if isinstance(document, dict) else None
    version = document.get("version") if isinstance(document, dict) else None
    named = isinstance(version, str) and "jsonfeed.org/version/" in version
    if (
        not isinstance(document, dict)
        or not (isinstance(items, list) or (named and items is None))
        or not (named or _string(document.get("title")))
    ):
        raise ParseError(
            "the answer is JSON, but no JSON Feed",
            why=_what_it_says(document) or "it has no version and items of jsonfeed.org",
            fix="check the address",
            code="E253",
        )
    items = items or []
    entries = [_entry(item) for item in items[:MAX_ENTRIES] if isinstance(item, dict)]
    notes = (
        [f"only the first {MAX_ENTRIES} entries were read, {len(items) - MAX_ENTRIES} more were listed"]
        if len(items) > MAX_ENTRIES
        else []
    )
    return RawFeed(
        version="json",
        title=_text(document.get("title"), "text"),
        link=_string(document.get("home_page_url")),
        language=_string(document.get("language")),
        authors=_authors(document),
        entries=tuple(entries),
        notes=tuple(notes),
    )


def _load(text: str) -> object:
    try:
        loaded: object = json.loads(
            text.strip("\ufeff \t\r\n\x00"), parse_int=_integer, parse_constant=lambda _name: None, strict=False
        )
    except RecursionError as error:
        raise ParseError(
            "the JSON nests too deeply to be read", why="the parser gave up", fix="mute the source", code="E255"
        ) from error
    except ValueError as error:
        raise ParseError(
            "the answer looks like JSON, but cannot be read", why=str(error)[:200], fix="check the address", code="E253"
        ) from error
    return loaded


def _integer(digits: str) -> object:
    return int(digits) if len(digits) <= 20 else digits


def _what_it_says(document: object) -> str | None:
    """The message of an API's error document."""
    if not isinstance(document, dict):
        return None
    for name in ("message", "error", "error_description", "detail", "msg", "errmsg"):
        value = document.get(name)
        if isinstance(value, str) and value.strip():
            return f"it says: {' '.join(value.split())[:150]}"
    return None


def _entry(item: Mapping[str, object]) -> RawEntry:
    markup, plain = _string(item.get("content_html")), _string(item.get("content_text"))
    identifier = item.get("id")
    return RawEntry(
        guid=str(identifier) if isinstance(identifier, (str, int, float)) and not isinstance(identifier, bool) else None,
        # A link post is about what it points to; `url` is the blogger's own page of it.
        link=_string(item.get("url")) or _string(item.get("external_url")),
        title=_text(item.get("title"), "text"),
        summary=_text(item.get("summary"), "text"),
        content=RawText(markup, "html") if markup else _text(plain, "text"),
        published=_date(item.get("date_published")),
        updated=_date(item.get("date_modified")),
        authors=_authors(item),
        tags=tuple(tag for tag in _list(item.get("tags")) if isinstance(tag, str)),
        enclosures=tuple(
            _enclosure(one) for one in _list(item.get("attachments")) if isinstance(one, dict) and _string(one.get("url"))
        ),
        related=tuple(filter(None, [_string(item.get("external_url"))])) if _string(item.get("url")) else (),
        language=_string(item.get("language")),
    )


def _string(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _text(value: object, kind: str) -> RawText | None:
    return RawText(value, kind) if isinstance(value, str) and value.strip() else None


def _date(value: object) -> RawDate | None:
    return RawDate(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def _list(value: object) -> list[object]:
    return value[:_PER_ENTRY] if isinstance(value, list) else []


def _authors(holder: Mapping[str, object]) -> tuple[str, ...]:
    # 1.0 had one `author`, 1.1 has a list.
    listed = _list(holder.get("authors")) or [holder.get("author")]
    names = [_string(one.get("name")) or _string(one.get("url")) for one in listed if isinstance(one, dict)]
    return tuple(name for name in names if name)


def _enclosure(item: Mapping[str, object]) -> RawEnclosure:
    size = item.get("size_in_bytes")
    return RawEnclosure(str(item["url"]), _string(item.get("mime_type")), str(size) if isinstance(size, int) else None)
