"""What to answer readers who suggested something: where it has run, or what became of it, ready to paste."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from aggregator.app.workspace import Workspace
from aggregator.errors import ConfigError
from aggregator.model import Candidate, Entry, Issue, Status
from aggregator.queue import identity
from aggregator.store.store import Unit

KIND = "submissions"

_CHINESE: Mapping[str, str] = {
    "published": "谢谢推荐！这一条已经登在{issue}：{url}",
    "approved": "谢谢推荐！已经收下，会登在下一期。",
    "pending": "谢谢推荐！已经在待审的队列里。",
    "deferred": "谢谢推荐！这一期没排上，留给后面的一期。",
    "rejected": "谢谢推荐！看过了，这次没有选用。",
}
_ENGLISH: Mapping[str, str] = {
    "published": "Thank you! This is already in {issue}: {url}",
    "approved": "Thank you! It is in, and comes with the next issue.",
    "pending": "Thank you! It is in the queue, waiting to be read.",
    "deferred": "Thank you! There was no room in this issue; it is kept for a later one.",
    "rejected": "Thank you! We have read it, and did not pick it this time.",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to one suggestion. `status` is the candidate's, or "published" where the archive has it; `page` is where to
    answer; `issue` the slug of the issue that printed it, None for none."""

    source: str
    page: str
    title: str
    status: str
    text: str
    issue: str | None = None
    candidate: int | None = None


def answers(workspace: Workspace, names: Iterable[str] = ()) -> list[Answer]:
    """An answer for every suggestion that these sources of kind submissions brought, or all of that kind, the newest first.
    Raises ConfigError E130 for a name that is none."""
    known = [source.name for source in workspace.sources if source.kind == KIND]
    wanted = list(names) or known
    wrong = next((name for name in wanted if name not in known), None)
    if wrong is not None:
        raise ConfigError(
            f"`{wrong}` is no source of kind {KIND}",
            why=f"there are: {', '.join(known) or 'none'}",
            fix="`aggregator sources list` shows the names",
            code="E130",
        )
    with workspace.store.read() as unit:
        return [
            answer
            for name in wanted
            for entry in reversed(list(unit.entries.find(source=name)))
            if (answer := _answer(workspace, unit, entry)) is not None
        ]


def _answer(workspace: Workspace, unit: Unit, entry: Entry) -> Answer | None:
    keys = identity.entry_keys(entry)
    owner = next(iter(unit.entries.owners(keys).values()), None)
    candidate = _winner(unit, owner) if owner is not None else None
    printed = next(iter(unit.search.ran(keys)), None)
    page = next((link.url for link in entry.links if link.label == "issue"), entry.url or "")
    status = "published" if printed else candidate.status.value if candidate else ""
    slug = printed.issue if printed else None
    issue = unit.issues.get(slug) if slug else None
    if status == Status.PUBLISHED and issue is None:
        status = Status.APPROVED.value
    texts = _CHINESE if workspace.publication.language.lower().startswith("zh") else _ENGLISH
    if status not in texts:
        return None
    text = texts[status].format(
        issue=_named(issue, chinese=texts is _CHINESE), url=f"{workspace.publication.base_url}issues/{slug}/" if slug else ""
    )
    return Answer(entry.source, page, entry.title, status, text, slug, candidate.id if candidate else None)


def _winner(unit: Unit, owner: int) -> Candidate:
    candidate = unit.candidates.get(owner)
    while candidate.merged_into is not None:
        candidate = unit.candidates.get(candidate.merged_into)
    return candidate


def _named(issue: Issue | None, *, chinese: bool) -> str:
    if issue is None:
        return ""
    if issue.number is not None:
        return f"第 {issue.number} 期（{issue.slug}）" if chinese else f"issue {issue.number} ({issue.slug})"
    return f" {issue.slug} 一期" if chinese else f"the issue of {issue.slug}"
