"""What a page says about itself in its head: meta elements, JSON-LD, the variables of WeChat. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser

MAX_META = 500
MAX_SCRIPT_CHARS = 200_000

_ARTICLES = frozenset(
    {
        "article", "newsarticle", "reportagenewsarticle", "analysisnewsarticle", "blogposting", "techarticle", "report",
        "scholarlyarticle", "socialmediaposting", "discussionforumposting", "videoobject",
    }
)  # fmt: skip
_CT = re.compile(
    r"\bvar\s+ct\s*=\s*[\"'](\d{9,10})[\"']"
    r"|\b(?:ori_?create_?time|create_?time)\s*[=:]\s*(?:JsDecode\()?[\"'](\d{9,10})[\"']",
    re.IGNORECASE,
)
_CREATED = re.compile(r"\bcreateTime\s*=\s*[\"'](20\d\d-\d\d?-\d\d?(?: \d\d?:\d\d)?)[\"']")
_IMAGE = re.compile(r"\b(?:msg_cdn_url|cdn_url)\s*[=:]\s*(?:JsDecode\()?[\"'](https?:[^\"'\\]{10,500})[\"']")
NICKNAME = re.compile(r"\b(?:var\s+nickname\s*=|nick_name\s*:)\s*(?:htmlDecode\(|JsDecode\()?[\"']([^\"']{1,100})[\"']")
_MESSAGE_LINK = re.compile(r"\bvar\s+msg_link\s*=\s*[\"'](https?:[^\"']{10,1000})[\"']")


@dataclass(frozen=True, slots=True)
class Meta:
    """`values` maps a lower-case name, property or itemprop to all its contents in order; `article` is the JSON-LD object
    of the page's article, {} without one; `script` holds what WeChat keeps in variables: ct, created, nickname, link, image."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    article: Mapping[str, object] = field(default_factory=dict)
    script: Mapping[str, str] = field(default_factory=dict)

    def first(self, *names: str) -> str:
        """The first content under any of the names, "" without one."""
        return next((value for name in names for value in self.values.get(name, ()) if value.strip()), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All contents under a name."""
        return self.values.get(name, ())

    def linked(self, name: str) -> tuple[str, ...]:
        """The texts (or names of the objects) under a key of the JSON-LD article."""
        return tuple(_texts(self.article.get(name)))


def read_meta(tree: LexborHTMLParser, markup: str) -> Meta:
    """The metadata of a parsed page; `markup` is its source, for the variables."""
    values: dict[str, list[str]] = {}
    for node in tree.css("meta")[:MAX_META]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or attributes.get("http-equiv")
        content = attributes.get("content")
        if name and content:
            values.setdefault(name.strip().lower(), []).append(content)
    return Meta({name: tuple(found) for name, found in values.items()}, _article(tree), _script(markup))


def _article(tree: LexborHTMLParser) -> Mapping[str, object]:
    """The article among the objects of the page, else the page; what it refers to by id is put in its place."""
    found: list[Mapping[str, object]] = []
    for node in tree.css('script[type="application/ld+json"]')[:20]:
        source = node.text()
        if len(source) <= MAX_SCRIPT_CHARS:
            try:
                found.extend(_objects(json.loads(source, strict=False)))
            except (ValueError, RecursionError):
                continue
    articles = [one for one in found if _types(one) & _ARTICLES]
    dated = [one for one in articles if one.get("datePublished")]
    pages = [one for one in found if "webpage" in _types(one) and one.get("datePublished")]
    # Baidu's own kind of article names no type.
    plain = [one for one in found if "@type" not in one and one.get("pubDate")]
    chosen = next(iter((*dated, *articles, *pages, *plain)), None)
    if chosen is None:
        return {}
    by_id = {str(one["@id"]): one for one in found if "@id" in one}
    return {name: _referred(value, by_id) for name, value in chosen.items()}


def _referred(value: object, by_id: Mapping[str, Mapping[str, object]]) -> object:
    if isinstance(value, list):
        return [_referred(one, by_id) for one in value[:50]]
    if isinstance(value, dict) and "@id" in value and "name" not in value:
        return by_id.get(str(value["@id"]), value)
    return value


def _objects(value: object, depth: int = 0) -> Iterator[Mapping[str, object]]:
    if isinstance(value, dict):
        yield value
        yield from _objects(value.get("@graph"), depth + 1)
    elif isinstance(value, list) and depth < 4:
        for one in value[:100]:
            yield from _objects(one, depth + 1)


def _types(value: Mapping[str, object]) -> set[str]:
    return {kind.lower() for kind in _texts(value.get("@type"))}


def _texts(value: object, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value
    elif isinstance(value, dict) and depth < 3:
        yield from _texts(value.get("name"), depth + 1)
    elif isinstance(value, list) and depth < 3:
        for one in value[:50]:
            yield from _texts(one, depth + 1)


def _script(markup: str) -> Mapping[str, str]:
    found = {}
    wanted = (("ct", _CT), ("created", _CREATED), ("nickname", NICKNAME), ("link", _MESSAGE_LINK), ("image", _IMAGE))
    for name, expression in wanted:
        match = expression.search(markup)
        if match:
            found[name] = next(group for group in match.groups() if group)
    return found
