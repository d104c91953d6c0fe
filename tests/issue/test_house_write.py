"""What is written when something changed, and that everything else stays byte for byte."""

from __future__ import annotations

import difflib
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.issue import draft
from aggregator.issue.house import normal_item, parse, render
from aggregator.model import Issue, Item, Link, PastIssue, Publication

SAMPLE = Path(__file__).parent / "sample.md"


@pytest.fixture(scope="module")
def text() -> str:
    return SAMPLE.read_text("utf-8")


@pytest.fixture(scope="module")
def issue(publication: Publication, text: str) -> Issue:
    return parse(text, publication=publication, path="2024-03-05.md").issue


def changed(before: str, after: str) -> tuple[list[str], list[str]]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return [line[2:] for line in lines if line.startswith("- ")], [line[2:] for line in lines if line.startswith("+ ")]


def edited(issue: Issue, words: str, **fields: object) -> Issue:
    item = next(one for one in issue.items if words in one.title)
    return draft.replace_item(issue, replace(item, **fields))  # type: ignore[arg-type]


def test_nothing_changed(publication: Publication, issue: Issue, text: str) -> None:
    assert render(issue, publication) == text
    assert render(replace(issue, number=7, guid="x", verbatim=text), publication) == text


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_stay(publication: Publication, text: str, end: str) -> None:
    other = text.replace("\n", end)
    assert render(parse(other, publication=publication).issue, publication) == other


def test_one_title(publication: Publication, issue: Issue, text: str) -> None:
    gone, new = changed(text, render(edited(issue, "手机芯片", title="某厂的芯片"), publication))
    assert gone == ["- [某厂发布手机芯片 | 芯片观察](https://mp.weixin.qq.com/s/aaa)  "]
    assert new == ["- [某厂的芯片 | 芯片观察](https://mp.weixin.qq.com/s/aaa)  "]


def test_one_summary(publication: Publication, issue: Issue, text: str) -> None:
    gone, new = changed(text, render(edited(issue, "A Paper", summary="换了说法。"), publication))
    assert gone == ["摘要：先讲方法。  "]
    assert new == ["摘要：换了说法。  "]


def test_one_more_link(publication: Publication, issue: Issue, text: str) -> None:
    item = next(one for one in issue.items if "A Paper" in one.title)
    link = Link("演示", "demo", "https://demo.example/1")
    gone, new = changed(text, render(edited(issue, "A Paper", links=(*item.links, link)), publication))
    assert gone == []
    assert new == ["演示：<https://demo.example/1>  "]


def test_one_item_out(publication: Publication, issue: Issue, text: str) -> None:
    anchor = next(one.anchor for one in issue.items if "三段" in one.title)
    gone, new = changed(text, render(draft.remove_item(issue, anchor), publication))
    assert gone == ["- [首发 | 三段标题 | 量化实验室](https://mp.weixin.qq.com/s/ccc)  "]
    assert new == []


def test_one_item_in(publication: Publication, issue: Issue, text: str) -> None:
    item = normal_item(Item("新的 | 条目", "https://n.example/(1)", "某站", summary="一句话"), publication)
    gone, new = changed(text, render(draft.add_item(issue, item, "news", 1), publication))
    assert gone == []
    assert new == [r"- [新的 \| 条目 | 某站](<https://n.example/(1)>)  ", "摘要：一句话  "]


def test_a_moved_item_keeps_its_lines(publication: Publication, issue: Issue, text: str) -> None:
    anchor = next(one.anchor for one in issue.items if "手机芯片" in one.title)
    moved = draft.move_item(issue, anchor, "papers", 0)
    written = render(moved, publication)
    assert sorted(written.splitlines()) == sorted(text.splitlines())
    read = parse(written, publication=publication).issue
    assert read.sections[1].items[0].title == "某厂发布手机芯片"


def test_heading_lead_and_briefs(publication: Publication, issue: Issue, text: str) -> None:
    other = replace(issue, headline="换了头条", lead="本期11条。", briefs=(*issue.briefs[:2], "新的小事"))
    gone, new = changed(text, render(other, publication))
    assert new == ["# 边缘周记 (2024-03-05)：换了头条", "> 导读：本期11条。", "- 新的小事"]
    assert len(gone) == 5


def test_what_was_not_understood_is_never_lost(publication: Publication) -> None:
    text = "# 边缘周记\n\n## 论文\n\n- [甲](https://x.example)\n\n\n闲话一句。\n\n## 博文\n\n- [乙](https://y.example)\n"
    issue = parse(text, publication=publication).issue
    written = render(draft.remove_item(issue, issue.items[0].anchor), publication)
    assert "闲话一句。" in written
    assert [one.title for one in parse(written, publication=publication).issue.items] == ["乙"]


def test_past_issues_and_footer(publication: Publication, issue: Issue, text: str) -> None:
    other = replace(issue, past_issues=(PastIssue("2024-02-20", "a.md"),), footer="- 新的尾巴")
    written = render(other, publication)
    assert written.endswith(
        "## [往期回顾](https://weekly.example/archive/)\n\n- [2024-02-20](a.md)\n\n----\n\n- 新的尾巴\n"
    ) or written.rstrip("\n").endswith("- 新的尾巴")
    assert parse(written, publication=publication).issue.past_issues == other.past_issues


def test_safe_forms(publication: Publication) -> None:
    item = Item("10~100倍 {{ x }} <T> `a|b`", "https://x.example/", summary="见https://a.example/b，好\n## 不是标题\n1. 列表")
    written = render(Issue("draft", name="边缘周记", sections=draft.new_draft(publication).sections[:0]), publication)
    assert written.startswith("---\nlayout: default\n---\n\n# 边缘周记\n")
    issue = draft.add_item(draft.new_draft(publication), normal_item(item, publication), "papers")
    lines = render(issue, publication).splitlines()
    assert r"- [10\~100倍 &#123;{ x }} &lt;T> a\|b](https://x.example/)  " in lines
    assert "摘要：见<https://a.example/b>，好  " in lines
    assert r"\## 不是标题  " in lines
    assert "    1. 列表  " in lines


def test_a_line_of_its_own_is_no_table(publication: Publication) -> None:
    issue = draft.add_item(draft.new_draft(publication), Item("甲", "https://x.example", "乙"), "news")
    assert "- [甲 ｜ 乙](https://x.example)" in render(issue, publication)


def test_a_table_of_past_issues(english: Publication) -> None:
    days = ["2024-02-20", "2024-02-06", "2023-12-01"]
    issue = Issue("draft", name="Edge Weekly", past_issues=tuple(PastIssue(day, f"{day}.md") for day in days))
    written = render(issue, english)
    assert "| 2 | 0 | 2 | 4 |\n|:---:|:---:|:---:|:---:|\n| [2024-02-20](2024-02-20.md) |" in written
    assert parse(written, publication=english).issue.past_issues == issue.past_issues
