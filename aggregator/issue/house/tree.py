"""Which lines of an issue's text are what. Every line belongs to exactly one block."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from aggregator.issue.house.blocks import Block, Kind, Shaped, Tree
from aggregator.issue.house.lines import bare, bullet, cut, fenced, heading, indentation, is_blank, is_rule, numbered
from aggregator.model import Finding, Publication

_TAGLINE = re.compile(r"^\*\*(?!\s)(.+?)(?<!\s)\*\*$")
_FONT = re.compile(r"^\s*<font\b", re.IGNORECASE)
_ITEM_LEVEL = 3
# Labels of links that stand under the title of an item where no section has begun.
_UNDER_TITLE = ("链接", "代码", "地址", "项目", "文章")
_LINK_LINE = re.compile(r"^(?:\[[^\[\]]{1,60}\]\s*){0,12}\[(?=[^\n]*\]\()")


def _labelled(before: str, labels: Sequence[str]) -> re.Pattern[str]:
    return re.compile(rf"^{before}(?:{'|'.join(map(re.escape, labels)) or '(?!)'})\s*[：:]")


@dataclass
class _Reader:
    lines: Sequence[str]
    publication: Publication
    blocks: list[Block] = field(default_factory=list)
    section: int = -1

    def __post_init__(self) -> None:
        self.inside = fenced(self.lines)
        self.titles = {part.title.strip().casefold() for part in self.publication.sections}
        profile = self.publication.profile
        self.headed = profile.items == "headings"
        self.past = profile.labels("past")
        self.note_opening = _labelled(r"\s*>\s*", profile.labels("note"))
        self.lead_opening = _labelled(r">?\s*", profile.labels("lead"))
        self.under_title = (*profile.labels("summary"), *profile.labels("named"), *profile.link_labels.values(), *_UNDER_TITLE)
        self.footer = self._footer()
        self.ends, self.last_section = self._ending()

    # -- what a line is

    def _footer(self) -> int:
        last = max((i for i in range(len(self.lines)) if self._section(i)), default=-1)
        first = next((i for i in range(len(self.lines)) if self._level(i) == 1), -1)
        start = max(last, first) + 1
        if start == 0:
            return len(self.lines)
        # A rule between two items closes nothing; links in a footer have no summary under them.
        items = (i for i in range(start, len(self.lines)) if self._loose_item(i))
        start = max(items, default=start)
        rules = (i for i in range(start, len(self.lines)) if not self.inside[i] and is_rule(self.lines[i]))
        return next(rules, len(self.lines))

    def _ending(self) -> tuple[bool, int]:
        """Whether past issues or a footer close the issue, and where the last section of items begins."""
        names = [(i, name) for i in range(self.footer) if (name := self._section(i)) is not None]
        past = any(self._is_past(name) for _, name in names)
        items = [i for i, name in names if not self._is_past(name)]
        return past or self.footer < len(self.lines), max(items, default=len(self.lines))

    def _level(self, index: int) -> int:
        found = None if self.inside[index] else heading(self.lines[index])
        return found[0] if found else 0

    def _section(self, index: int) -> str | None:
        """The name of the section that begins here, None when none does."""
        if self.inside[index]:
            return None
        found = heading(self.lines[index])
        if found and found[0] == 2:
            return found[1]
        name = found[1] if found else bare(self.lines[index]).strip("* ")
        alone = index == 0 or is_blank(self.lines[index - 1])
        return name if alone and name.casefold() in self.titles else None

    def _is_past(self, name: str) -> bool:
        return any(title in name for title in self.past)

    def _brief(self, index: int) -> str | None:
        if self.inside[index] or indentation(self.lines[index]) > 1:
            return None
        text = bullet(self.lines[index])
        return numbered(self.lines[index]) if text is None else text

    def _is_item(self, index: int, *, first: bool) -> bool:
        line = self.lines[index]
        if self.headed:
            return self._level(index) == _ITEM_LEVEL
        if self.inside[index] or indentation(line) > 1:
            return False
        text = bullet(line)
        if text is None:
            text = numbered(line) if first else None
            return text is not None and bool(_LINK_LINE.match(text))
        return line.lstrip()[:1] == "-" or text.startswith("[")

    def _loose_item(self, index: int) -> bool:
        """An item where no section has begun: a linked title with a summary or a label under it."""
        if self.headed:
            return self._level(index) == _ITEM_LEVEL
        text = bullet(self.lines[index])
        if text is None or not _LINK_LINE.match(text) or index + 1 >= len(self.lines):
            return False
        return any(label and self.lines[index + 1].startswith(label) for label in self.under_title)

    # -- the regions

    def add(self, kind: Kind, start: int, end: int) -> int:
        """Add a block; blank lines at its end become its gap. Gives the index after it."""
        while end > start + 1 and is_blank(self.lines[end - 1]):
            end -= 1
        stop = end
        while stop < len(self.lines) and is_blank(self.lines[stop]):
            stop += 1
        self.blocks.append(Block(kind, start, end, stop, self.section))
        return stop

    def read(self) -> list[Block]:
        index = 0
        while index < len(self.lines) and is_blank(self.lines[index]):
            index += 1
        if index:
            self.blocks.append(Block(Kind.GAP, 0, 0, index))
        index = self._front(index)
        index = self._preamble(index)
        while index < self.footer:
            index = self._one_section(index)
        if index < len(self.lines):
            self.add(Kind.FOOTER, index, len(self.lines))
        return self.blocks

    def _front(self, index: int) -> int:
        if index < len(self.lines) and bare(self.lines[index]).lstrip("\ufeff") == "---":
            for end in range(index + 1, min(len(self.lines), index + 200)):
                if bare(self.lines[end]) == "---":
                    return self.add(Kind.FRONT, index, end + 1)
        return index

    def _preamble(self, index: int) -> int:
        seen: set[Kind] = set()
        while index < self.footer and self._section(index) is None:
            if Kind.TITLE in seen and self._loose_item(index):
                self.section += 1
                return self._items(index)
            kind, end = self._preamble_block(index, seen)
            seen.add(kind)
            index = self.add(kind, index, end)
        return index

    def _preamble_block(self, index: int, seen: set[Kind]) -> tuple[Kind, int]:
        line = self.lines[index]
        level = self._level(index)
        if level == 1 and Kind.TITLE not in seen:
            return Kind.TITLE, index + 1
        if level or is_rule(line) or self.inside[index]:
            return Kind.OTHER, self._while_inside(index)
        text = bare(line).strip()
        if Kind.TAGLINE not in seen and Kind.LEAD not in seen and _TAGLINE.match(text):
            return Kind.TAGLINE, index + 1
        if Kind.LEAD not in seen and self._is_lead(text):
            return Kind.LEAD, self._paragraph(index)
        if text.startswith(">") or _FONT.match(line):
            return Kind.NOTE, self._paragraph(index) if text.startswith(">") else index + 1
        if self._brief(index) is not None:
            return Kind.BRIEF, self._brief_end(index)
        if Kind.TITLE not in seen:
            return Kind.OTHER, self._paragraph(index)
        return self._opener(index, seen)

    def _is_lead(self, text: str) -> bool:
        """A paragraph or quotation under the lead's label; without such a label the first quotation."""
        label = self.publication.profile.lead_label
        if not label:
            return text.startswith(">") and not self.note_opening.match(text)
        return bool(self.lead_opening.match(text))

    def _opener(self, index: int, seen: set[Kind]) -> tuple[Kind, int]:
        end = self._paragraph(index)
        after = end
        while after < self.footer and is_blank(self.lines[after]):
            after += 1
        before_briefs = after < self.footer and self._brief(after) is not None and not self._loose_item(after)
        ends_open = bare(self.lines[end - 1]).endswith(("：", ":"))
        if Kind.OPENER not in seen and Kind.BRIEF not in seen and (before_briefs or ends_open):
            return Kind.OPENER, end
        return Kind.NOTE, end

    def _while_inside(self, index: int) -> int:
        end = index + 1
        while self.inside[index] and end < self.footer and self.inside[end]:
            end += 1
        return end

    def _paragraph(self, index: int) -> int:
        end = index + 1
        while end < self.footer and not self._ends_paragraph(index, end):
            end += 1
        return end

    def _ends_paragraph(self, start: int, index: int) -> bool:
        line = self.lines[index]
        if is_blank(line) or self._level(index) or is_rule(line) or self._section(index) is not None:
            return True
        quoted = self.lines[start].lstrip().startswith(">")
        if bool(self.note_opening.match(line)) or _FONT.match(line) or (line.lstrip().startswith(">") and not quoted):
            return True
        return bullet(line) is not None and indentation(line) <= 1

    def _brief_end(self, index: int) -> int:
        end = index + 1
        while end < self.footer and not (
            is_blank(self.lines[end])
            or self._brief(end) is not None
            or self._level(end)
            or is_rule(self.lines[end])
            or self.lines[end].startswith(">")
        ):
            end += 1
        return end

    def _one_section(self, index: int) -> int:
        name = self._section(index)
        if name is None:
            return self.add(Kind.OTHER, index, self._paragraph(index))
        self.section += 1
        if self._is_past(name):
            end = index + 1
            while end < self.footer and self._section(end) is None:
                end += 1
            return self.add(Kind.PAST, index, end)
        index = self.add(Kind.SECTION, index, index + 1)
        end = index
        while end < self.footer and self._section(end) is None and not self._is_item(end, first=True):
            end += 1
        while end > index and self._level(index) == 0 and is_blank(self.lines[end - 1]):
            end -= 1
        if end > index:
            index = self.add(Kind.SECTION_NOTE, index, end)
        return self._items(index)

    def _items(self, index: int) -> int:
        first = True
        while index < self.footer and self._section(index) is None:
            if self._is_item(index, first=first):
                index = self.add(Kind.ITEM, index, self._item_end(index, first=first))
                first = first and numbered(self.lines[self.blocks[-1].start]) is not None
            elif self.lines[index].startswith(">"):
                index = self.add(Kind.NOTE, index, self._paragraph(index))
            else:
                index = self.add(Kind.OTHER, index, self._paragraph(index))
        return index

    def _item_end(self, index: int, *, first: bool) -> int:
        by_number = bullet(self.lines[index]) is None
        end = index + 1
        while end < self.footer:
            if self._section(end) is not None or self._is_item(end, first=first and by_number):
                break
            if not self.inside[end] and self._leaves_item(end):
                break
            end += 1
        return end

    def _leaves_item(self, index: int) -> bool:
        """A heading or rule, a quotation after a blank line, or text at the margin after two blank lines or more: after one
        where the issue ends, for there the editor's closing words stand. Under a heading of its own, paragraphs are an item's."""
        line = self.lines[index]
        if self._level(index) or is_rule(line):
            return True
        if self.headed:
            return False
        if not is_blank(self.lines[index - 1]) or is_blank(line):
            return False
        if line.startswith(">"):
            return True
        if indentation(line) or self.lines[index - 1].strip("\r\n"):
            return False
        return self.lines[index - 2].strip("\r\n") == "" or (index > self.last_section and self.ends)


def read_tree(text: str, publication: Publication) -> Tree:
    """Cut a text of the Markdown shape into blocks. Never fails."""
    lines = cut(text)
    return Tree(lines, tuple(_Reader(lines, publication).read()))


def read_lines(shaped: Shaped, publication: Publication, findings: tuple[Finding, ...]) -> Tree:
    """The tree of lines that were brought into the Markdown shape."""
    lines = tuple(shaped.lines)
    return Tree(lines, tuple(_Reader(lines, publication).read()), tuple(shaped.numbers), findings)
