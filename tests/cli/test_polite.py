"""What a poll remembers of hosts and sources from one run to the next."""

from __future__ import annotations

import pytest

from aggregator.app import keeping
from tests.cli.conftest import Desk, item, rss


def states(desk: Desk) -> dict[str, str]:
    return {source["name"]: source["status"] for source in desk("sources", "list", "--json").json}


def asked(desk: Desk) -> list[str]:
    paths = [request.path for request, _ in desk.upstream.log]
    desk.upstream.log.clear()
    return paths


def polite(desk: Desk, *paths: str) -> None:
    desk.configure(*paths)
    path = desk.root / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    (desk.root / "sources.yaml").write_text(
        text.replace("defaults:\n", "defaults:\n  host_gap: 0.01s\n  host_concurrency: 1\n"), encoding="utf-8"
    )


def test_a_host_that_asked_for_quiet_is_left_alone_by_the_next_run_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    polite(desk, "/busy.xml", "/blog.xml")
    desk.upstream.expect_request("/busy.xml").respond_with_data("", status=429, headers={"Retry-After": "7200"})
    desk.serve("/blog.xml", rss(item(1, "一")))
    desk("poll")
    assert asked(desk) == ["/busy.xml"]
    assert states(desk) == {"busy": "limited", "blog": "limited"}
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T04:00:00+00:00")
    desk("poll", "--all")
    assert asked(desk) == []
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T05:00:30+00:00")
    desk("poll", "blog")
    assert asked(desk) == ["/blog.xml"]
    assert states(desk)["blog"] == "ok"


def test_a_flood_is_held_back_until_it_is_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "FLOOD_ENTRIES", 5)
    desk.configure("/blog.xml", "/other.xml")
    desk.serve("/blog.xml", rss(item(0, "零")), ETag='"a"')
    desk.serve("/other.xml", rss(*(item(100 + number, f"另{number}") for number in range(9))))
    assert desk("poll").out.startswith("2 polled · 0 unchanged · 10 new")
    desk.upstream.clear()
    desk.serve("/blog.xml", rss(*(item(number, f"第{number}篇") for number in range(9))), ETag='"b"')
    desk.serve("/other.xml", rss(item(200, "又")))
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T09:00:00+00:00")
    held = desk("poll", "--all")
    assert held.out.startswith("2 polled · 0 unchanged · 1 new")
    assert "aggregator poll blog" in held.err
    assert states(desk) == {"blog": "limited", "other": "ok"}
    (blog,) = [source for source in desk("sources", "list", "--json").json if source["name"] == "blog"]
    assert blog["last_error"] == "8 new entries at once: held back"
    assert blog["entries"] == 1
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-09-02T12:00:00+00:00")
    asked(desk)
    desk("poll")
    assert "/blog.xml" not in asked(desk)
    taken = desk("poll", "blog")
    assert taken.out.startswith("1 polled · 0 unchanged · 8 new"), taken
    assert states(desk)["blog"] == "ok"


def test_a_body_in_which_only_dates_changed_is_unchanged(desk: Desk) -> None:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(item(1, "一")).replace("<item>", "<lastBuildDate>Mon</lastBuildDate><item>", 1))
    assert "1 new" in desk("poll").out
    desk.upstream.clear()
    desk.serve("/blog.xml", rss(item(1, "一")).replace("<item>", "<lastBuildDate>Tue</lastBuildDate><item>", 1))
    assert "1 unchanged · 0 new" in desk("poll", "--all").out
    desk.upstream.clear()
    desk.serve("/blog.xml", rss(item(2, "二"), item(1, "一")).replace("<item>", "<lastBuildDate>Wed</lastBuildDate><item>", 1))
    assert "0 unchanged · 1 new" in desk("poll", "--all").out
