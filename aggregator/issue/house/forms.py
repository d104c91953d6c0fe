"""Which profile of a publication a text is in, and whether templates of one's own can be read back. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from aggregator.errors import IssueError
from aggregator.issue.house.canon import print_issue
from aggregator.issue.house.derive import day_of, derive
from aggregator.issue.house.lines import bare, cut, heading, labelled
from aggregator.issue.house.normal import meaning, normal
from aggregator.issue.house.tree import read_tree
from aggregator.model import Issue, IssueSection, Item, Link, PastIssue, Profile, Publication

_LICENCE = re.compile(r"^CC (BY(?:-(?:NC|ND|SA)){0,2}) (\d\.\d)$")
_HEAD_LINES = 40
_ITEM_LEVEL = 3


def in_form(text: str, publication: Publication) -> Publication:
    """The publication in the profile that a text is in: a former one by its last day, else the one whose marks it bears. A text
    without a date in its heading is a draft, and in the profile of the next issue."""
    if not publication.former:
        return publication
    lines = [bare(line) for line in cut(text)]
    title = next((found[1] for line in lines if (found := heading(line)) and found[0] == 1), "")
    day = day_of(title)
    if day is None:
        return publication
    profiles = (publication.profile, *publication.former)
    dated = sorted((one.until, at) for at, one in enumerate(profiles) if one.until is not None and day <= one.until)
    if dated:
        return replace(publication, profile=profiles[dated[0][1]], former=())
    marks = [(_marks(lines, title, one), -at) for at, one in enumerate(profiles) if one.until is None]
    best = max(marks, default=(0, 0))
    return replace(publication, profile=profiles[-best[1]], former=())


def _marks(lines: list[str], title: str, profile: Profile) -> int:
    """How much of a text looks like a profile."""
    text = "\n".join(lines)
    head = [line.lstrip("> ") for line in lines[:_HEAD_LINES]]
    titled = [found for line in lines if (found := heading(line))]
    past = [name for level, name in titled if level == 2 and any(one in name for one in profile.labels("past"))]
    table = "|:---" in text.replace(" ", "")
    points = 3 * bool(profile.title and profile.title in title)
    points += 2 * bool(profile.tagline and profile.tagline in text)
    points += 2 * bool(profile.lead_label and any(labelled(line, (profile.lead_label,)) for line in head))
    points += 2 * bool(profile.summary_label and any(labelled(line.strip(), (profile.summary_label,)) for line in lines))
    points += 3 * (profile.items == "headings" and any(level == _ITEM_LEVEL for level, _ in titled))
    points += 2 * (bool(past) and profile.past_issues == ("table" if table else "list"))
    points += 2 * sum(account in text for account in profile.ids.values())
    points += 2 * bool(profile.licence and (profile.licence in text or (_licence_url(profile.licence) or "\0") in text))
    return points + bool(profile.front_matter) * (f"---\n{profile.front_matter.strip()}\n---" in text)


def imprint(profile: Profile) -> str:
    """The footer of an issue, its ids and its licence filled in."""
    text = profile.footer or ("{ids}\n\n{licence}" if profile.ids or profile.licence else "")
    ids = "\n".join(f"- {name}: {account}" for name, account in profile.ids.items())
    url = _licence_url(profile.licence)
    linked = f"[{profile.licence}]({url})" if url else profile.licence
    line = profile.licence_line.replace("{licence}", linked) if profile.licence else ""
    text = text.replace("{ids}", ids).replace("{licence}", line)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _licence_url(licence: str) -> str | None:
    match = _LICENCE.match(licence)
    return f"https://creativecommons.org/licenses/{match[1].lower()}/{match[2]}/" if match else None


def check_templates(publication: Publication) -> None:
    """Raises IssueError where a specimen, laid out by the publication's own templates, does not read back as it was: then
    `issue edit` would lose what the editor wrote."""
    lost = _lost(_Key(publication)) if publication.profile.templates else ()
    if lost:
        raise IssueError(
            f"what the templates print cannot be read back: {', '.join(lost)}",
            why="a text that is edited would lose it",
            fix=f"mend the template in `templates` of the profile {publication.profile.slug}, or delete it",
            code="E514",
        )


class _Key:
    """A publication as the key of a cache: the same templates in the same profile are checked once."""

    def __init__(self, publication: Publication) -> None:
        self.publication = publication
        self.value = repr((publication.profile, publication.sections, publication.name))

    def __hash__(self) -> int:
        return hash(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.value == self.value


@lru_cache(maxsize=16)
def _lost(key: _Key) -> tuple[str, ...]:
    publication = key.publication
    lost: dict[str, None] = {}
    for specimen in _specimens(publication):
        shipped = replace(publication, profile=replace(publication.profile, templates={}))
        wanted = normal(specimen, shipped)
        text = print_issue(wanted, publication.profile)
        read = derive(read_tree(text, publication), text, publication, "").issue
        if meaning(read) != meaning(wanted):
            lost |= dict.fromkeys(name for name, of in _PIECES.items() if of(read) != of(wanted))
    return tuple(lost)


def _of_items(name: str) -> Callable[[Issue], object]:
    return lambda issue: [getattr(item, name) for item in issue.items]


_PIECES: dict[str, Callable[[Issue], object]] = {
    "name and date": lambda issue: (issue.name, issue.date),
    "headline": lambda issue: issue.headline,
    "tagline": lambda issue: issue.tagline,
    "notes": lambda issue: issue.notes,
    "lead": lambda issue: issue.lead,
    "opener": lambda issue: issue.opener,
    "briefs": lambda issue: issue.briefs,
    "sections": lambda issue: [(part.name, part.note, len(part.items)) for part in issue.sections],
    "titles of items": _of_items("title"),
    "addresses of items": _of_items("url"),
    "sources of items": _of_items("source"),
    "tags of items": _of_items("tags"),
    "links of items": lambda issue: [[link.url for link in item.links] for item in issue.items],
    "summaries of items": _of_items("summary"),
    "past issues": lambda issue: issue.past_issues,
    "footer": lambda issue: issue.footer,
}


def _specimens(publication: Publication) -> Iterator[Issue]:
    links = (Link("Code", "code", "https://github.com/a/b"), Link("Paper", "paper", "https://arxiv.org/abs/1911.05289"))
    full = Item("Title one", "https://a.example/1", "Source", ("1911.05289",), links, "One line.\nAnother.\n\n- a\n- b")
    items = (full, Item("Title two", "https://a.example/2"), Item("Title three", "https://a.example/3", "", (), (), "Words."))
    sections = tuple(IssueSection(part.title, part.slug, items, part.note) for part in publication.sections[:2])
    profile = publication.profile
    draft = Issue(
        "draft", None, name=publication.printed_name, tagline="A tagline", notes=profile.notes, lead="Lead.", sections=sections
    )
    yield draft
    yield replace(
        draft,
        date=date(2024, 2, 29),
        headline="One/two",
        lead="Lead of one line.\nAnd another.",
        opener="First the news:",
        briefs=("One brief", "Another **brief**"),
        past_issues=(PastIssue("2024-02-15", "https://a.example/2024-02-15/"), PastIssue("2024-02-01", "https://a.example/x/")),
        footer=imprint(profile) or "Footer",
    )
