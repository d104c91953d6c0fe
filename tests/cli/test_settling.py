"""What copies add to a candidate is the same whether they come in one batch, in one run, or in many."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from aggregator.app.ingest import Ingest
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.cli.context import now
from aggregator.model import CandidateFilter, Entry, Link
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


def take(workspace: Workspace, batches: Sequence[Sequence[tuple[str, list[Entry]]]], *, runs: bool) -> None:
    """Take the batches in, in one run or (`runs`) each in a run of its own, in which nothing is held from the one before."""
    ingest = None
    for batch in batches:
        with workspace.store.write() as unit:
            if ingest is None or runs:
                ingest = Ingest.prepare(workspace, unit, now())
            ingest.entries(unit, batch)
            ingest.finish(unit)


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
