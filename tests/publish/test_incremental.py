"""What was brought up to date step by step is what is made from nothing, byte for byte, whatever happened in between."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.app import publishing
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.model import Issue, IssueSection, IssueStatus, Item, Link
from aggregator.publish.manifest import JOURNAL

SLUGS = ("news", "papers", "code")
TEXTS = ("一段说明。", "Two lines.  \nWith **bold** text.", "1. eins\n2. zwei", "See https://example.org/x?a=1&b=2.", "")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search index, and clocks of file systems that are nearly fine: else every file would be read again in a short test."""
    monkeypatch.setattr(publishing, "search_version", str)
    monkeypatch.setattr("aggregator.publish.search.search_version", str)
    monkeypatch.setattr("aggregator.publish.standing._SETTLED_NS", 30_000_000)


class Bench:
    """A workspace whose issues, configuration and files change by chance."""

    def __init__(self, root: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.root = root
        self.chance = random.Random(seed)  # noqa: S311 - the same changes at every run
        self.patch = monkeypatch
        self.settings = {"name": "Weekly", "tagline": "News", "language": "en", "time_zone": "UTC", "sources": 1}
        self.serial = 0
        root.mkdir()
        self.configure()
        self.save(*(self.made() for _ in range(23)))

    def configure(self) -> None:
        sections = "".join(f"    - {{slug: {slug}, title: {slug} 部分}}\n" for slug in SLUGS)
        sources = "".join(
            f"  - {{name: s{n}, kind: feed, url: 'https://s{n}.example.org/feed'}}\n" for n in range(self.settings["sources"])
        )
        head = "".join(f"  {name}: {self.settings[name]}\n" for name in ("name", "tagline", "language", "time_zone"))
        text = f"publication:\n{head}  base_url: https://letters.example.org/a/\n  sections:\n{sections}sources:\n{sources}"
        (self.root / "sources.yaml").write_text(text, encoding="utf-8")

    def opened(self, root: Path) -> Workspace:
        return open_workspace(root, {})

    def publish(self, *, overwrite: bool = False) -> publishing.FilesReport:
        workspace = self.opened(self.root)
        try:
            return publishing.write_all(workspace, overwrite=overwrite)
        finally:
            workspace.close()

    def item(self) -> Item:
        self.serial += 1
        links = (Link("", "code", f"https://github.com/a/b{self.serial}"),) if self.serial % 3 else ()
        url = f"https://example.org/{self.serial}"
        return Item(f"Item {self.serial}", url, "源", ("tag",), links, self.chance.choice(TEXTS), anchor=f"i{self.serial}")

    def save(self, *issues: Issue) -> None:
        workspace = self.opened(self.root)
        try:
            with workspace.store.write() as unit:
                for issue in issues:
                    unit.issues.save(issue)
        finally:
            workspace.close()

    def pick(self) -> Issue:
        workspace = self.opened(self.root)
        try:
            return self.chance.choice(publishing.published(workspace))
        finally:
            workspace.close()

    def made(self) -> Issue:
        self.serial += 1
        day = date(2025, 1, 6) + timedelta(days=7 * self.serial)
        sections = tuple(IssueSection(slug, slug, tuple(self.item() for _ in range(self.chance.randint(0, 2)))) for slug in SLUGS)
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        slug = day.isoformat()
        guid = f"https://letters.example.org/a/issues/{slug}/"
        return Issue(
            slug, day, self.serial, IssueStatus.PUBLISHED, "Weekly", "头条", sections=sections, guid=guid, published_at=at
        )

    # ---------------------------------------------------------------- what happens

    def new_issue(self) -> None:
        self.save(self.made())

    def amend(self) -> None:
        issue = self.pick()
        first = issue.sections[0]
        items = (*first.items[1:], self.item())
        at = (issue.updated_at or issue.published_at or datetime(2025, 1, 1, tzinfo=UTC)) + timedelta(hours=1)
        self.save(replace(issue, sections=(replace(first, items=items), *issue.sections[1:]), updated_at=at))

    def reword(self) -> None:
        # As a database that was changed by hand: no instant tells of it.
        issue = self.pick()
        part = next((part for part in issue.sections if part.items), None)
        if part is not None:
            item = replace(part.items[0], summary=self.chance.choice(TEXTS) + str(self.chance.random()))
            changed = replace(part, items=(item, *part.items[1:]))
            self.save(replace(issue, sections=tuple(changed if one is part else one for one in issue.sections)))

    def retitle(self) -> None:
        self.save(replace(self.pick(), headline=f"Headline {self.chance.random()}", lead=self.chance.choice(TEXTS)))

    def move(self) -> None:
        issue = self.pick()
        first, second, *rest = issue.sections
        if first.items:
            moved = replace(second, items=(*second.items, first.items[0]))
            self.save(replace(issue, sections=(replace(first, items=first.items[1:]), moved, *rest)))

    def rename(self) -> None:
        issue = self.pick()
        assert issue.date is not None
        day = issue.date + timedelta(days=1)
        self.save(replace(issue, slug=day.isoformat(), date=day, redirects=(*issue.redirects, issue.slug)))

    def reconfigure(self) -> None:
        name, values = self.chance.choice(
            [("name", "Weekly Other"), ("tagline", "Old News"), ("language", "zh-CN en"), ("time_zone", "UTC Asia/Shanghai")]
        )
        self.settings[name] = self.chance.choice(values.split())
        self.settings["sources"] = self.chance.randint(0, 3)
        self.configure()

    def another_program(self) -> None:
        digest = f"another {self.chance.random()}"
        self.patch.setattr("aggregator.publish.edition.program_digest", lambda: digest)
        self.patch.setattr(publishing, "program_digest", lambda: digest)

    def file(self, *endings: str) -> Path | None:
        feeds = self.root / "feeds"
        found = sorted(path for path in feeds.rglob("*") if path.is_file() and path.suffix in endings)
        return self.chance.choice(found) if found else None

    def lose_a_file(self) -> None:
        path = self.file(".html", ".xml", ".md", ".json", ".atom", ".eml", ".opml")
        if path is not None:
            path.unlink()

    def damage_a_file(self) -> None:
        path = self.file(".html", ".xml", ".atom", ".json", ".eml")
        if path is not None:
            body = path.read_bytes()
            path.write_bytes(self.chance.choice([b"", body[:-9], body[:-1] + b"x"]))

    def edit_a_file(self) -> None:
        path = self.file(".md")
        if path is not None:
            path.write_text("by hand")
            relative = path.relative_to(self.root / "feeds").as_posix()
            for _ in range(2):
                assert self.publish().edited == (relative,)
            assert path.read_text() == "by hand"
            self.publish(overwrite=True)

    def break_off(self) -> None:
        feeds = self.root / "feeds"
        (feeds / ".aggregator-0123456789abcdef.tmp").write_text("half")
        (feeds / JOURNAL).write_text(f"\n{'0' * 64} feed.xml\n{'1' * 6}")

    def forget(self) -> None:
        for path in self.root.glob(".aggregator.publish.[st]*"):
            self.chance.choice([path.unlink, lambda path=path: path.write_bytes(path.read_bytes()[:-3] + b"}}}")])()

    def go_back(self) -> None:
        # Files of another day under the names of today's, as from a backup.
        feeds, kept = self.root / "feeds", self.root / "kept"
        if kept.exists():
            shutil.copytree(kept, feeds, dirs_exist_ok=True)
        else:
            shutil.copytree(feeds, kept)


EVENTS: tuple[Callable[[Bench], None], ...] = (
    Bench.new_issue,
    Bench.amend,
    Bench.reword,
    Bench.retitle,
    Bench.move,
    Bench.rename,
    Bench.reconfigure,
    Bench.another_program,
    Bench.lose_a_file,
    Bench.damage_a_file,
    Bench.edit_a_file,
    Bench.break_off,
    Bench.forget,
)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Bench:
    return Bench(tmp_path / "desk", request.param, monkeypatch)


def _tree(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _from_nothing(bench: Bench) -> dict[str, bytes]:
    fresh = bench.root.with_name("fresh")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    shutil.copy(bench.root / "sources.yaml", fresh)
    with (
        closing(sqlite3.connect(bench.root / "aggregator.db")) as here,
        closing(sqlite3.connect(fresh / "aggregator.db")) as there,
    ):
        here.backup(there)
    workspace = open_workspace(fresh, {})
    try:
        publishing.write(workspace, publishing.published(workspace))
    finally:
        workspace.close()
    return _tree(fresh / "feeds")


def _check(bench: Bench, turns: int) -> None:
    bench.publish()
    for turn in range(turns):
        for event in bench.chance.sample(EVENTS, bench.chance.choice([1, 1, 2, 3])):
            event(bench)
        bench.publish()
        made = _tree(bench.root / "feeds")
        assert bench.publish().written == ()
        assert _tree(bench.root / "feeds") == made
        if turn % 3 == 2:
            assert made == _from_nothing(bench)
    assert _tree(bench.root / "feeds") == _from_nothing(bench)


@pytest.mark.parametrize("bench", [1], indirect=True)
def test_step_by_step_is_as_from_nothing(bench: Bench) -> None:
    _check(bench, 9)


@pytest.mark.slow
@pytest.mark.parametrize("bench", range(10, 14), indirect=True)
def test_many_steps_are_as_from_nothing(bench: Bench) -> None:
    _check(bench, 24)


@pytest.mark.parametrize("bench", [3], indirect=True)
def test_a_file_of_another_day_is_not_taken_for_todays(bench: Bench) -> None:
    bench.publish()
    bench.go_back()
    bench.amend()
    bench.publish()
    made = _tree(bench.root / "feeds")
    bench.go_back()
    assert _tree(bench.root / "feeds") != made
    bench.publish(overwrite=True)
    assert _tree(bench.root / "feeds") == made == _from_nothing(bench)


@pytest.mark.parametrize("bench", [4], indirect=True)
def test_what_did_not_change_is_not_read_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.publish()
    monkeypatch.setattr("aggregator.publish.standing._SETTLED_NS", -60_000_000_000)
    bench.publish()

    def refused(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(publishing, "edition_of", refused)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: refused() if "/feeds/" in str(path) else read(path))
    report = bench.publish()
    assert report.written == report.removed == report.edited == ()
    assert "feed.xml" in report.unchanged
