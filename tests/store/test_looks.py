"""What the faces look at all the time: the version of the store, counts of the draft, the recent past of sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from aggregator.model import Issue, IssueSection, IssueStatus, Item, Link, PastIssue, RequestRecord
from aggregator.store.shelf import shelf
from aggregator.store.store import Store

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)


def test_the_version_is_another_one_after_every_commit_of_anybody(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    here, there = Store(url), Store(url)
    try:
        seen = [here.version(), here.version()]
        assert seen[0] == seen[1]
        for store in (here, there):
            with store.write() as unit:
                unit.candidates.patch({"taste": {"t": {"points": float(len(seen))}}})
            seen.append(here.version())
        assert len(set(seen)) == 3
        with there.read() as unit:
            unit.candidates.counts()
        assert here.version() == seen[-1]
    finally:
        here.close()
        there.close()


def test_counts_and_titles_of_the_draft_are_those_of_its_items(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    items = (Item("one", anchor="a"), Item("two", anchor="b"))
    with store.write() as unit:
        assert unit.issues.draft_counts() == {}
        saved = unit.issues.save(Issue("draft", sections=(IssueSection("News", "news", items), IssueSection("Papers", "papers"))))
        assert unit.issues.draft_counts() == {"news": 2, "papers": 0}
        ids = [item.id for item in saved.items if item.id is not None]
        assert unit.issues.titles([*ids, 999]) == dict(zip(ids, ["one", "two"], strict=True))
    store.close()


def test_the_recent_past_of_sources(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a.db'}")
    records = [RequestRecord(NOW + timedelta(hours=hour), "u", 200, 0.1, 1, False) for hour in range(30)]
    with store.write() as unit:
        unit.sources.record({"a": records, "b": records[:2]})
    with store.read() as unit:
        found = unit.sources.requests_of(["a", "b", "c"])
        assert [record.at for record in found["a"]] == [record.at for record in records[-20:]]
        assert len(found["b"]) == 2
        assert "c" not in found
        assert unit.sources.arrivals(NOW) == {}
    store.close()


def test_the_shelf_gives_published_issues_as_the_repository_does(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'a.db'}"
    assert shelf(url) is None
    store = Store(url)
    links = (Link("Paper", "paper", "https://arxiv.org/abs/1"),)
    items = tuple(
        Item(
            f"标题 {n}", None if n else "https://example.org/", "源", ("tag", '"'), links, "a\nb", anchor=f"a{n}", starred=bool(n)
        )
        for n in range(3)
    )
    sections = (
        IssueSection("News", "news", items, "note"),
        IssueSection("Empty", ""),
        IssueSection("Papers", "papers", items[:1]),
    )
    try:
        with store.write() as unit:
            for number, day in enumerate((date(2026, 1, 5), None, date(2026, 3, 2), date(2026, 2, 2))):
                status = IssueStatus.PUBLISHED if number != 3 else IssueStatus.DRAFT
                issue = Issue(f"s{number}", day, number, status, "N", "H", notes=("x",), briefs=("b",), sections=sections)
                past, at = (PastIssue("2020", "https://example.org/2020"),), NOW.replace(microsecond=number)
                unit.issues.save(
                    replace(issue, past_issues=past, published_at=at, redirects=("old",), briefed=(1,), untouched=("lead",))
                )
        with store.read() as unit:
            expected = unit.issues.find(status=IssueStatus.PUBLISHED)
        before = shelf(url)
        assert before is not None
        assert [one.issue() for one in before] == expected
        with store.write() as unit:
            last = replace(expected[2].sections[2], items=(replace(expected[2].sections[2].items[0], summary="c"),))
            unit.issues.save(replace(expected[2], sections=(*expected[2].sections[:2], last)))
    finally:
        store.close()
    after = shelf(url)
    assert after is not None
    assert [one.digest == other.digest for one, other in zip(before, after, strict=True)] == [True, True, False]
