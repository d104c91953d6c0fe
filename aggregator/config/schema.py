"""The shape of sources.yaml as pydantic models. What a value may be is in `values`; what errors say is in `problems`."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, model_validator

from aggregator.config import codes, form, formats, values
from aggregator.config.advice import shown
from aggregator.config.formats import Network
from aggregator.config.values import BadValueError


def _keywords(value: object) -> dict[str, float]:
    """Terms with their weights; a list of terms gives each the weight 1."""
    if isinstance(value, list):
        return dict.fromkeys(values.texts(value), 1.0)
    if not isinstance(value, dict):
        raise values.wrong_type(value, "a mapping of terms to weights, or a list of terms")
    found: dict[str, float] = {}
    for term, weight in value.items():
        try:
            found[values.line(term)] = values.number(weight)
        except BadValueError as bad:
            raise BadValueError(
                bad.code, f"the weight of {shown(term)} {bad.what}", fix="write it like `quantization: 2`"
            ) from None
    return found


def _mail_address(value: object) -> str:
    given = values.line(value)
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", given):
        raise BadValueError(codes.BAD_VALUE, f"{shown(given)} is no mail address", fix="write it like news@example.org")
    return given


def _networks(value: object) -> tuple[Network, ...]:
    if not isinstance(value, list):
        raise values.wrong_type(value, "a list", f"put it in brackets: [{value}]" if isinstance(value, str) else None)
    return tuple(formats.network(one) for one in value)


def _interval(value: object) -> float:
    """Minutes; 0 stands for `auto`, the adaptive rhythm."""
    return 0.0 if value == "auto" else formats.minutes(value)


def _mute(value: object) -> str:
    """Why a source is muted; "" for not at all. `mute: true` gives no reason, a text is the reason."""
    if isinstance(value, str) and value.strip():
        return values.line(value)
    return "muted in sources.yaml" if values.flag(value) else ""


def _address(value: object) -> str:
    """An address as written; whether it can be asked is found out source by source, so that a bad one stops no other."""
    return values.line(value) if isinstance(value, str) else formats.url(value)


def _addresses(value: object) -> tuple[str, ...]:
    """Several addresses of one source, in the order in which they are tried."""
    if not isinstance(value, list):
        raise values.wrong_type(value, "a list", "write `url:` for a single address")
    return tuple(_address(one) for one in value)


Text = Annotated[str, PlainValidator(values.text)]
Line = Annotated[str, PlainValidator(values.line)]
Header = Annotated[str, PlainValidator(values.header)]
Seconds = Annotated[float, PlainValidator(formats.seconds)]
Age = Annotated[float, PlainValidator(formats.age)]
Pattern = Annotated[str, PlainValidator(values.pattern)]
Interval = Annotated[float, PlainValidator(_interval)]
Mute = Annotated[str, PlainValidator(_mute)]
Whole = Annotated[int, PlainValidator(values.whole)]
Count = Annotated[int, PlainValidator(values.count)]
Slug = Annotated[str, PlainValidator(values.slug)]
Name = Annotated[str, PlainValidator(values.source_name)]
Zone = Annotated[str, PlainValidator(formats.time_zone)]
Tags = Annotated[tuple[str, ...], PlainValidator(values.texts)]


class Part(BaseModel):
    """A mapping of the file: unknown keys are errors, a key without a value is as good as absent."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, data: object) -> object:
        if isinstance(data, dict) and None in data.values():
            return {key: value for key, value in data.items() if value is not None}
        return data


class SectionPart(Part):
    slug: Slug
    title: Line
    lead_label: Line = ""
    note: Text = ""


class ProfilePart(Part):
    base: Text | None = None
    name: Line | None = None
    title: Line | None = None
    tagline: Line | None = None
    heading: Annotated[str | None, PlainValidator(form.placeholders("name", "date"))] = None
    front_matter: Text | None = None
    notes: Annotated[tuple[str, ...] | None, PlainValidator(form.notes)] = None
    lead_label: Line | None = None
    count: Annotated[str | None, PlainValidator(form.placeholders("count"))] = None
    section_mark: Annotated[str | None, PlainValidator(form.placeholders("label"))] = None
    opener: Text | None = None
    summary_label: Line | None = None
    colon: Text | None = None
    bar: Text | None = None
    link_labels: Annotated[dict[str, str] | None, PlainValidator(form.link_labels)] = None
    spellings: Annotated[dict[str, tuple[str, ...]] | None, PlainValidator(form.spellings)] = None
    past_issues: Annotated[str | None, PlainValidator(form.past_form)] = None
    past_title: Line | None = None
    past_url: Annotated[str | None, PlainValidator(formats.url)] = None
    past_limit: Whole | None = None
    footer: Text | None = None
    ids: Annotated[dict[str, str] | None, PlainValidator(form.ids)] = None
    licence: Line | None = None
    licence_line: Annotated[str | None, PlainValidator(form.placeholders("licence"))] = None
    until: Annotated[date | None, PlainValidator(form.day)] = None
    templates: Annotated[str | None, PlainValidator(form.folder)] = None
    language: Annotated[str | None, PlainValidator(formats.language)] = None


class PublicationPart(Part):
    name: Line
    base_url: Annotated[str, PlainValidator(formats.base_url)]
    sections: list[SectionPart]
    tagline: Line = ""
    description: Text = ""
    author: Line = ""
    language: Annotated[str, PlainValidator(formats.language)] = "en"
    time_zone: Zone = "UTC"
    hub: Annotated[str, PlainValidator(formats.url)] = ""
    mail_from: Annotated[str, PlainValidator(_mail_address)] = ""
    unsubscribe_url: Annotated[str, PlainValidator(formats.url)] = ""
    keywords: Annotated[dict[str, float], PlainValidator(_keywords)] = {}
    profile: ProfilePart = ProfilePart()
    former: list[ProfilePart] = []


class DefaultsPart(Part):
    interval: Interval | None = None
    section: Line | None = None
    time_zone: Zone | None = None
    user_agent: Header | None = None
    contact: Header | None = None
    allow_private_networks: Annotated[tuple[Network, ...] | None, PlainValidator(_networks)] = None
    host_gap: Seconds | None = None
    host_concurrency: Count | None = None
    deadline: Annotated[float | None, PlainValidator(formats.some_seconds)] = None
    max_size: Annotated[int | None, PlainValidator(formats.size)] = None
    workers: Count | None = None
    processes: Count | None = None
    pause_after: Count | None = None


class RulePart(Part):
    """What an entry has to be like; a text alone is looked for in titles."""

    title: Pattern | None = None
    url: Pattern | None = None
    author: Pattern | None = None
    tag: Pattern | None = None
    older_than: Age | None = None
    newer_than: Age | None = None

    @model_validator(mode="before")
    @classmethod
    def _of_a_text(cls, data: object) -> object:
        return {"title": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _says_something(self) -> RulePart:
        if not self.model_fields_set:
            raise BadValueError(codes.MISSING_KEY, "a rule says nothing", fix="write it like `{title: 'sponsored|advert'}`")
        return self


class RulesPart(Part):
    """Rules that hold for every source."""

    keep: list[RulePart] = []
    block: list[RulePart] = []


class SourcePart(Part):
    """What every source may have; the options of its kind come on top, and are taken out of `options` before."""

    also_known: ClassVar[tuple[str, ...]] = ("options",)

    name: Name | None = None
    kind: Text | None = None
    url: Annotated[str | None, PlainValidator(_address)] = None
    urls: Annotated[tuple[str, ...], PlainValidator(_addresses)] = ()
    section: Line | None = None
    interval: Interval | None = None
    mute: Mute | None = None
    weight: Annotated[float | None, PlainValidator(values.number)] = None
    tags: Tags = ()
    time_zone: Zone | None = None
    user_agent: Header | None = None
    keep: list[RulePart] = Field(default_factory=list)
    block: list[RulePart] = Field(default_factory=list)


class GroupPart(Part):
    """Sources with something in common, which each of them may say otherwise."""

    group: Line = ""
    kind: Text | None = None
    section: Line | None = None
    interval: Interval | None = None
    mute: Mute | None = None
    weight: Annotated[float | None, PlainValidator(values.number)] = None
    tags: Tags = ()
    time_zone: Zone | None = None
    user_agent: Header | None = None
    keep: list[RulePart] = []
    block: list[RulePart] = []
    sources: list[object] = []


class FilePart(Part):
    """The top level. Sources are validated one by one, each by the model of its kind."""

    publication: PublicationPart | None = None
    defaults: DefaultsPart = DefaultsPart()
    bridges: dict[str, object] = {}
    rules: RulesPart = RulesPart()
    sources: list[object] = []
