"""What the program says of its sources: why each is asked when it is, and which has gone silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tests.cli.conftest import Desk, item, rss

NOW = datetime(2026, 9, 2, 3, 0, tzinfo=UTC)


def daily(count: int, newest: datetime = NOW - timedelta(hours=2)) -> str:
    """A feed with an entry a day."""
    dates = [format_datetime(newest - timedelta(days=number), usegmt=True) for number in range(count)]
    return rss(*(item(number, f"第{number}条", date=date) for number, date in enumerate(dates)))


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setenv("AGGREGATOR_NOW", moment.isoformat())


def test_a_busy_source_that_falls_silent_is_named_everywhere(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/busy.xml", "/slow.xml")
    desk.serve("/busy.xml", daily(20))
    desk.serve("/slow.xml", rss(*(item(number, f"月{number}", date=f"0{number} Sep 2025 08:00:00 GMT") for number in (1,))))
    desk("poll")
    assert [one["silent_days"] for one in desk("sources", "list", "--json").json] == [None, None]
    assert "none has gone silent" in desk("doctor").out
    at(monkeypatch, NOW + timedelta(days=9))
    polled = desk("poll")
    assert "busy: no update for 9 days" in polled.err
    busy, slow = desk("sources", "list", "--json").json
    assert (busy["status"], busy["silent_days"], slow["silent_days"]) == ("ok", 9, None)
    assert "no update for 9 days, though it usually brings something every 24 h" in desk("sources", "list").out
    assert "no update for 9 days" in desk("sources", "explain", "busy").out
    doctor = desk("doctor")
    assert (doctor.code, "! busy: no update for 9 days" in doctor.out) == (0, True)
    at(monkeypatch, NOW + timedelta(days=10))
    assert "no update" not in desk("poll").err  # said once
    desk.upstream.clear()
    desk.serve("/busy.xml", daily(20, NOW + timedelta(days=11)))
    at(monkeypatch, NOW + timedelta(days=11, hours=1))
    desk("poll")
    assert desk("sources", "list", "--json").json[0]["silent_days"] is None


def test_cron_is_told_once_of_a_source_that_falls_silent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/busy.xml")
    desk.serve("/busy.xml", daily(20))
    assert desk("poll", "--quiet").err == ""
    at(monkeypatch, NOW + timedelta(days=9))
    assert "no update for 9 days" in desk("poll", "--quiet").err
    at(monkeypatch, NOW + timedelta(days=10))
    assert desk("poll", "--quiet").err == ""


def test_explain_says_who_wishes_what_and_what_was_asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.configure("/blog.xml")
    wishes = "<ttl>90</ttl><skipHours><hour>6</hour></skipHours><skipDays><day>Sunday</day></skipDays>"
    body = daily(5).replace("<description>x</description>", f"<description>x</description>{wishes}")
    desk.serve("/blog.xml", body, ETag='"a"', **{"Cache-Control": "max-age=1800"})
    desk("poll")
    said = desk("sources", "explain", "blog").out
    for line in (
        "2 at a time, opened on purpose",
        "sources.yaml says every 60 min",
        "it usually brings something every 24 h",
        "the feed asks for 90 min between polls (ttl)",
        "not to be polled at 6 o'clock GMT (skipHours)",
        "not to be polled on Sunday (skipDays)",
        "not before 2026-09-02 04:30 UTC: the feed asks for 90 min between polls (ttl)",
        "  200  ",
        "whole  http://",
        "due: it has not been polled before",
    ):
        assert line in said, said
    desk.upstream.clear()
    desk.upstream.expect_request("/blog.xml", headers={"If-None-Match": '"a"'}).respond_with_data("", status=304)
    at(monkeypatch, NOW + timedelta(minutes=90))
    desk("poll")
    (explained,) = desk("sources", "explain", "blog", "--json").json
    newest, first = explained["requests"]
    assert (newest["status"], newest["conditional"], first["status"], first["conditional"]) == (304, True, 200, False)
    assert newest["reason"].startswith("due since 2026-09-02 04:30 UTC: the feed asks for 90 min")
    # What the feed asked for in the document holds for the 304 after it, too; 06:00 is in the hour to skip.
    assert explained["next_poll_at"].startswith("2026-09-02T07:00")
    assert "skipHours" in explained["why"]


def test_a_page_instead_of_the_feed_is_left_alone_for_as_long_as_it_stays_fresh(desk: Desk) -> None:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", "<html><title>Sorry</title></html>", "text/html", **{"Cache-Control": "max-age=172800"})
    desk("poll")
    (blog,) = desk("sources", "list", "--json").json
    assert (blog["status"], blog["next_poll_at"][:16]) == ("failing", "2026-09-04T03:00")


def test_an_address_that_moved_is_shown_with_where_to(desk: Desk) -> None:
    desk.configure("/old.xml")
    desk.upstream.expect_request("/old.xml").respond_with_data("", status=308, headers={"Location": "/new.xml"})
    desk.serve("/new.xml", daily(2))
    desk("poll")
    old, new = desk.upstream.url_for("/old.xml"), desk.upstream.url_for("/new.xml")
    assert f"{old} (moved for good to {new})" in desk("sources", "explain", "old").out
    (explained,) = desk("sources", "explain", "old", "--json").json
    assert (explained["url"], explained["moved"]) == (old, {old: new})


def test_a_hundred_dead_sources_do_not_bury_the_rest(desk: Desk) -> None:
    desk.configure(*(f"/gone{number}.xml" for number in range(8)))
    assert "8 failed" in desk("poll").out
    told = desk("doctor")
    assert told.out.count("sources explain") == 5
    assert "! 3 more sources cannot be read" in told.out
    assert len([one for one in desk("doctor", "--json").json if "gone" in one["what"]]) == 8


def test_one_is_not_many(desk: Desk) -> None:
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, "端侧推理", date="01 Sep 2026 23:30:00 GMT")))
    desk("poll")
    number = str(desk("queue", "list", "--json").json[0]["id"])
    assert desk("queue", "list", "--limit", "1").err.startswith("the first 1 candidate;")
    assert "published 2026-09-02 07:30" in desk("queue", "show", number).out  # in the zone of the publication
    assert desk("issue", "brief", number).err == "draft: 1 brief\n"
