"""The house forms that come with the program, and a publication's own: one of them, changed as sources.yaml says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aggregator.config import codes
from aggregator.config.advice import did_you_mean, listed, shown
from aggregator.config.document import Document
from aggregator.config.problems import place_of
from aggregator.config.schema import ProfilePart
from aggregator.errors import ConfigError
from aggregator.model import DEFAULT_LINK_LABELS, TEMPLATE_PARTS, Profile

_ENGLISH_SPELLINGS = {
    "lead": (),
    "summary": ("Summary", "Abstract"),
    "past": (),
    "note": ("Note",),
    "named": ("Title", "Paper"),
}
_BRIEF = Profile(
    slug="brief-en",
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
    spellings=_ENGLISH_SPELLINGS,
    past_title="Past issues",
    licence_line="Published under {licence}.",
    language="en",
)
# Another shape: an item is a heading with its source behind the link, the lead a paragraph, nothing is in quotation.
_DIGEST = replace(
    _BRIEF,
    slug="digest-en",
    front_matter="layout: post\ntitle: {title}\ndate: {date}",
    heading="{name}, {date}",
    lead_form="paragraph",
    count="{count} worth your time.",
    summary_label="",
    items="headings",
    bar=" — ",
    source_after=True,
    past_issues="none",
    footer="{ids}\n\n{licence}",
    form="digest",
)
SHIPPED = {profile.slug: profile for profile in (Profile(), _BRIEF, _DIGEST)}
SUFFIX = ".md.j2"
MAX_TEMPLATE_CHARS = 100_000


def default_profile(language: str) -> Profile:
    """The form of a publication in that language that says nothing about it."""
    return SHIPPED["brief-zh" if language.casefold().startswith("zh") else "brief-en"]


def build_profile(
    part: ProfilePart,
    default: Profile,
    folder: Path,
    document: Document,
    problems: list[ConfigError],
    path: tuple[str | int, ...],
) -> Profile:
    """What `part` makes of its base, or of `default` where it names none; what is wrong is appended to `problems`."""
    base = default
    if part.base is not None and part.base not in SHIPPED:
        hint = did_you_mean(part.base, SHIPPED)
        what, fix = f"there is no form {shown(part.base)}{hint}", f"use one of {listed(SHIPPED)}"
        problems.append(
            ConfigError(what, fix=fix, code=codes.BAD_VALUE, place=place_of(document, document.root, (*path, "base")))
        )
    elif part.base is not None:
        base = SHIPPED[part.base]
        base = replace(base, language=default.language) if base.language[:2] == default.language[:2] else base
    special = {"base", "name", "link_labels", "spellings", "templates"}
    given = {name: getattr(part, name) for name in part.model_fields_set if name not in special}
    given = {name: value for name, value in given.items() if value is not None}
    for name in ("front_matter", "footer"):
        given |= {name: given[name].strip("\n")} if name in given else {}
    made = replace(
        base,
        link_labels={**DEFAULT_LINK_LABELS, **base.link_labels, **(part.link_labels or {})},
        spellings={**base.spellings, **(part.spellings or {})},
        **given,
    )
    if part.name:
        made = replace(made, slug=part.name)
    if part.templates is not None:
        made = replace(made, templates=_templates(folder / part.templates, document, problems, (*path, "templates")))
    return made


def _templates(folder: Path, document: Document, problems: list[ConfigError], path: tuple[str | int, ...]) -> dict[str, str]:
    place = place_of(document, document.root, path)
    found: dict[str, str] = {}
    try:
        files = sorted(file for file in folder.iterdir() if file.name.endswith(SUFFIX))
        for file in files:
            name = file.name.removesuffix(SUFFIX)
            if name not in TEMPLATE_PARTS:
                what = f"{shown(file.name)} is no template of the house form{did_you_mean(name, TEMPLATE_PARTS)}"
                fix = f"the parts are {listed(TEMPLATE_PARTS)}"
                problems.append(ConfigError(what, fix=fix, code=codes.BAD_VALUE, place=place))
                continue
            found[name] = file.read_bytes()[:MAX_TEMPLATE_CHARS].decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or str(error)
        what, fix = f"the templates in {shown(str(folder))} cannot be read", "name a folder of UTF-8 files beside sources.yaml"
        problems.append(ConfigError(what, why=why, fix=fix, code=codes.UNREADABLE, place=place))
        return {}
    if not files:
        what, fix = f"there is no template in {shown(str(folder))}", f"a template is called item{SUFFIX}, for example"
        problems.append(ConfigError(what, fix=fix, code=codes.BAD_VALUE, place=place))
    return found
