"""What arrives damaged is read as far as it goes, and the rest when it can be."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk, item, rss

WHOLE = rss(*(item(number, f"第{number}条", text="一段话。" * 20) for number in (1, 2, 3)))


def titles(desk: Desk) -> list[str]:
    return sorted(one["title"] for one in desk("queue", "list", "--json").json)


@pytest.mark.parametrize(
    "inside", ["<title>第3", "<link>https://blog.example.org/3", "<guid>g3", "<description>一段话。一段", "<item"]
)
def test_half_an_entry_is_left_to_the_next_poll(desk: Desk, inside: str) -> None:
    start = WHOLE.rindex(inside) if inside != "<description>一段话。一段" else WHOLE.rindex("<description>")
    half = WHOLE[: start + len(inside)]
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", half, ETag='"same"')
    polled = desk("poll")
    assert "2 new" in polled.out
    assert titles(desk) == ["第1条", "第2条"]
    desk.upstream.clear()
    desk.upstream.expect_request("/blog.xml", headers={"If-None-Match": '"same"'}).respond_with_data("", status=304)
    desk.serve("/blog.xml", WHOLE, ETag='"same"')
    assert "1 new" in desk("poll", "blog").out  # asked for whole: what came was a part
    assert titles(desk) == ["第1条", "第2条", "第3条"]
    (third,) = (one for one in desk("entries", "list", "--json").json if one["guid"] == "g3")
    assert (third["url"], third["summary"]) == ("https://blog.example.org/3", "一段话。" * 20)


def test_a_feed_that_only_lacks_its_end_loses_nothing(desk: Desk) -> None:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", WHOLE.removesuffix("</rss>"), ETag='"a"')
    assert "3 new" in desk("poll").out
    desk.upstream.clear()
    desk.upstream.expect_oneshot_request("/blog.xml", headers={"If-None-Match": '"a"'}).respond_with_data("", status=304)
    assert "1 unchanged" in desk("poll", "blog").out


def test_nothing_but_half_an_entry_is_a_failure(desk: Desk) -> None:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(item(1, "第1条"))[:-60])
    assert "1 failed" in desk("poll").out
    (blog,) = desk("sources", "list", "--json").json
    assert "cut off" in blog["last_error"]
