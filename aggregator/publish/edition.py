"""What is published at one time, and the plan of one document: how to make it, and a key that says when it must be made again.

A key is a digest of everything a document is made from: the program's own texts, the publication, and the parts of issues that
it shows. A document whose key is the same as at the last run is not made again, so a key may name too much, never too little.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.model import Document, Issue, Item, Publication
from aggregator.publish.blogroll import BlogrollEntry
from aggregator.publish.content import IssueView, issue_view
from aggregator.publish.program import program_digest

# Issues are counted in parts from the first, so that a part that is full changes no more.
PART_ISSUES = 10
_BUNDLE_PARTS = 5
_APART_PARTS = 2
_EXTENTS = ("full", "titles", "head")
_KEPT_VIEWS = 64


@dataclass(frozen=True, slots=True)
class Planned:
    """One document that is made when it is needed. `key` changes whenever its bytes may. `part` is the part of the issues
    that it shows, counted from 1 for the oldest; 0 where it shows several."""

    path: str
    media_type: str
    key: str
    make: Callable[[], bytes]
    part: int = 0

    def document(self) -> Document:
        """The document, made now."""
        return Document(self.path, self.media_type, self.make())


def bundle_of(part: int, parts: int) -> int:
    """The number of the search index that holds one of so many parts, counted from 1 for the oldest. The newest parts, which
    change most, have one each, because that is made at once; the others share one."""
    older = max(0, parts - _APART_PARTS)
    return (part - 1) // _BUNDLE_PARTS + 1 if part <= older else -(-older // _BUNDLE_PARTS) + part - older


class Edition:
    """A publication with its published issues, newest first, and the views that several documents share.

    `sources` are what a blogroll may show; `search` is True where indexes of the pages are published beside them.
    """

    def __init__(
        self,
        publication: Publication,
        issues: Sequence[Issue],
        sources: Sequence[BlogrollEntry] = (),
        *,
        search: bool = False,
    ) -> None:
        self.publication = publication
        self.issues = tuple(issues)
        self.sources = tuple(sources)
        self.search = search
        # What begins every key, taken in once.
        self._base = hashlib.sha256(f"{program_digest()}\n{publication!r}\x1e".encode(errors="surrogatepass"))
        # By identity, which lasts as long as the issue is kept beside the value.
        self._keys: dict[tuple[str, int], tuple[Issue, str]] = {}
        self._views: OrderedDict[tuple[str, int], tuple[Issue, IssueView]] = OrderedDict()
        self._heads: dict[int, tuple[Issue, IssueView]] = {}
        self._parts = {id(issue): position // PART_ISSUES + 1 for position, issue in enumerate(reversed(self.issues))}

    def key(self, *parts: object) -> str:
        """The digest of `parts`, the publication and the program."""
        found = self._base.copy()
        text = "\x1e".join(part if isinstance(part, str) else repr(part) for part in parts)
        found.update(text.encode(errors="surrogatepass"))
        return found.hexdigest()[:40]

    def full_key(self, issue: Issue) -> str:
        """The digest of all of an issue."""
        return self._issue_key("full", issue)

    def titles_key(self, issue: Issue) -> str:
        """The digest of what lists show of an issue and its items."""
        return self._issue_key("titles", issue)

    def head_key(self, issue: Issue) -> str:
        """The digest of what lists show of an issue alone, and of how many items it has."""
        return self._issue_key("head", issue)

    def know(self, issue: Issue, keys: Mapping[str, str]) -> None:
        """Take the keys of an issue from an earlier run, as `known` gave them."""
        for extent, key in keys.items():
            self._keys[extent, id(issue)] = (issue, key)

    def known(self, issue: Issue) -> dict[str, str]:
        """The keys of an issue that were asked for so far."""
        found = {extent: self._keys.get((extent, id(issue))) for extent in _EXTENTS}
        return {extent: one[1] for extent, one in found.items() if one is not None}

    def part(self, issue: Issue) -> int:
        """The part that one of the issues of this edition belongs to."""
        return self._parts[id(issue)]

    @property
    def bundles(self) -> int:
        """How many search indexes there are."""
        return bundle_of(self.parts, self.parts) if self.search and self.issues else 0

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return self.part(self.issues[0]) if self.issues else 0

    def view(self, issue: Issue) -> IssueView:
        """Everything that is printed of an issue."""
        return self._view("full", issue)

    def titles(self, issue: Issue) -> IssueView:
        """A view of an issue without texts: titles, sources, tags and addresses."""
        return self._view("titles", issue)

    def head(self, issue: Issue) -> IssueView:
        """A view of an issue without texts and items."""
        if id(issue) not in self._heads:
            self._heads[id(issue)] = (issue, issue_view(_reduced("head", issue), self.publication))
        return self._heads[id(issue)][1]

    def _issue_key(self, extent: str, issue: Issue) -> str:
        known = (extent, id(issue))
        if known not in self._keys:
            self._keys[known] = (issue, _digest(f"{len(issue.items)} {_reduced(extent, issue)!r}"))
        return self._keys[known][1]

    def _view(self, extent: str, issue: Issue) -> IssueView:
        known = (extent, id(issue))
        found = self._views.pop(known, None) or (issue, issue_view(_reduced(extent, issue), self.publication))
        self._views[known] = found
        if len(self._views) > _KEPT_VIEWS:
            self._views.popitem(last=False)
        return found[1]


class Format(ABC):
    """A format: its `plan` is lazy, `render` makes all of it."""

    name = ""

    @abstractmethod
    def plan(self, edition: Edition) -> Iterator[Planned]:
        """The documents of this format, in the order of writing."""

    def render(self, publication: Publication, issues: Sequence[Issue]) -> Iterable[Document]:
        """The documents of this format; `issues` are published ones, newest first."""
        for planned in self.plan(Edition(publication, issues)):
            yield planned.document()


def _reduced(extent: str, issue: Issue) -> Issue:
    if extent == "full":
        return issue
    bare = replace(issue, lead="", opener="", briefs=(), notes=(), footer="", verbatim="", past_issues=())
    if extent == "head":
        return replace(bare, sections=())
    # Anchors and tags stay: the first are made unique over the whole issue.
    return replace(bare, sections=tuple(replace(part, note="", items=tuple(map(_titled, part.items))) for part in issue.sections))


def _titled(item: Item) -> Item:
    return Item(title=item.title, url=item.url, source=item.source, tags=item.tags, anchor=item.anchor)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:40]
