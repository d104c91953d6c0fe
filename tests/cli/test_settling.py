"""What copies add to a candidate is the same whether they come in one batch, in one run, or in many."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from aggregator.app import settling
from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.cli.context import now
from aggregator.model import CandidateFilter, Entry, Link
from aggregator.store.polls.candidates import PollCandidates
from aggregator.text import head_text
from tests.cli.conftest import Desk

TITLES = (
    "端侧推理框架发布新版本，支持低比特量化",
    "A compiler for microcontrollers that fits in a page",
    "低功耗唤醒词检测在单片机上的实现细节",
    "Sparse attention kernels on a phone, measured",
)
MARKS = ("", "", "", "转载 ", "【重磅】")
TEXT = "<p>量化 makes models small and keeps them right, or nearly so.</p>"


def entries_of(chance: random.Random, source: str) -> list[Entry]:
    """What one source brings: texts long and short, reprints, links or none; the first has papers and code, too."""
    found = []
    for number, title in enumerate(chance.sample(TITLES, chance.randint(1, len(TITLES)))):
        work = TITLES.index(title)
        plain = (f"https://{source}.example/{number}?utm_source=feed", f"https://shared.example/{work}")
        own = (f"https://arxiv.org/abs/2401.0000{work}", f"https://github.com/someone/work-{work}")
        url = chance.choice(own if source == "s0" and work % 2 else plain)
        links = tuple(Link("", "code", f"https://github.com/someone/tool-{work}") for _ in range(chance.randint(0, 1)))
        text = TEXT * chance.choice((0, 1, 3, 9))
        at = now() - timedelta(hours=chance.randint(0, 100))
        found.append(Entry(source, str(number), url, chance.choice(MARKS) + title, summary=text, links=links, published_at=at))
    return found


def stored(workspace: Workspace) -> list[dict[str, Any]]:
    """Every candidate with what copies can change of it."""
    with workspace.store.read() as unit:
        found = unit.candidates.find(CandidateFilter())
    return sorted(
        (
            {
                "title": (one.title, one.title_raw),
                "url": (one.url, one.canonical_url),
                "summary": one.summary,
                "source": one.source,
                "tags": one.tags,
                "links": one.links,
                "score": (one.score, one.score_reasons),
                "copies": sorted((copy.source, copy.guid) for copy in one.entries),
            }
            for one in found
        ),
        key=lambda row: row["copies"],
    )


def take(
    workspace: Workspace,
    batches: Sequence[Sequence[tuple[str, list[Entry]]]],
    *,
    runs: bool,
    between: Callable[[int], None] = lambda step: None,
) -> None:
    """Take the batches in, in one run or (`runs`) each in a run of its own, in which nothing is held from the one before;
    `between` them others write."""
    ingest = None
    for step, batch in enumerate(batches):
        with workspace.store.write() as unit:
            if ingest is None or runs:
                ingest = Ingest.prepare(workspace, unit, now())
            ingest.entries(unit, batch)
            ingest.finish(unit)
            ingest.settling.end(unit)
        between(step)


def reader(workspace: Workspace, seed: int) -> Callable[[int], None]:
    """One who now and then reads the pages of some candidates and fills in what these say."""

    def read(step: int) -> None:
        chance = random.Random(f"{seed} {step}")  # noqa: S311 - a test repeats itself
        if chance.random() < 0.5:
            with workspace.store.write() as unit:
                for one in sorted(unit.candidates.find(CandidateFilter()), key=lambda one: one.id):
                    if chance.random() < 0.3:
                        own = Link("", "code", f"https://github.com/someone/page-{one.id}")
                        fields = {"links": (*one.links, own)} if own not in one.links else {}
                        unit.candidates.update(one.id, fields | {"summary": one.summary or "读来的一段。" * 30})

    return read


@pytest.mark.parametrize("seed", range(4))
def test_copies_add_the_same_however_they_come(desk: Desk, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T08:00:00Z")
    chance = random.Random(seed)  # noqa: S311 - a test repeats itself
    names = [f"s{number}" for number in range(7)]
    brought = [(name, entries_of(chance, name)) for name in names]
    outcomes = []
    for batches, runs in (([brought], False), ([[one] for one in brought], False), ([[one] for one in brought], True)):
        desk.configure(*(f"/{name}.xml" for name in names))
        (desk.root / "aggregator.db").unlink(missing_ok=True)
        workspace = open_workspace(desk.root, os.environ)
        take(workspace, batches, runs=runs)
        outcomes.append(stored(workspace))
        workspace.close()
    at_once, one_by_one, in_runs = outcomes
    assert at_once == one_by_one
    assert one_by_one == in_runs
    assert any(len(row["copies"]) > 2 for row in at_once)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("through", ["the same store", "another"])
@pytest.mark.parametrize("held", [2, 1000])
def test_what_others_write_meanwhile_counts(
    desk: Desk, seed: int, through: str, held: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T08:00:00Z")
    monkeypatch.setattr(settling, "HELD", held)
    chance = random.Random(seed)  # noqa: S311 - a test repeats itself
    names = [f"s{number}" for number in range(9)]
    desk.configure(*(f"/{name}.xml" for name in names))
    batches = [[(name, entries_of(chance, name))] for name in names]
    outcomes = []
    for runs in (False, True):
        (desk.root / "aggregator.db").unlink(missing_ok=True)
        workspace = open_workspace(desk.root, os.environ)
        other = workspace if through == "the same store" else open_workspace(desk.root, os.environ)
        take(workspace, batches, runs=runs, between=reader(other, seed))
        outcomes.append(stored(workspace))
        workspace.close()
        other.close()
    assert outcomes[0] == outcomes[1]


def test_what_nobody_has_changed_is_not_read_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure(*(f"/s{number}.xml" for number in range(6)))
    read: list[int] = []
    of = PollCandidates.without_past
    monkeypatch.setattr(PollCandidates, "without_past", lambda self, ids: read.extend(ids) or of(self, ids))
    workspace = open_workspace(desk.root, os.environ)
    texts = [TEXT * count for count in (0, 1, 5, 5, 9, 9)]
    batches = [
        [(f"s{number}", [Entry(f"s{number}", "1", f"https://s{number}.example/1", TITLES[1], summary=text)])]
        for number, text in enumerate(texts)
    ]
    take(workspace, batches[:3], runs=False)
    assert not read
    take(workspace, batches[3:], runs=False)  # another run knows nothing of it, but reads it once
    workspace.close()
    assert len(read) == 1


def test_no_text_is_longer_than_its_markup() -> None:
    pieces = (
        "<p>",
        "</p>",
        "<br>",
        "<li>",
        "&amp;",
        "&nGt;",
        "&ngE;",
        "&#9;",
        "&#x80;",
        "&",
        "&lt",
        "a",
        "量",
        " ",
        "\n",
        "\r\n",
    )
    pieces += ("<!--", "-->", "<![CDATA[", "]]>", "<script>", "</script>", "<", ">", "\u200b", "&NotEqualTilde;", "&#0;", "<hr/>")
    chance = random.Random(7)  # noqa: S311 - a test repeats itself
    for _ in range(3000):
        markup = "".join(chance.choices(pieces, k=chance.randint(0, 12)))
        assert len(head_text(markup, 500)) <= len(markup), markup


def test_what_a_page_told_of_a_candidate_meanwhile_is_kept(desk: Desk) -> None:
    desk.configure("/a.xml", "/b.xml")
    workspace, another = open_workspace(desk.root, os.environ), open_workspace(desk.root, os.environ)
    own, others = (Link("", "code", f"https://github.com/someone/{name}") for name in ("own", "others"))
    told = "这一段是从页面读来的。" * 20
    with workspace.store.write() as unit:
        ingest = Ingest.prepare(workspace, unit, now())
        ingest.entries(unit, [("a", [Entry("a", "1", "https://a.example/1", TITLES[0], published_at=now())])])
    with another.store.write() as unit:
        (one,) = unit.candidates.find(CandidateFilter())
        unit.candidates.update(one.id, {"summary": told, "links": (own,)})
    copy = Entry("b", "1", "https://b.example/1", TITLES[0], summary="别处的一段。" * 50, links=(others,), published_at=now())
    with workspace.store.write() as unit:
        ingest.entries(unit, [("b", [copy])])
    (row,) = stored(workspace)
    workspace.close()
    another.close()
    assert (row["url"][0], row["summary"], row["links"]) == ("https://a.example/1", told, (own, others))
    assert row["copies"] == [("a", "1"), ("b", "1")]
