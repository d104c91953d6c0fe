"""The `sources` of a file -> Source values: groups opened, addresses filled in, options checked by their kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pydantic import ValidationError

from aggregator.config import codes, formats, values
from aggregator.config.advice import did_you_mean, listed, shown
from aggregator.config.bridges import Bridges
from aggregator.config.document import Block, Document, Items, Spot
from aggregator.config.kinds import KindModels, with_options
from aggregator.config.problems import from_bad, from_validation, place_of
from aggregator.config.schema import GroupPart, RulePart, RulesPart, SourcePart
from aggregator.config.settings import Kind
from aggregator.config.values import BadValueError
from aggregator.errors import ConfigError, Place
from aggregator.model import Rule, Rules, Section, Source

DEFAULT_KIND = "feed"


@dataclass(slots=True)
class Reader:
    """Reads the sources of one file. What is wrong is appended to `problems`, and the rest is read all the same. What costs
    one source its news and nobody else anything (an address that cannot be asked, a name given twice) goes to `notes`."""

    document: Document
    kinds: Mapping[str, Kind]
    sections: Sequence[Section]
    bridges: Bridges
    section: str | None
    interval_minutes: float | None
    time_zone: str | None
    problems: list[ConfigError]
    folder: Path = Path()
    rules: RulesPart = field(default_factory=RulesPart)
    notes: list[ConfigError] = field(default_factory=list)
    _models: KindModels = field(init=False)
    _lines: dict[str, int] = field(default_factory=dict)
    _first_urls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _asked: dict[tuple[object, ...], Source] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._models = KindModels(self.kinds, self.folder)

    def read(self, items: object) -> tuple[Source, ...]:
        """All sources, groups opened, in the order of the file."""
        return tuple(filter(None, (self._source(block, group) for block, group in self._flat(items))))

    def _flat(self, items: object) -> Iterator[tuple[Block, GroupPart]]:
        for block in self._blocks(items):
            if "sources" in block or "group" in block:
                yield from self._group(block)
            else:
                yield block, _NO_GROUP

    def _group(self, block: Block) -> Iterator[tuple[Block, GroupPart]]:
        try:
            group = GroupPart.model_validate(block)
        except ValidationError as error:
            self.problems += from_validation(error, self.document, block, GroupPart)
            group = _NO_GROUP
        if group.section is not None and not self._has(group.section):
            self.problems.append(no_section(group.section, self.sections, self._place(block, "section")))
            group = group.model_copy(update={"section": None})
        if group.kind is not None and group.kind not in self.kinds:
            self._unknown_kind(group.kind, self._place(block, "kind"))
            return
        for inner in self._blocks(block.get("sources")):
            if "sources" in inner or "group" in inner:
                self._add(codes.WRONG_TYPE, "a group cannot hold a group", inner.spot, fix="write the groups one after the other")
            else:
                yield inner, group

    def _blocks(self, items: object) -> Iterable[Block]:
        if not isinstance(items, Items):
            return
        for item, spot in zip(items, items.items_at, strict=True):
            if isinstance(item, Block):
                yield item
            else:
                given = f": {shown(item)}" if isinstance(item, (str, int, float)) else ""
                what = f"a source must be a mapping, but this is {values.kind_of(item)}{given}"
                self._add(codes.WRONG_TYPE, what, spot, fix="write it like `- url: https://example.org/feed.xml`")

    def _source(self, block: Block, group: GroupPart) -> Source | None:
        before = len(self.problems)
        name_of_kind = block.get("kind") or group.kind or DEFAULT_KIND
        if not isinstance(name_of_kind, str) or name_of_kind not in self.kinds:
            self._unknown_kind(name_of_kind, self._place(block, "kind"))
            return None
        merged = with_options(block, self.document, self.problems)
        model = self._models.model(name_of_kind)
        try:
            part = model.model_validate(merged)
        except ValidationError as error:
            found = from_validation(error, self.document, merged, model)
            self.problems += [self._models.hinted(problem, name_of_kind, merged) for problem in found]
            self._claim(str(block.get("name") or "").strip(), block)
            return None
        source = self._build(part, group, name_of_kind, block)
        return self._once(source, block) if len(self.problems) == before else None

    def _once(self, source: Source, block: Block) -> Source | None:
        """The source, or None where another asks the same of the same address: nobody is asked twice for one answer."""
        if not source.urls:
            return source
        options = repr(sorted(source.options.items(), key=lambda option: option[0])) if source.options else ""
        way = (source.kind, options, source.section, source.muted, source.user_agent, source.time_zone, source.rules)
        first = self._asked.setdefault((*source.urls, way), source)
        if first is source:
            return source
        self.notes.append(
            ConfigError(
                f"{shown(source.name)} polls what {shown(first.name)} polls: it is left out",
                why=f"that one stands in line {first.line} and asks the same of the same address",
                fix="remove one of them",
                code=codes.DUPLICATE_SOURCE,
                place=self.document.place(block.spot),
            )
        )
        return None

    def _build(self, part: SourcePart, group: GroupPart, kind: str, block: Block) -> Source:
        urls, mute = self._addresses(part, block)
        section = part.section or group.section or self.section
        if part.section is not None and not self._has(part.section):
            self.problems.append(no_section(part.section, self.sections, self._place(block, "section")))
        interval = next((one for one in (part.interval, group.interval, self.interval_minutes) if one is not None), None)
        own_mute = part.mute if part.mute is not None else group.mute
        source = Source(
            name=part.name or formats.name_from(urls[0] if urls else ""),
            kind=kind,
            urls=urls,
            section=section,
            interval_minutes=interval or None,
            muted=bool(own_mute or mute),
            mute_reason=own_mute or mute or "",
            weight=next((one for one in (part.weight, group.weight) if one is not None), 0.0),
            user_agent=part.user_agent or group.user_agent,
            time_zone=part.time_zone or group.time_zone or self.time_zone,
            tags=tuple(dict.fromkeys((*group.tags, *part.tags))),
            rules=_rules(self.rules, group, part),
            options=self._models.options(part, kind),
            line=block.spot.line + 1,
        )
        if not source.name and not self.kinds[kind].needs_url:
            what = "a source has neither a name nor an address"
            self._add(codes.MISSING_KEY, what, block.spot, fix="add `name: …`")
        return self._with_own_addresses(self._named(source, block), block)

    def _named(self, source: Source, block: Block) -> Source:
        """The source under a name of its own: what was polled is kept by name, and accounts do share names."""
        first = self._first_urls.setdefault(source.name, source.urls)
        if source.name not in self._lines or first == source.urls:
            self._claim(source.name, block)
            return source
        name = formats.told_apart(source.name, source.url, self._lines)
        self.notes.append(
            ConfigError(
                f"two sources have the name {shown(source.name)}: this one is called {shown(name)}",
                why=f"the first stands in line {self._lines[source.name]}; what was polled is kept by name",
                fix="rename one of them",
                code=codes.DUPLICATE_SOURCE,
                place=self._place(block, "name"),
            )
        )
        self._claim(name, block)
        return replace(source, name=name)

    def _addresses(self, part: SourcePart, block: Block) -> tuple[tuple[str, ...], str]:
        """The addresses with bridges filled in, and why the source must be muted ("" if it need not be)."""
        if part.url is not None and part.urls:
            self._add(codes.OPTION_TWICE, "`url` and `urls` are both given", block.keys_at["urls"], fix="keep `urls`")
        written = part.urls or ((part.url,) if part.url is not None else ())
        try:
            urls, missing = self.bridges.expand(written)
        except BadValueError as bad:
            key = "urls" if part.urls else "url"
            self.problems.append(from_bad(bad, key, self._place(block, key)))
            return written, ""
        if not part.urls or not any(url.startswith("{") for url in part.urls):
            urls = tuple(self._checked(url, ("urls", at) if part.urls else ("url",), block) for at, url in enumerate(urls))
        label = part.name or formats.name_from(written[0] if written else "")
        for bridge in missing:
            (self.bridges.fewer if urls else self.bridges.without).setdefault(bridge, []).append(label)
        if missing and not urls:
            return written, f"the bridge {listed(missing)} has no origin"
        return urls, ""

    def _checked(self, url: str, keys: tuple[str | int, ...], block: Block) -> str:
        """The address, which the fetcher will refuse when this notes it; a password in it is not carried further."""
        try:
            return formats.url(url)
        except BadValueError as bad:
            self.notes.append(from_bad(bad, str(keys[0]), place_of(self.document, block, keys)))
            return formats.without_credentials(url)

    def _with_own_addresses(self, source: Source, block: Block) -> Source:
        kind = self.kinds[source.kind]
        if source.urls:
            return source
        if kind.needs_url:
            what = f"source {shown(source.name)} has no address" if source.name else "a source has no address"
            fix = "add `url: https://…`, or `urls:` with several"
            self._add(codes.NO_URL, what, block.spot, why=f"the kind {source.kind} needs one", fix=fix)
            return source
        if kind.addresses is None:
            return source
        try:
            return replace(source, urls=tuple(kind.addresses(source)))
        except ConfigError as error:
            place = self.document.place(block.spot)
            self.problems.append(ConfigError(error.what, why=error.why, fix=error.fix, code=error.code, place=place))
            return source

    def _claim(self, name: str, block: Block) -> None:
        """Take a name; sources that could not be read take theirs too, so that all of a file is found in one go."""
        if name and name in self._lines:
            self.problems.append(
                ConfigError(
                    f"two sources have the name {shown(name)}",
                    why=f"the first stands in line {self._lines[name]}; what was polled is kept by name",
                    fix="rename one of them",
                    code=codes.DUPLICATE_SOURCE,
                    place=self._place(block, "name"),
                )
            )
        self._lines.setdefault(name, block.spot.line + 1)

    def _unknown_kind(self, kind: object, place: Place) -> None:
        if isinstance(kind, str):
            what = f"unknown kind {shown(kind)}{did_you_mean(kind, self.kinds)}"
            self.problems.append(ConfigError(what, fix=f"use one of {listed(self.kinds)}", code=codes.UNKNOWN_KIND, place=place))
        else:
            self.problems.append(from_bad(values.wrong_type(kind, "a text", f"use one of {listed(self.kinds)}"), "kind", place))

    def _has(self, section: str) -> bool:
        return not self.sections or any(one.slug == section for one in self.sections)

    def _place(self, block: Block, key: str) -> Place:
        return place_of(self.document, block, (key,))

    def _add(self, code: str, what: str, spot: Spot, *, why: str | None = None, fix: str | None = None) -> None:
        self.problems.append(ConfigError(what, why=why, fix=fix, code=code, place=self.document.place(spot)))


_NO_GROUP = GroupPart()


def _rules(*parts: RulesPart | GroupPart | SourcePart) -> Rules:
    """The rules of a source: those of the file, of its group and its own, all of them."""
    if not any(part.keep or part.block for part in parts):
        return _NO_RULES
    return Rules(
        tuple(_rule(one) for part in parts for one in part.keep), tuple(_rule(one) for part in parts for one in part.block)
    )


def _rule(part: RulePart) -> Rule:
    return Rule(part.title or "", part.url or "", part.author or "", part.tag or "", part.older_than, part.newer_than)


_NO_RULES = Rules()


def no_section(section: str, sections: Sequence[Section], place: Place | None) -> ConfigError:
    """The error for a section that the publication does not have."""
    slugs = [one.slug for one in sections]
    return ConfigError(
        f"there is no section {shown(section)}{did_you_mean(section, slugs)}",
        why=f"the publication has {listed(slugs) or 'none'}",
        fix="use one of its slugs, or add the section to it",
        code=codes.UNKNOWN_SECTION,
        place=place,
    )
