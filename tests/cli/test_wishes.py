"""What is asked of the queue besides deciding: more or less like this, copies apart, the stale away, learning, yields."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Desk, item, rss

NEWS = rss(
    item(1, "手表芯片开箱体验与散热测试"),
    item(2, "另一款手表芯片的拆解"),
    item(3, "语音助手怎样在手环上离线运行"),
)


def filled(desk: Desk) -> dict[str, int]:
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", NEWS)
    assert desk("poll").code == 0
    return {candidate["title"]: candidate["id"] for candidate in desk("queue", "list", "--json").json}


def test_less_like_this_acts_on_its_term_and_can_be_undone(desk: Desk) -> None:
    ids = filled(desk)
    before = desk("queue", "list", "--json").out
    said = desk("queue", "less-like", str(ids["手表芯片开箱体验与散热测试"]), "--term", "芯片")
    assert said.code == 0
    assert "2 waiting candidates" in said.err
    scores = {one["title"]: one["score"] for one in desk("queue", "list", "--json").json}
    assert scores["手表芯片开箱体验与散热测试"] == scores["另一款手表芯片的拆解"] == -1.5
    assert scores["语音助手怎样在手环上离线运行"] == 0
    assert "less like `芯片`" in desk("queue", "why", str(ids["另一款手表芯片的拆解"])).out
    desk("undo")
    assert desk("queue", "list", "--json").out == before
    desk("redo")
    assert {one["title"]: one["score"] for one in desk("queue", "list", "--json").json} == scores


def test_a_wish_lasts_for_what_comes_later(desk: Desk) -> None:
    ids = filled(desk)
    desk("queue", "more-like", str(ids["语音助手怎样在手环上离线运行"]), "--term", "手环")
    desk.configure("/blog.xml", "/other.xml")
    desk.serve("/other.xml", rss(item(9, "手环续航对比")))
    desk("poll")
    (late,) = (one for one in desk("queue", "list", "--json").json if one["title"] == "手环续航对比")
    assert late["score"] == 1.5


def test_a_term_that_the_title_does_not_hold_is_refused(desk: Desk) -> None:
    ids = filled(desk)
    said = desk("queue", "more-like", str(next(iter(ids.values()))), "--term", "没有的词")
    assert (said.code, "[E411]" in said.err) == (1, True)


def test_near_same_titles_fold_and_unfold_again(desk: Desk) -> None:
    filled(desk)
    desk.configure("/blog.xml", "/other.xml")
    reprint = item(9, "干货 | 语音助手怎样在手环上离线运行", link="https://other.example.org/9")
    desk.serve("/other.xml", rss(reprint))
    assert "0 new · 1 folded" in desk("poll").out
    everything = ("queue", "list", "--status", "all", "--json")
    before = desk(*everything).out
    (folded,) = (one for one in desk("queue", "list", "--json").json if len(one["entries"]) == 2)
    assert folded["title"] == "语音助手怎样在手环上离线运行"
    assert desk("queue", "unfold", str(folded["id"])).code == 0
    apart = desk("queue", "list", "--json").json
    assert len(apart) == 4
    assert all(len(one["entries"]) == 1 for one in apart)
    assert desk("queue", "unfold", str(folded["id"])).code == 1
    desk("undo")
    assert desk(*everything).out == before
    desk("redo")
    assert len(desk("queue", "list", "--json").json) == 4


def test_the_stale_are_put_away_and_come_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = filled(desk)
    before = desk("queue", "list", "--json").out
    assert "nothing" in desk("queue", "expire", "--older", "60d").err
    monkeypatch.setenv("AGGREGATOR_NOW", "2026-12-24T03:00:00+00:00")
    assert f"put away {len(ids)}" in desk("queue", "expire", "--older", "60d").err
    assert desk("queue", "list", "--json").json == []
    desk("undo")
    assert desk("queue", "list", "--json").out == before
    assert desk("queue", "expire", "--older", "soon").code == 2


def issue_of(day: int) -> str:
    good = "\n".join(
        f"- [低功耗语音识别方案{day}{number} | blog](https://past.example.org/{day}/{number})  " for number in range(8)
    )
    posts = "\n".join(
        f"- [读懂语音降噪{day}{number} | 没有订的号](https://past.example.org/{day}/p{number})  " for number in range(8)
    )
    return f"---\nlayout: default\n---\n\n# 测试简报 (2026-08-{day:02})\n\n## 业界新闻\n\n{good}\n\n## 博文\n\n{posts}\n"


def taught(desk: Desk, folder: Path) -> None:
    folder.mkdir()
    for day in range(1, 6):
        (folder / f"2026-08-{day:02}.md").write_text(issue_of(day), encoding="utf-8")
    assert desk("import", str(folder)).code == 0
    dull = [item(number, f"第{number}家餐厅的周末优惠") for number in range(80)]
    desk.configure("/blog.xml")
    desk.serve("/blog.xml", rss(*dull, item(900, "又一种低功耗语音识别")))


def test_an_archive_and_a_poll_teach_the_queue(desk: Desk, tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    taught(desk, tmp_path / "past")
    polled = desk("poll")
    assert "learns in the background" in polled.err
    # Whoever comes second waits for the first, so one of the two has learnt by the end of this.
    assert desk("queue", "train", "--if-due").code == 0
    assert "nothing was trained: 0 new labels" in desk("queue", "train", "--if-due").err
    best = desk("queue", "list", "--limit", "1", "--json").json[0]
    assert best["title"] == "又一种低功耗语音识别"
    assert best["section"] == "news"
    assert best["section_second"] == "posts"
    (why,) = desk("queue", "why", str(best["id"]), "--json").json
    assert sum(reason["points"] for reason in why["score_reasons"]) == pytest.approx(why["score"])
    assert desk("queue", "train").code == 0
    assert desk("queue", "list", "--limit", "1", "--json").json[0]["id"] == best["id"]
    assert desk("queue", "approve", str(best["id"])).code == 0
    assert desk("stats", "replay").code == 0


def test_without_scikit_learn_keywords_rank_and_it_is_said(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from aggregator.queue import training

    monkeypatch.setattr(training, "available", lambda: False)
    taught(desk, tmp_path / "past")
    assert desk("poll").code == 0
    assert len(desk("queue", "list", "--json").json) == 81
    said = desk("queue", "train")
    assert said.code == 1
    assert "aggregator[rank]" in said.err
    assert desk("stats", "evaluate").code == 1


def test_stats_tell_yields_and_what_to_add(desk: Desk, tmp_path: Path) -> None:
    taught(desk, tmp_path / "past")
    desk("poll")
    said = desk("stats")
    assert "add  没有订的号: 40 published items" in said.out
    (blog,) = desk("stats", "--json").json
    assert (blog["name"], blog["entries"], blog["printed"], blog["suggestion"]) == ("blog", 81, 40, None)


def test_stats_tell_what_to_mute(desk: Desk) -> None:
    desk.configure("/good.xml", "/poor.xml", "/huge.xml")
    for name, count in (("good", 30), ("poor", 35), ("huge", 210)):
        desk.serve(
            f"/{name}.xml", rss(*(item(n, f"{name} {n} 号", link=f"https://{name}.example.org/{n}") for n in range(count)))
        )
    desk("poll")
    ids: dict[str, list[str]] = {}
    for one in desk("queue", "list", "--json").json:
        ids.setdefault(one["source"], []).append(str(one["id"]))
    assert "mute" not in desk("stats").out
    desk("queue", "reject", *ids["poor"])
    said = desk("stats").out
    assert "mute  poor: nothing taken of 35 seen, 35 rejected" in said
    assert "mute  huge" not in said
    desk("queue", "approve", *ids["good"][:20])
    said = desk("stats").out
    assert "mute  huge: nothing taken of 210 seen, 0 rejected" in said
    assert "mute  good" not in said
    desk("undo", "2")
    assert "mute" not in desk("stats").out


def test_the_best_of_a_new_source_is_seen(desk: Desk, tmp_path: Path) -> None:
    taught(desk, tmp_path / "past")
    good = [item(500 + number, f"第{number}种低功耗语音识别芯片") for number in range(25)]
    desk.serve("/blog.xml", rss(*good))
    assert desk("poll").code == 0
    desk.configure("/blog.xml", "/other.xml")
    desk.serve("/other.xml", rss(item(9, "邻居家的周末优惠", link="https://other.example.org/9")))
    assert desk("poll").code == 0
    listed = desk("queue", "list", "--json").json
    (place, late) = next((at, one) for at, one in enumerate(listed, 1) if one["title"] == "邻居家的周末优惠")
    assert place <= 21
    (why,) = desk("queue", "why", str(late["id"]), "--json").json
    assert sum(reason["points"] for reason in why["score_reasons"]) == pytest.approx(why["score"])
