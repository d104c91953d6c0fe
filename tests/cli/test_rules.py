"""Keep and block rules: what is let in, tried, and run again over what is stored."""

from __future__ import annotations

import time

import pytest

from tests.cli.conftest import CONFIG, Desk, item, rss


def configure(desk: Desk, source: str = "", rules: str = "", *, paths: tuple[str, ...] = ("/blog.xml",)) -> None:
    """A feed for each path; the first has the keys `source`; `rules` stands at the top."""
    listed = "".join(
        f"  - name: {path.strip('/').split('.')[0]}\n    url: {desk.upstream.url_for(path)}\n{source if path == paths[0] else ''}"
        for path in paths
    )
    desk.configure(text=CONFIG.format(sources=listed) + rules)


def pending(desk: Desk) -> list[str]:
    return sorted(one["title"] for one in desk("queue", "list", "--json").json)


def rejected(desk: Desk) -> dict[str, list[str]]:
    return {one["title"]: one["warnings"] for one in desk("queue", "list", "--status", "rejected", "--json").json}


def entry(number: int, title: str, more: str = "", **fields: str) -> str:
    return item(number, title, **fields).replace("</item>", f"{more}</item>")


@pytest.mark.parametrize(
    ("source", "left"),
    [
        ("    block: ['招聘|Sponsored']\n", ["B 新闻", "D 旧闻", "E 量化"]),
        ("    block: [{title: '(?-i)sponsored'}]\n", ["A 招聘启事", "B 新闻", "C SPONSORED post", "D 旧闻", "E 量化"]),
        ("    block: [{url: '/posts/2$'}]\n", ["A 招聘启事", "C SPONSORED post", "D 旧闻", "E 量化"]),
        ("    block: [{author: '^bot$'}]\n", ["A 招聘启事", "C SPONSORED post", "D 旧闻", "E 量化"]),
        ("    block: [{tag: 广告}]\n", ["A 招聘启事", "B 新闻", "D 旧闻", "E 量化"]),
        ("    block: [{older_than: 90d}]\n", ["A 招聘启事", "B 新闻", "C SPONSORED post", "E 量化"]),
        ("    block: [{title: 新闻, author: nobody}]\n", ["A 招聘启事", "B 新闻", "C SPONSORED post", "D 旧闻", "E 量化"]),
        ("    keep: [量化, {tag: 广告}]\n", ["C SPONSORED post", "E 量化"]),
        ("    keep: [{newer_than: 90d}]\n    block: [招聘]\n", ["B 新闻", "C SPONSORED post", "E 量化"]),
    ],
)
def test_what_is_let_in(desk: Desk, source: str, left: list[str]) -> None:
    configure(desk, source)
    desk.serve(
        "/blog.xml",
        rss(
            entry(1, "A 招聘启事"),
            entry(2, "B 新闻", "<author>bot</author>", link="https://blog.example.org/posts/2"),
            entry(3, "C SPONSORED post", "<category>广告</category>"),
            entry(4, "D 旧闻", date="Tue, 03 Feb 2026 08:00:00 GMT"),
            entry(5, "E 量化"),
        ),
    )
    assert f"{len(left)} new" in desk("poll").out
    assert pending(desk) == left
    assert len(desk("entries", "list", "--json").json) == 5  # what the upstream said stays known
    put_away = rejected(desk)
    assert len(put_away) == 5 - len(left)
    assert all(any(warning.startswith("blocked by a rule: ") for warning in warnings) for warnings in put_away.values())
    assert "0 new" in desk("poll", "blog").out


def test_rules_at_the_top_hold_for_all_and_those_of_a_group_for_its_sources(desk: Desk) -> None:
    configure(desk, rules="rules:\n  block: [广告]\n", paths=("/one.xml", "/two.xml"))
    text = (desk.root / "sources.yaml").read_text(encoding="utf-8")
    grouped = (
        f"  - group: G\n    block: [内推]\n    sources:\n      - {{name: three, url: '{desk.upstream.url_for('/three.xml')}'}}\n"
    )
    (desk.root / "sources.yaml").write_text(text.replace("sources:\n", f"sources:\n{grouped}"), encoding="utf-8")
    for at, name in enumerate(("one", "two", "three")):
        desk.serve(
            f"/{name}.xml",
            rss(*(item(10 * at + number, f"{name} {word}") for number, word in enumerate(("广告", "内推", "新闻")))),
        )
    desk("poll")
    assert pending(desk) == ["one 内推", "one 新闻", "three 新闻", "two 内推", "two 新闻"]


def test_what_a_rule_puts_away_does_not_hide_the_same_work_from_elsewhere(desk: Desk) -> None:
    configure(desk, "    block: [量化]\n", paths=("/blog.xml", "/other.xml"))
    same = item(1, "量化感知训练的一点经验", link="https://elsewhere.example.org/work")
    desk.serve("/blog.xml", rss(same))
    desk.serve("/other.xml", rss(same))
    desk("poll", "blog")
    assert pending(desk) == []
    assert "1 new" in desk("poll", "other").out
    assert pending(desk) == ["量化感知训练的一点经验"]


def test_a_dry_run_shows_and_changes_nothing_then_rules_run_over_what_is_stored_and_back(desk: Desk) -> None:
    configure(desk)
    desk.serve("/blog.xml", rss(item(1, "招聘启事"), item(2, "新闻"), item(3, "又一则招聘")))
    desk("poll")
    configure(desk, "    block: [招聘]\n")
    tried = desk("sources", "rules", "--dry-run")
    assert tried.code == 0, tried.err
    assert tried.out.splitlines()[-1] == "2 of 3 would be put away · 0 would be brought back"
    assert "又一则招聘" in tried.out
    assert "block {title: 招聘}" in tried.out
    assert len(pending(desk)) == 3
    desk("sources", "rules")
    assert pending(desk) == ["新闻"]
    assert desk("sources", "rules").out.splitlines()[-1] == "0 of 3 put away · 0 brought back"
    desk("undo")
    assert len(pending(desk)) == 3
    desk("redo")
    assert pending(desk) == ["新闻"]
    configure(desk, "    block: [又一]\n")
    (report,) = desk("sources", "rules", "--json").json
    assert [one["title"] for one in report["brought_back"]] == ["招聘启事"]
    assert pending(desk) == ["招聘启事", "新闻"]


def test_what_comes_back_stands_for_its_work_again(desk: Desk) -> None:
    configure(desk, "    block: [经验]\n", paths=("/blog.xml", "/other.xml"))
    same = item(1, "一点经验", link="https://elsewhere.example.org/work")
    desk.serve("/blog.xml", rss(same))
    desk.serve("/other.xml", rss(same))
    desk("poll", "blog")
    configure(desk, paths=("/blog.xml", "/other.xml"))
    assert desk("sources", "rules").out.splitlines()[-1] == "0 of 1 put away · 1 brought back"
    assert "0 new · 1 folded" in desk("poll", "other").out
    assert pending(desk) == ["一点经验"]


def test_what_was_decided_by_hand_stays_decided(desk: Desk) -> None:
    configure(desk)
    desk.serve("/blog.xml", rss(item(1, "招聘一"), item(2, "招聘二"), item(3, "招聘三")))
    desk("poll")
    first, second, _ = sorted(one["id"] for one in desk("queue", "list", "--json").json)
    desk("queue", "approve", str(first))
    desk("queue", "reject", str(second))
    configure(desk, "    block: [招聘]\n")
    desk("sources", "rules")
    statuses = {one["id"]: one["status"] for one in desk("queue", "list", "--status", "all", "--json").json}
    assert list(dict(sorted(statuses.items())).values()) == ["approved", "rejected", "rejected"]
    configure(desk)
    desk("sources", "rules")
    assert pending(desk) == ["招聘三"]


def test_a_pattern_that_takes_for_ever_is_out_of_force_and_said_so(desk: Desk) -> None:
    configure(desk, "    block: ['^(a|aa)+$', 招聘]\n")
    desk.serve("/blog.xml", rss(item(1, "a" * 60 + "b"), item(2, "招聘"), item(3, "新闻")))
    started = time.monotonic()
    polled = desk("poll")
    assert time.monotonic() - started < 20
    assert "2 new" in polled.out
    assert "a rule is out of force: {title: ^(a|aa)+$} took longer than 0.1 s" in polled.err
    assert rejected(desk).keys() == {"招聘"}
    assert "a rule is out of force" in desk("sources", "rules", "--dry-run").err


def test_a_keep_rule_that_is_out_of_force_keeps(desk: Desk) -> None:
    configure(desk, "    keep: ['^(a|aa)+$']\n")
    desk.serve("/blog.xml", rss(item(1, "a" * 60 + "b"), item(2, "新闻")))
    desk("poll")
    assert "新闻" in pending(desk)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("    block: ['(']\n", "E164"),
        ("    block: [{titel: x}]\n", "did you mean `title`"),
        ("    block: [{}]\n", "a rule says nothing"),
        ("    block: 招聘\n", "must be a list"),
        ("    keep: [{older_than: soon}]\n", "E160"),
    ],
)
def test_a_wrong_rule_is_told_with_its_place(desk: Desk, source: str, said: str) -> None:
    configure(desk, source)
    told = desk("poll")
    assert told.code == 2
    assert said in told.err
    assert "sources.yaml:" in told.err


def test_check_says_how_many_are_blocked(desk: Desk) -> None:
    configure(desk, "    block: [招聘]\n")
    desk.serve("/blog.xml", rss(item(1, "招聘"), item(2, "新闻")))
    assert "2 entries; 1 of them blocked by rules" in desk("sources", "check").out
