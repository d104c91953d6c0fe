"""What can be filled in for the editor: an item from a candidate; lead, headline and opener of a draft. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from aggregator.issue.house import escape_plain, imprint, normal, normal_item
from aggregator.issue.mistakes_links import untracked
from aggregator.issue.phrase import phrase
from aggregator.model import Candidate, Issue, IssueSection, Item, Link, Publication
from aggregator.text import clean_line, trim
from aggregator.urls import arxiv_id, canonical, github_repo, link_role

SUMMARY_CHARS = 600
HEADLINE_PARTS = 6
HEADLINE_COLUMNS = 28

_VENUE = re.compile(
    r"\b(CVPR|ICCV|ECCV|WACV|NeurIPS|NIPS|ICML|ICLR|AAAI|IJCAI|ACL|NAACL|EMNLP|KDD|WWW|SIGIR|MLSys|SysML|OSDI|SOSP|NSDI|ATC|EuroSys"
    r"|ASPLOS|ISCA|MICRO|HPCA|ISSCC|DAC|DATE|ICCAD|FPGA|MobiCom|MobiSys|SenSys|UbiComp|PLDI|PPoPP|CGO|SIGGRAPH|ICRA|IROS|RSS|CoRL"
    r"|INTERSPEECH|ICASSP|Hot Chips|VLSI)[\s'’-]{0,2}((?:20)?\d{2})(?!\d)"
)
_BAR = re.compile(r"\s*[|｜丨]\s*")
# What WordPress puts under an excerpt.
_APPEARED = re.compile(r"\s*(?<!\S)The post \S.{0,300} appeared first on \S.{0,120}\s*\Z")
_READ_MORE = re.compile(
    r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\])\s*(?:(?:Continue reading|Read more|Read More)\b.{0,200}|阅读全文)\s*\Z"
)
_PRINTED_ROLES = ("paper", "code", "project", "demo", "video", "doc")


def item_from(candidate: Candidate, publication: Publication) -> Item:
    """The item that a candidate makes: title, source, tags, labelled links and summary filled in, and named `untouched`."""
    repository = _repository(candidate)
    title = _titled(clean_line(candidate.title), candidate)
    if repository and not _names(title, repository):
        title = f"{repository}{publication.profile.colon.strip() or ':'}{title}"
    summary = trim(_told(candidate.summary), SUMMARY_CHARS)
    own = arxiv_id(candidate.url or "") or github_repo(candidate.url or "")
    item = Item(
        title=escape_plain(title),
        url=untracked(candidate.url) if candidate.url else candidate.url,
        source="" if own else escape_plain(clean_line(candidate.source)),
        tags=_tags(candidate, title),
        links=_links(candidate, repository, publication),
        summary=summary,
        title_raw=candidate.title_raw,
        candidate_id=candidate.id,
    )
    filled = ("title", "source", "tags", "links", "summary")
    untouched = tuple(
        name for name in filled if getattr(item, name) and not (name == "title" and candidate.title != candidate.title_raw)
    )
    return replace(normal_item(item, publication), untouched=untouched)


def _told(summary: str) -> str:
    """The summary without the way to the rest of the page."""
    return _READ_MORE.sub(" …", _APPEARED.sub("", summary)).strip() or summary


def _titled(title: str, candidate: Candidate) -> str:
    """The title without the source's own name behind a bar: the house form prints it there. What the editor wrote stays."""
    parts = _BAR.split(title)
    if len(parts) == 1 or candidate.title != candidate.title_raw or not candidate.source:
        return title
    ends_with_source = candidate.source.casefold() in parts[-1].casefold()
    return " | ".join(parts[:-1]).strip() if ends_with_source and parts[0] else title


def _repository(candidate: Candidate) -> str | None:
    """The repository that an item is about: its own address, or the code link of one in the projects' section."""
    own = github_repo(candidate.url or "")
    if own or candidate.section != "projects":
        return own
    return next((found for link in candidate.links if (found := github_repo(link.url))), None)


def _names(title: str, repository: str) -> bool:
    return title.casefold().startswith(repository.casefold())


def _tags(candidate: Candidate, title: str) -> tuple[str, ...]:
    paper = arxiv_id(candidate.url or "")
    tags = [paper] if paper else []
    if paper or candidate.section == "papers":
        for text in (*candidate.tags, candidate.summary):
            venue = _VENUE.search(text)
            if venue and not _VENUE.search(title):
                year = venue[2] if len(venue[2]) > 2 else f"20{venue[2]}"
                tags.append(f"{venue[1]}{year}")
                break
    return tuple(tags)


def _links(candidate: Candidate, repository: str | None, publication: Publication) -> tuple[Link, ...]:
    labels = publication.profile.link_labels
    seen = {canonical(candidate.url or "")}
    found: list[Link] = []
    for link in candidate.links:
        role = link.role or link_role(link.url)
        target = canonical(link.url)
        if role not in _PRINTED_ROLES or target is None or target in seen:
            continue
        seen.add(target)
        shown = "project" if repository and github_repo(link.url) == repository else role
        found.append(Link(labels.get(shown, shown), role, untracked(link.url)))
    return tuple(found)


def prefill(issue: Issue, publication: Publication) -> Issue:
    """The draft with its lead, headline and opener filled in, and with tagline, notes and footer as they are configured now,
    where the editor has not touched them."""
    filled = issue
    if "tagline" in issue.untouched:
        filled = replace(filled, tagline=publication.printed_tagline)
    if "notes" in issue.untouched:
        filled = replace(filled, notes=publication.profile.notes)
    if "footer" in issue.untouched:
        filled = replace(filled, footer=imprint(publication.profile))
    if "lead" in issue.untouched:
        filled = replace(filled, lead=lead_of(issue, publication))
    if "headline" in issue.untouched:
        filled = replace(filled, headline=headline_of(issue))
    if "opener" in issue.untouched:
        filled = replace(filled, opener=publication.profile.opener if issue.briefs else "")
    if filled == issue:
        return issue
    named = normal(replace(filled, sections=(), verbatim=""), publication)
    return replace(
        filled,
        lead=named.lead,
        headline=named.headline,
        opener=named.opener,
        tagline=named.tagline,
        notes=named.notes,
        footer=named.footer,
    )


def lead_of(issue: Issue, publication: Publication) -> str:
    """How many items there are, and one short phrase for each, by section; "" for an issue without items."""
    parts = [part for part in issue.sections if part.items]
    if not parts:
        return ""
    profile = publication.profile
    comma, semicolon, stop = ("，", "；", "。") if profile.language.startswith(("zh", "ja")) else ("; ", "; ", ".")
    lines: list[str] = []
    for part in parts:
        mark = profile.section_mark.replace("{label}", _lead_label(part, publication))
        phrases = [text for item in part.items if (text := phrase(item))]
        # Where a phrase holds a comma of its own, only a stronger mark tells it from the next.
        between = semicolon if any(re.search("[，,]", text) for text in phrases) else comma
        blank = " " if mark[-1:] in {":", "."} else ""
        lines.append(f"{mark}{blank}{between.join(phrases)}{stop}")
    count = profile.count.replace("{count}", str(len(issue.items)))
    gap = "" if stop == "。" or not count else " "
    return "\n".join([f"{count}{gap}{lines[0]}", *lines[1:]])


def _lead_label(part: IssueSection, publication: Publication) -> str:
    known = publication.section(part.slug) if part.slug else None
    return known.lead_label or known.title if known else part.name


def headline_of(issue: Issue) -> str:
    """The starred items in short, joined by slashes."""
    return "/".join(list(_short(item for item in issue.items if item.starred))[:HEADLINE_PARTS])


def _short(items: Iterable[Item]) -> Iterable[str]:
    for item in items:
        text = phrase(item, HEADLINE_COLUMNS)
        if text:
            yield text.replace("/", "／")
