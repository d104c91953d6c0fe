"""An address that stands twice in sources.yaml is asked once."""

from __future__ import annotations

from tests.cli.conftest import Desk, item, rss


def configure(desk: Desk, second: str = "") -> None:
    url = desk.upstream.url_for("/blog.xml")
    desk.configure(extra=f"  - {{name: one, url: '{url}'}}\n  - {{name: two, url: '{url}'{second}}}\n")


def test_the_same_source_under_two_names_is_asked_once_and_said_so(desk: Desk) -> None:
    configure(desk)
    desk.serve("/blog.xml", rss(item(1, "一条新闻")))
    polled = desk("poll")
    assert "1 polled · 0 unchanged · 1 new" in polled.out
    assert "`two` polls what `one` polls: it is left out" in polled.err
    assert len(desk.upstream.log) == 1
    assert "left out" in desk("doctor").out


def test_the_same_address_read_another_way_is_another_source(desk: Desk) -> None:
    configure(desk, ", section: papers, keep: [论文]")
    desk.serve("/blog.xml", rss(item(1, "一条新闻"), item(2, "一篇论文")))
    assert "2 polled" in desk("poll").out
