"""A workspace with candidates, and a review that is run without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from textual.pilot import Pilot

from aggregator.app import deciding
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.model import Arrival, Candidate, CandidateFilter, Entry, NewCandidate, Reason, Score, SectionGuess
from aggregator.tui.app import ReviewApp
from aggregator.tui.desk import Desk
from aggregator.tui.words import Words

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
SOURCES = """\
publication:
  name: 端侧周报
  tagline: 每周一期
  language: zh-CN
  time_zone: Asia/Shanghai
  base_url: https://example.org/weekly/
  sections:
    - {slug: news, title: 新闻, lead_label: 新闻}
    - {slug: papers, title: 论文, lead_label: 论文}
    - {slug: code, title: 开源, lead_label: 开源}
sources: []
"""
Walk = Callable[[Pilot[None]], Awaitable[None]]


def add(workspace: Workspace, *titles: str, start: int = 0) -> list[int]:
    """Candidates of these titles, the first the best; their ids."""
    arrivals = []
    for number, title in enumerate(titles, start):
        url = f"https://example.org/{number}"
        points = Score(50.0 - number, (Reason(50.0 - number, "a keyword"),))
        new = NewCandidate(
            keys=(f"url:{url}",),
            title=title,
            url=url,
            canonical_url=url,
            section=SectionGuess("news", 0.9),
            score=points,
            source=f"来源{number % 3}",
            summary=f"第{number}条的摘要。",
        )
        published = NOW - timedelta(hours=number)
        arrivals.append(Arrival(Entry("s", f"g{number}", url, title, published_at=published), new.keys, new=new))
    with workspace.store.write() as unit:
        return unit.entries.add(arrivals, NOW)


def statuses(workspace: Workspace) -> dict[int, str]:
    """The status of every candidate."""
    return {one.id: one.status.value for one in everything(workspace)}


def everything(workspace: Workspace) -> list[Candidate]:
    """All candidates, whatever their status."""
    return deciding.find(workspace, CandidateFilter(statuses=()))


def make_desk(workspace: Workspace, language: str = "en") -> Desk:
    """A desk at a fixed time."""
    return Desk(workspace, lambda: NOW, "tester", Words(language))


def sit(workspace: Workspace, walk: Walk, *, size: tuple[int, int] = (80, 24), language: str = "en") -> None:
    """Run one sitting of the review, in which `walk` presses the keys."""

    async def run() -> None:
        app = ReviewApp(make_desk(workspace, language))
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await walk(pilot)

    asyncio.run(run())


def press(workspace: Workspace, *keys: str) -> None:
    """One sitting in which these keys are pressed."""

    async def walk(pilot: Pilot[None]) -> None:
        await pilot.press(*keys)

    sit(workspace, walk)


def screen_text(pilot: Pilot[None]) -> str:
    """What stands on the screen."""
    size = pilot.app.size
    lines = pilot.app.screen._compositor.render_strips(size)
    return "\n".join("".join(segment.text for segment in strip) for strip in lines)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """An empty workspace."""
    (tmp_path / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    opened = open_workspace(tmp_path, {})
    yield opened
    opened.close()
