"""Bad input: a clear message, the right exit code, no traceback, nothing lost, and the other sources go on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.conftest import Desk, item, rss

GOOD = rss(item(1, "还好"))


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("queue", "show", "999"), 1, "no candidate 999"),
        (("queue", "approve", "999"), 1, "no candidate 999"),
        (("queue", "approve", "99999999999999999999999"), 1, "no candidate"),
        (("queue", "approve", "abc"), 2, "integer"),
        (("queue", "approve"), 2, "ID"),
        (("queue", "list", "--status", "maybe"), 2, "maybe"),
        (("queue", "list", "--section", "sports"), 1, "sports"),
        (("queue", "edit", "1"), 1, "nothing to edit"),
        (("queue", "apply", "no-such-file"), 2, "no-such-file"),
        (("queue", "frobnicate"), 2, "frobnicate"),
        (("poll", "nobody"), 2, "nobody"),
        (("add", "not a url"), 1, "not a url"),
        (("add", "javascript:alert(1)"), 1, "javascript"),
        (("undo",), 1, "nothing to undo"),
        (("redo",), 1, "nothing to redo"),
        (("log", "--since", "yesterday"), 2, "yesterday"),
        (("issue", "show", "1999-01-01"), 1, "1999-01-01"),
        (("issue", "publish", "--yes"), 1, "empty"),
        (("issue", "publish"), 2, "--yes"),
        (("issue", "publish", "--yes", "--date", "tomorrow"), 2, "tomorrow"),
        (("issue", "edit"), 2, "EDITOR"),
        (("import", "no-such-folder"), 2, "no-such-folder"),
        (("sources", "explain", "nobody"), 2, "nobody"),
        (("entries", "list", "--since", "x"), 2, "x"),
    ],
)
def test_usual_mistakes(desk: Desk, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = desk(*arguments)
    assert result.code == code, result.err
    assert says in result.err
    assert "Traceback" not in result.out + result.err
    assert "[E" in result.err


def test_a_date_that_looks_like_a_slip_is_asked_about(desk: Desk) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", GOOD)
    desk("poll")
    (candidate,) = desk("queue", "list", "--json").json
    desk("queue", "approve", str(candidate["id"]))
    refused = desk("issue", "publish", "--yes", "--date", "1926-09-02")
    assert refused.code == 1
    assert "E508" in refused.err
    assert desk("issue", "publish", "--yes", "--force", "--date", "1926-09-02").code == 0


def test_no_workspace(tmp_path: Path, desk: Desk) -> None:
    (desk.root / "sources.yaml").unlink()
    result = desk("queue", "list")
    assert result.code == 2
    assert "aggregator init" in result.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("publication: [", "sources.yaml:"),
        ("publication:\n  name: x\n  nmae: y\n", "did you mean"),
    ],
)
def test_a_broken_configuration_names_its_place(desk: Desk, text: str, says: str) -> None:
    desk.configure(text=text)
    result = desk("queue", "list")
    assert result.code == 2
    assert says in result.err
    assert "sources.yaml" in result.err
    assert "Traceback" not in result.err


def test_an_unknown_kind_names_the_nearest(desk: Desk) -> None:
    desk.configure(extra="  - {name: a, kind: fede, url: https://example.org/}\n")
    result = desk("poll")
    assert result.code == 2
    assert "feed" in result.err
    assert "sources.yaml:" in result.err


BROKEN = {
    "/html.xml": "<!doctype html><html><head><title>Log in</title></head><body>please</body></html>",
    "/empty.xml": "",
    "/cut.xml": GOOD[: len(GOOD) // 3],
    "/json.xml": '{"error": "no"}',
}


def test_a_source_that_fails_is_a_line_of_the_report_and_the_others_go_on(desk: Desk) -> None:
    desk.configure("/good.xml", *BROKEN, "/gone.xml")
    desk.serve("/good.xml", GOOD)
    for path, body in BROKEN.items():
        desk.serve(path, body)
    result = desk("poll")
    assert result.code == 0
    assert f"1 new · 0 folded · {len(BROKEN) + 1} failed" in result.out
    for name in ("html", "empty", "cut", "json", "gone"):
        assert f"✗ {name}: " in result.err
    states = {one["name"]: one for one in desk("sources", "list", "--json").json}
    assert states["good"]["status"] == "ok"
    assert states["html"]["status"] == "failing"
    assert states["html"]["failures"] == 1
    assert states["html"]["last_error"]
    assert desk("poll", "--all", "--strict").code == 3


def test_entries_with_parts_missing_are_kept(desk: Desk) -> None:
    desk.configure("/odd.xml")
    desk.serve(
        "/odd.xml",
        rss(
            "<item><title>没有链接</title></item>",
            "<item><link>https://blog.example.org/x</link></item>",
            "<item><description>只有正文的一条</description></item>",
            item(1, "重复的guid"),
            item(1, "重复的guid"),
        ),
    )
    assert "4 new" in desk("poll").out
    assert "0 new" in desk("poll", "--all").out
    assert all(one["title"] for one in desk("queue", "list", "--json").json)


def test_deciding_twice_is_said_and_changes_nothing(desk: Desk) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", GOOD)
    desk("poll")
    (candidate,) = desk("queue", "list", "--json").json
    desk("queue", "approve", str(candidate["id"]))
    again = desk("queue", "approve", str(candidate["id"]))
    assert again.code == 0
    assert "already" in again.err
    assert len(desk("log", "--json").json) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_feeds_folder(desk: Desk) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", GOOD)
    desk("poll")
    (candidate,) = desk("queue", "list", "--json").json
    desk("queue", "approve", str(candidate["id"]))
    feeds = desk.root / "feeds"
    feeds.mkdir(exist_ok=True)
    feeds.chmod(0o555)
    try:
        result = desk("issue", "publish", "--yes", "--force")
    finally:
        feeds.chmod(0o755)
    assert result.code == 1
    assert "feeds" in result.err
    assert [one["status"] for one in desk("issue", "list", "--json").json] == ["draft"]
    assert desk("issue", "publish", "--yes", "--force").code == 0


def test_feeds_that_is_a_file_publishes_nothing_and_loses_nothing(desk: Desk) -> None:
    desk.configure("/good.xml")
    desk.serve("/good.xml", GOOD)
    desk("poll")
    (candidate,) = desk("queue", "list", "--json").json
    desk("queue", "approve", str(candidate["id"]))
    (desk.root / "feeds").write_text("in the way", encoding="utf-8")
    result = desk("issue", "publish", "--yes", "--force")
    assert result.code == 1
    assert "feeds" in result.err
    assert [one["status"] for one in desk("issue", "list", "--json").json] == ["draft"]


def test_escape_sequences_of_a_feed_do_not_reach_the_terminal(desk: Desk) -> None:
    desk.configure("/evil.xml")
    desk.serve("/evil.xml", rss(item(1, "a&#x1b;[31mred&#x9b;31m\u202etrick")))
    desk("poll")
    shown = desk("queue", "list").out
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown


def test_a_second_poll_says_that_one_is_running(desk: Desk) -> None:
    import fcntl

    with (desk.root / ".aggregator.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        result = desk("poll")
    assert result.code == 75
    assert "another poll" in result.err


def test_private_addresses_are_opened_by_the_workspace_alone(desk: Desk) -> None:
    desk.configure("/good.xml")
    path = desk.root / "sources.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("127.0.0.1/32", "10.9.8.0/24"), encoding="utf-8")
    desk.serve("/good.xml", GOOD)
    result = desk("poll")
    assert "1 failed" in result.out
    assert desk.upstream.log == []
