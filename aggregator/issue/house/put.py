"""Issue -> text: byte for byte where nothing changed, canonical where something did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from aggregator.issue.house import canon
from aggregator.issue.house.blocks import Block, Kind, Tree
from aggregator.issue.house.derive import (
    Derived,
    Heading,
    read_brief,
    read_footer,
    read_heading,
    read_lead,
    read_note,
    read_opener,
    read_past,
    read_tagline,
)
from aggregator.issue.house.forms import check_templates, in_form
from aggregator.issue.house.groups import Group, groups_of, others_of
from aggregator.issue.house.item import print_item
from aggregator.issue.house.lines import is_blank
from aggregator.issue.house.normal import meaning, normal
from aggregator.issue.house.patch import patched
from aggregator.issue.house.reader import read
from aggregator.issue.match import content, pair, placed
from aggregator.model import Issue, IssueSection, Item, Publication

_ORDER = (Kind.FRONT, Kind.TITLE, Kind.TAGLINE, Kind.LEAD, Kind.OPENER, Kind.BRIEF)


def render(issue: Issue, publication: Publication) -> str:
    """The Markdown of an issue.

    With `issue.verbatim`, everything that says what it said is printed from it byte for byte, and only what is new,
    changed or moved anew; an issue that did not change is its verbatim text. Without, all is canonical. Lines that
    nobody understood stay where they are.
    """
    if not issue.verbatim:
        check_templates(publication)
        return canon.print_issue(issue, publication.profile)
    publication = in_form(issue.verbatim, publication)
    check_templates(publication)
    if _is_canonical(issue, publication):
        return issue.verbatim
    tree, derived = read(issue.verbatim, publication, issue.slug)
    if meaning(derived.issue) == meaning(issue):
        return issue.verbatim
    if not tree.numbers:
        wanted = meaning(normal(issue, publication))
        # Where a line that nobody understood would be taken for something in its old place, it moves to the end.
        for strays_last in (False, True):
            text = _Put(tree, derived, issue, publication, strays_last=strays_last).text()
            if meaning(normal(read(text, publication, issue.slug)[1].issue, publication)) == wanted:
                return text
    strays = [tree.text(block).rstrip() for block in tree.blocks if block.kind is Kind.OTHER]
    return canon.print_issue(issue, publication.profile, strays)


def _is_canonical(issue: Issue, publication: Publication) -> bool:
    """True where the text is the canonical print. One item tells most others, without printing them all."""
    first = next(iter(issue.items), None)
    if first is None or print_item(first, publication.profile) not in issue.verbatim:
        return False
    return canon.print_issue(issue, publication.profile) == issue.verbatim


@dataclass
class _Chunk:
    """A stretch of output: its text, and the blank lines after it."""

    text: str
    gap: str


@dataclass
class _Put:
    tree: Tree
    derived: Derived
    issue: Issue
    publication: Publication
    strays_last: bool = False
    out: list[_Chunk] = field(default_factory=list)
    strays: list[Block] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.eol = "\r\n" if any(line.endswith("\r\n") for line in self.tree.lines[:1]) else "\n"
        self.profile = self.publication.profile
        self.spaced = self.profile.items == "headings"
        self.notes = list(self.issue.notes)

    def text(self) -> str:
        """The whole text."""
        first = next(
            (at for at, block in enumerate(self.tree.blocks) if block.section >= 0 or block.kind is Kind.FOOTER),
            len(self.tree.blocks),
        )
        self._preamble(list(self.tree.blocks[:first]))
        self._sections(list(enumerate(self.tree.blocks))[first:])
        self._tail([block for block in self.tree.blocks[first:] if block.kind in {Kind.PAST, Kind.FOOTER}])
        done: list[str] = []
        for at, chunk in enumerate(self.out):
            following = at + 1 < len(self.out) or bool(chunk.gap)
            done.append(chunk.text + (self.eol if following and chunk.text and not chunk.text.endswith(("\n", "\r")) else ""))
            done.append(chunk.gap)
        return "".join(done)

    # -- chunks

    def _raw(self, block: Block) -> None:
        self.out.append(_Chunk(self.tree.text(block), self.tree.gap(block)))

    def _anew(self, text: str, gap: str) -> None:
        if text:
            self.out.append(_Chunk(text.replace("\n", self.eol), gap))

    def _insert(self, text: str) -> None:
        """A new block, blank lines around it."""
        if not text:
            return
        if self.out and not self.out[-1].gap and self.out[-1].text:
            self.out[-1].gap = self.eol
        self._anew(text, self.eol)

    # -- before the sections

    def _preamble(self, blocks: list[Block]) -> None:
        present = {block.kind for block in blocks}
        missing = [kind for kind in _ORDER[1:] if kind not in present and self._printed(kind)]
        briefs_done = False
        for block in blocks:
            while block.kind in _ORDER and missing and _ORDER.index(missing[0]) < _ORDER.index(block.kind):
                self._insert(self._printed(missing.pop(0)))
            if block.kind is Kind.BRIEF:
                if not briefs_done:
                    self._briefs([other for other in blocks if other.kind is Kind.BRIEF])
                briefs_done = True
            elif block.kind is Kind.NOTE:
                self._note(block)
            elif (
                block.kind in {Kind.GAP, Kind.OTHER} or (block.kind is Kind.FRONT and not self._dated(block)) or self._same(block)
            ):
                self._raw(block)
            else:
                self._anew(self._printed(block.kind), self.tree.gap(block))
        for kind in missing:
            self._insert(self._printed(kind))
        tail = [read_note(self.tree.core(block)) for block in self.tree.blocks if block.kind is Kind.NOTE and block.section >= 0]
        for note in [text for text in self.notes if text not in tail]:
            self.notes.remove(note)
            self._insert(canon.note(note, self.profile))

    def _dated(self, block: Block) -> bool:
        """Front matter that was filled in with what the heading says, and that has to follow it."""
        before = canon.front_matter(self.derived.issue, self.profile)
        return self.tree.text(block).replace(self.eol, "\n").strip() == before

    def _same(self, block: Block) -> bool:
        core, issue = self.tree.core(block), self.issue
        if block.kind is Kind.FRONT:
            return canon.front_matter(issue, self.profile) == canon.front_matter(self.derived.issue, self.profile)
        if block.kind is Kind.TITLE:
            found = read_heading(core[0], self.publication)
            return found == Heading(issue.name, issue.date, issue.headline) or (
                found.day is None and self.derived.issue.date == issue.date and found == Heading(issue.name, None, issue.headline)
            )
        if block.kind is Kind.TAGLINE:
            return read_tagline(core[0]) == issue.tagline
        if block.kind is Kind.LEAD:
            return read_lead(core, self.publication) == issue.lead
        return read_opener(core) == issue.opener

    def _printed(self, kind: Kind) -> str:
        issue = self.issue
        if kind is Kind.FRONT:
            return canon.front_matter(issue, self.profile)
        if kind is Kind.TITLE:
            return canon.title(issue, self.profile)
        if kind is Kind.TAGLINE:
            return canon.tagline(issue.tagline, self.profile)
        if kind is Kind.LEAD:
            return canon.lead(issue.lead, self.profile, asked=False)
        if kind is Kind.OPENER:
            return canon.opener(issue.opener, self.profile)
        return "\n".join(canon.brief(text, self.profile) for text in issue.briefs)

    def _note(self, block: Block) -> None:
        value = read_note(self.tree.core(block))
        if value in self.notes:
            self.notes.remove(value)
            self._raw(block)
        elif self.out:
            self.out[-1].gap = self.out[-1].gap or self.tree.gap(block)

    def _briefs(self, blocks: list[Block]) -> None:
        waiting = [(read_brief(self.tree.core(block)), block) for block in blocks]
        end = self.tree.gap(blocks[-1])
        for text in self.issue.briefs:
            found = next((pair for pair in waiting if pair[0] == text), None)
            if found:
                waiting.remove(found)
                self.out.append(_Chunk(self.tree.text(found[1]), self.tree.gap(found[1]) if found[1] is not blocks[-1] else ""))
            else:
                self._anew(canon.brief(text, self.profile), "")
        if self.issue.briefs:
            self.out[-1].gap = end

    # -- the sections

    def _sections(self, blocks: list[tuple[int, Block]]) -> None:
        groups = groups_of(blocks, self.derived.issue)
        old = placed(self.derived.issue)
        index_of = {id(item): at for at, item in self.derived.items.items()}
        new = placed(self.issue)
        pairs = pair(old, new)
        found = {id(place.item): index_of[id(old[at].item)] for place, at in zip(new, pairs, strict=True) if at is not None}
        for part in self.issue.sections:
            group = next((group for group in groups if not group.used and group.name == part.name), None)
            if group is None:
                items = ("\n\n" if self.spaced else "\n").join(self._item(item, found.get(id(item))) for item in part.items)
                self._insert("\n\n".join(text for text in (canon.section(replace(part, items=()), self.profile), items) if text))
            else:
                group.used = True
                self._section(group, part, found)
        for group in groups:
            if not group.used:
                self.strays += [block for _, block in group.entries if block.kind is Kind.OTHER]
        for block in self.strays:
            if self.out:
                self.out[-1].gap = self.eol * 2
            self._insert(self.tree.text(block).rstrip("\r\n"))

    def _section(self, group: Group, part: IssueSection, found: dict[int, int]) -> None:
        if group.heading:
            self._raw(group.heading)
        if group.note and read_note(self.tree.core(group.note)) == part.note:
            self._raw(group.note)
        elif part.note:
            self._insert(canon.note(part.note, self.profile, of_section=True))
        start = len(self.out)
        others = others_of(group)
        mine = {index for index, block in group.entries if block.kind is Kind.ITEM}
        for block in others.pop(-1, []):
            self._kept(block)
        for item in part.items:
            index = found.get(id(item))
            gap = self.eol if self.spaced else ""
            if index is not None and index in mine and (index != max(mine) or index in others):
                gap = self.tree.gap(self.tree.blocks[index])
            self.out.append(_Chunk(self._item(item, index), gap))
            for block in others.pop(index, []) if index is not None else []:
                self.out[-1].gap = self.out[-1].gap or self.eol
                self._kept(block)
        for blocks in others.values():
            for block in blocks:
                if self.out:
                    self.out[-1].gap = self.out[-1].gap or self.eol
                self._kept(block)
        self._close(group, start)

    def _kept(self, block: Block) -> None:
        if block.kind is Kind.NOTE:
            self._note(block)
        elif self.strays_last:
            self.strays.append(block)
        else:
            self._raw(block)

    def _close(self, group: Group, start: int) -> None:
        """The blank lines that ended the section end it still."""
        end = group.entries[-1][1] if group.entries else group.note or group.heading
        gap = self.tree.gap(end) if end else self.eol
        at_end = end is not None and end.stop == len(self.tree.lines)
        if self.out and (len(self.out) > start or gap):
            self.out[-1].gap = gap or self.out[-1].gap or ("" if at_end else self.eol)

    def _item(self, item: Item, index: int | None) -> str:
        if index is None:
            return print_item(item, self.profile).replace("\n", self.eol)
        block, before = self.tree.blocks[index], self.derived.items[index]
        if content(before) == content(item):
            return self.tree.text(block)
        return patched(self.tree.core(block), before, item, self.publication).replace("\r\n", "\n").replace("\n", self.eol)

    # -- after them

    def _tail(self, blocks: list[Block]) -> None:
        past_done = footer_done = False
        for block in blocks:
            if block.kind is Kind.FOOTER:
                if not past_done:
                    self._insert(canon.past(self.issue.past_issues, self.profile))
                past_done = footer_done = True
                if read_footer(self.tree.core(block)) == self.issue.footer:
                    self._raw(block)
                else:
                    self._anew(canon.footer(self.issue.footer, self.profile), "")
            elif self.derived.issue.past_issues == self.issue.past_issues and read_past(self.tree.core(block)):
                past_done = True
                self._raw(block)
            elif not past_done:
                past_done = True
                self._anew(canon.past(self.issue.past_issues, self.profile), self.tree.gap(block))
        if not past_done:
            self._insert(canon.past(self.issue.past_issues, self.profile))
        if not footer_done:
            self._insert(canon.footer(self.issue.footer, self.profile))
        while self.out and not self.out[-1].text and is_blank(self.out[-1].gap):
            self.out.pop()
