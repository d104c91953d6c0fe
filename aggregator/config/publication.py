"""The `publication` of a file -> Publication, with the house form of its language where the file says nothing."""

from __future__ import annotations

from aggregator.config import codes
from aggregator.config.advice import shown
from aggregator.config.document import Document
from aggregator.config.problems import place_of
from aggregator.config.schema import ProfilePart, PublicationPart
from aggregator.errors import ConfigError
from aggregator.model import DEFAULT_LINK_LABELS, Profile, Publication, Section

LOCAL_URL = "http://localhost/"

_ENGLISH = Profile(
    front_matter="",
    lead_label="In this issue",
    count="{count} items.",
    section_mark="{label}:",
    opener="First, the news in brief:",
    summary_label="Summary",
    colon=": ",
    link_labels={
        "paper": "Paper",
        "code": "Code",
        "project": "Project",
        "demo": "Demo",
        "video": "Video",
        "doc": "Documentation",
        "article": "Article",
        "link": "Link",
    },
    past_title="Past issues",
    language="en",
)


def build_publication(part: PublicationPart, document: Document, problems: list[ConfigError]) -> Publication:
    """The publication; two sections of one slug and a missing section are appended to `problems`."""
    seen: set[str] = set()
    for index, section in enumerate(part.sections):
        if section.slug in seen:
            problems.append(
                ConfigError(
                    f"two sections have the slug {shown(section.slug)}",
                    fix="rename one of them",
                    code=codes.BAD_SLUG,
                    place=place_of(document, document.root, ("publication", "sections", index, "slug")),
                )
            )
        seen.add(section.slug)
    if not part.sections:
        problems.append(
            ConfigError(
                "`sections` is empty",
                why="every item of an issue stands in a section",
                fix="add one: `- {slug: news, title: News}`",
                code=codes.MISSING_KEY,
                place=place_of(document, document.root, ("publication", "sections"), key=True),
            )
        )
    return Publication(
        name=part.name,
        tagline=part.tagline,
        language=part.language,
        time_zone=part.time_zone,
        base_url=part.base_url,
        sections=tuple(Section(one.slug, one.title, one.lead_label, one.note.strip()) for one in part.sections),
        author=part.author,
        description=part.description.strip(),
        profile=_profile(part.profile, part.language),
        keywords=part.keywords,
        hub=part.hub,
        mail_from=part.mail_from,
        unsubscribe_url=part.unsubscribe_url,
    )


def unnamed_publication(name: str, document: Document) -> tuple[Publication, ConfigError]:
    """What a file without `publication` publishes: enough to poll and review with, and a note that says so."""
    note = ConfigError(
        "there is no `publication`, so issues would carry addresses of this machine",
        why="name, base_url and sections are taken from it",
        fix="add `publication:` with name, base_url and sections before you publish; aggregator init DIR shows one",
        code=codes.MISSING_KEY,
        place=document.place(document.spot),
    )
    news = Section("news", "News", "News")
    return Publication(name or "News", "", "en", "UTC", LOCAL_URL, (news,), profile=_ENGLISH), note


def _profile(part: ProfilePart, language: str) -> Profile:
    base = Profile() if language.casefold().startswith("zh") else _ENGLISH
    given = {name: getattr(part, name) for name in part.model_fields_set if name != "link_labels"}
    labels = {**DEFAULT_LINK_LABELS, **base.link_labels, **(part.link_labels or {})}
    merged = {name: getattr(base, name) for name in Profile.__dataclass_fields__}
    merged |= {"language": language, **given, "link_labels": labels}
    for name in ("front_matter", "footer"):
        merged[name] = merged[name].strip("\n")
    return Profile(**merged)
