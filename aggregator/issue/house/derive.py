"""From the concrete tree to the Issue, and what each block says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import PurePosixPath

from aggregator.issue.house.blocks import Block, Kind, Tree, finding
from aggregator.issue.house.head import Head
from aggregator.issue.house.item import anchor, read_item
from aggregator.issue.house.lines import bare, bullet, heading, is_rule, numbered
from aggregator.model import Finding, Issue, IssueSection, Item, PastIssue, Publication, Severity

# How name and date stand in a heading, whatever the publication's own way.
_USUAL = "{name} ({date})"
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
_PAST_LINK = re.compile(r"(?<!!)\[((?:[^\[\]\\]|\\.)*)\]\(<?([^<>()\s]+)>?\)")
_QUOTE = re.compile(r"^\s{0,3}>[ \t]?")


@dataclass(frozen=True, slots=True)
class Heading:
    """What the first heading says; the date is None where there is none or it is no day of the calendar."""

    name: str
    day: date | None = None
    headline: str = ""


def read_heading(line: str, publication: Publication) -> Heading:
    """Read `# NAME (DATE)：HEADLINE`."""
    found = heading(line)
    text = found[1] if found else bare(line).strip()
    for form in dict.fromkeys((publication.profile.heading, _USUAL)):
        match = _heading_form(form).match(text)
        if match and day_of(match["date"]):
            return Heading(match["name"].strip(), day_of(match["date"]), (match["headline"] or "").strip())
    name = publication.printed_name.strip()
    rest = text.removeprefix(name).lstrip()
    if name and text.startswith(name) and (not rest or rest[0] in "：:"):
        return Heading(name, None, rest[1:].strip())
    return Heading(text)


@lru_cache(maxsize=64)
def _heading_form(form: str) -> re.Pattern[str]:
    """A heading in the form `{name} ({date})`: blanks may be missing, parentheses full-width."""
    text = re.escape(form).replace(r"\{name\}", "(?P<name>.*?)").replace(r"\{date\}", r"(?P<date>\d{4}-\d{1,2}-\d{1,2})")
    text = text.replace(r"\(", "[(（]").replace(r"\)", "[)）]").replace(r"\ ", r"\s*")
    return re.compile(rf"^{text}\s*(?:[：:]\s*(?P<headline>.*))?$")


def day_of(text: str) -> date | None:
    """The date that stands in a text as year-month-day, else None."""
    match = _DATE.search(text)
    if not match:
        return None
    try:
        return date(*(int(part) for part in match[0].split("-")))
    except ValueError:
        return None


def read_tagline(text: str) -> str:
    """The words between the asterisks."""
    return text.strip()[2:-2].strip()


def read_note(lines: list[str]) -> str:
    """A note without quotation marks; lines joined."""
    return _joined(_QUOTE.sub("", bare(line)) for line in lines)


def read_lead(lines: list[str], publication: Publication) -> str:
    """The lead without its label and quotation marks; paragraphs parted by one blank line."""
    text = _joined(_QUOTE.sub("", bare(line)) for line in lines)
    labels = "|".join(map(re.escape, publication.profile.labels("lead"))) or "(?!)"
    return re.sub(rf"^(?:{labels})\s*[：:]\s*", "", text).strip()


def read_brief(lines: list[str]) -> str:
    """A brief without its bullet; lines joined."""
    first = bullet(lines[0])
    if first is None:
        first = numbered(lines[0]) or ""
    return _joined([first, *(line.strip() for line in lines[1:])])


def read_opener(lines: list[str]) -> str:
    """The line before the briefs."""
    return _joined(line.strip() for line in lines)


def read_footer(lines: list[str]) -> str:
    """The footer without the rule that opens it."""
    body = lines[1:] if is_rule(lines[0]) else lines
    return "\n".join(bare(line) for line in body).strip()


def read_past(lines: list[str]) -> tuple[PastIssue, ...]:
    """The links under the heading of past issues, from a list or a table alike."""
    links = (match for line in lines[1:] for match in _PAST_LINK.finditer(line))
    return tuple(PastIssue(re.sub(r"\\([\[\]|\\])", r"\1", match[1]).strip(), match[2]) for match in links)


def _joined(lines: Iterable[str]) -> str:
    kept: list[str] = []
    for line in lines:
        line = line.rstrip()
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()


@dataclass
class _Maker:
    tree: Tree
    publication: Publication
    path: str
    findings: list[Finding] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    sections: list[IssueSection] = field(default_factory=list)
    opened: set[int] = field(default_factory=set)
    # What each block of the tree says, by its index.
    items: dict[int, Item] = field(default_factory=dict)

    def note(self, key: str, block: Block | None, severity: Severity = Severity.WARNING, **values: object) -> None:
        line = self.tree.line(block) if block else None
        self.findings.append(finding(key, self.publication.language, self.path, line, severity=severity, **values))

    def make(self, text: str) -> Issue:
        issue = Issue(slug="", verbatim=text)
        notes: list[str] = []
        briefs: list[str] = []
        for index, block in enumerate(self.tree.blocks):
            core = self.tree.core(block)
            if block.kind is Kind.TITLE:
                found = read_heading(core[0], self.publication)
                issue = replace(issue, name=found.name, date=found.day, headline=found.headline)
            elif block.kind is Kind.TAGLINE:
                issue = replace(issue, tagline=read_tagline(core[0]))
            elif block.kind is Kind.NOTE:
                notes.append(read_note(core))
            elif block.kind is Kind.LEAD:
                issue = replace(issue, lead=read_lead(core, self.publication))
            elif block.kind is Kind.OPENER:
                issue = replace(issue, opener=read_opener(core))
            elif block.kind is Kind.BRIEF:
                briefs.append(read_brief(core))
            elif block.kind is Kind.PAST:
                issue = replace(issue, past_issues=issue.past_issues + read_past(core))
            elif block.kind is Kind.FOOTER:
                issue = replace(issue, footer=read_footer(core))
            else:
                self._section_block(index, block, core)
        issue = replace(issue, notes=tuple(notes), briefs=tuple(briefs), sections=tuple(self.sections))
        return self._named(issue)

    def _named(self, issue: Issue) -> Issue:
        stem = PurePosixPath(self.path.replace("\\", "/")).stem
        if not any(block.kind is Kind.TITLE for block in self.tree.blocks):
            self.note("C001", None)
            issue = replace(issue, name=self.publication.printed_name)
        if issue.date is None:
            issue = replace(issue, date=day_of(stem))
        return replace(issue, slug=issue.date.isoformat() if issue.date else stem or "draft")

    def _section_block(self, index: int, block: Block, core: list[str]) -> None:
        if block.kind is Kind.SECTION:
            self._open(section_name(core[0]), block)
        elif block.kind is Kind.SECTION_NOTE:
            note = read_note(core)
            self.sections[-1] = replace(self.sections[-1], note=note)
        elif block.kind is Kind.ITEM:
            if block.section not in self.opened:
                self.note("C005", block)
                self.opened.add(block.section)
                self.sections.append(IssueSection(""))
            item, head = read_item(core, self.publication.profile, self.tree.line(block))
            item = replace(item, anchor=anchor(item.url, item.title, self.anchors))
            self.anchors.add(item.anchor)
            self.items[index] = item
            self.sections[-1] = replace(self.sections[-1], items=(*self.sections[-1].items, item))
            self._judge(head, block)
        elif block.kind is Kind.OTHER:
            words = " ".join(" ".join(core).split())[:60]
            self.note("C002", block, words=words)

    def _open(self, name: str, block: Block) -> None:
        self.opened.add(block.section)
        slug = slug_of(name, self.publication)
        if not slug:
            self.note("C006", block, Severity.HINT, section=name)
        self.sections.append(IssueSection(name, slug))

    def _judge(self, head: Head, block: Block) -> None:
        if head.broken:
            self.note(f"C004.{head.broken}", block, title=head.title[:40])
        if head.rest:
            self.note("C003", block, Severity.HINT, words=head.rest[:40])


def section_name(line: str) -> str:
    """The name in a section's heading, whatever marks it."""
    found = heading(line)
    return found[1] if found else bare(line).strip().strip("*").strip()


def slug_of(name: str, publication: Publication) -> str:
    """The slug of the publication's section of that title, "" for a title it does not know."""
    wanted = name.strip().casefold()
    return next((part.slug for part in publication.sections if part.title.strip().casefold() == wanted), "")


@dataclass(frozen=True, slots=True)
class Derived:
    """An issue, the item that each block says (by the block's index), and what was noticed."""

    issue: Issue
    items: dict[int, Item]
    findings: tuple[Finding, ...]


def derive(tree: Tree, text: str, publication: Publication, path: str) -> Derived:
    """The issue that a tree says; `text` is what it was read from. Never fails."""
    maker = _Maker(tree, publication, path)
    issue = maker.make(text)
    return Derived(issue, maker.items, (*tree.findings, *maker.findings))
