"""The `publication` of a file -> Publication, with the house form of its language where the file says nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aggregator.config import codes
from aggregator.config.advice import shown
from aggregator.config.document import Document
from aggregator.config.problems import place_of
from aggregator.config.profiles import build_profile, default_profile
from aggregator.config.schema import PublicationPart
from aggregator.errors import ConfigError
from aggregator.model import Publication, Section

LOCAL_URL = "http://localhost/"


def build_publication(part: PublicationPart, document: Document, folder: Path, problems: list[ConfigError]) -> Publication:
    """The publication; two sections of one slug, a missing section and the like are appended to `problems`. Templates lie in
    `folder`, that of the file, or below it."""
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
    default = replace(default_profile(part.language), language=part.language)
    profile = build_profile(part.profile, default, folder, document, problems, ("publication", "profile"))
    former = tuple(
        build_profile(one, profile, folder, document, problems, ("publication", "former", index))
        for index, one in enumerate(part.former)
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
        profile=profile,
        former=former,
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
    return Publication(name or "News", "", "en", "UTC", LOCAL_URL, (news,), profile=default_profile("en")), note
