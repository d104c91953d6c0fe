"""An edited text and a move list, taken over into the stored issue."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aggregator.errors import IssueError
from aggregator.issue import draft
from aggregator.issue.house import parse, render
from aggregator.model import Issue, Item, Link, Publication


@pytest.fixture
def issue(publication: Publication) -> Issue:
    made = draft.new_draft(publication)
    for number, (section, title) in enumerate([("news", "新闻一"), ("news", "新闻二"), ("papers", "论文一")], 1):
        item = Item(
            title,
            f"https://x.example/{number}",
            "某站",
            links=(Link("代码", "project", f"https://lab.github.io/{number}"),),
            summary=f"{title}说的是一件很长的事情。",
            id=number,
            candidate_id=number * 10,
            title_raw=f"原题{number}",
            untouched=("title", "summary"),
        )
        made = draft.add_item(made, item, section)
    return draft.prefill(made, publication)


def taken(issue: Issue, publication: Publication, *swaps: tuple[str, str]) -> Issue:
    text = render(issue, publication)
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return draft.take_over(issue, parse(text, publication=publication).issue)


def test_an_edit_that_changes_nothing(publication: Publication, issue: Issue) -> None:
    after = taken(issue, publication)
    assert replace(after, verbatim="", sections=()) == replace(issue, sections=())
    assert [replace(item, line=None) for item in after.items] == list(issue.items)
    assert draft.changes(issue, after) == ()


def test_a_new_title_keeps_what_the_item_is(publication: Publication, issue: Issue) -> None:
    after = taken(issue, publication, ("[新闻一 ", "[改过的题目 "))
    item = after.items[0]
    assert (item.title, item.id, item.candidate_id, item.title_raw) == ("改过的题目", 1, 10, "原题1")
    assert item.anchor == issue.items[0].anchor
    assert item.untouched == ("summary",)
    assert item.links[0].role == "project"
    assert [(one.kind, one.before, one.after) for one in draft.changes(issue, after)] == [("title", "新闻一", "改过的题目")]


def test_a_new_address_is_still_the_item(publication: Publication, issue: Issue) -> None:
    after = taken(issue, publication, ("https://x.example/2", "https://y.example/other"))
    assert (after.items[1].id, after.items[1].url) == (2, "https://y.example/other")


def test_title_and_address_changed_in_place(publication: Publication, issue: Issue) -> None:
    after = taken(issue, publication, ("[新闻二 | 某站](https://x.example/2)", "[换了题 | 别站](https://z.example/)"))
    assert after.items[1].id == 2


def test_another_item_in_the_same_place_is_new(publication: Publication, issue: Issue) -> None:
    after = taken(
        issue,
        publication,
        ("[新闻二 | 某站](https://x.example/2)", "[毫不相干 | 别站](https://z.example/)"),
        ("新闻二说的是一件很长的事情。", "完全是另一回事。"),
        ("https://lab.github.io/2", "https://lab.github.io/9"),
    )
    assert (after.items[1].id, after.items[1].candidate_id) == (None, None)
    assert after.items[1].anchor
    assert [one.kind for one in draft.changes(issue, after)] == ["removed", "added"]


def test_order_and_section(publication: Publication, issue: Issue) -> None:
    text = render(issue, publication)
    start, middle = text.index("- [新闻一"), text.index("- [新闻二")
    block = text[start:middle]
    text = text.replace(block, "").replace("- [论文一", f"{block}- [论文一")
    after = draft.take_over(issue, parse(text, publication=publication).issue)
    assert [(part.slug, [item.id for item in part.items]) for part in after.sections] == [
        ("news", [2]),
        ("papers", [1, 3]),
        ("projects", []),
        ("posts", []),
    ]
    assert [one.kind for one in draft.changes(issue, after)] == ["moved"]


def test_a_pasted_item_and_a_deleted_one(publication: Publication, issue: Issue) -> None:
    text = render(issue, publication)
    start = text.index("- [新闻二")
    text = text[:start] + "- [贴进来的](https://new.example/)\n" + text[text.index("\n\n## 论文") :]
    after = draft.take_over(issue, parse(text, publication=publication).issue)
    assert [(item.title, item.id) for item in after.items] == [("新闻一", 1), ("贴进来的", None), ("论文一", 3)]


def test_a_touched_lead_is_the_editors(publication: Publication, issue: Issue) -> None:
    after = taken(issue, publication, ("本期3条。", "这次有3条。"))
    assert after.lead.startswith("这次有3条。")
    assert "lead" not in after.untouched
    assert "headline" in after.untouched


def test_a_deleted_heading_leaves_the_draft_its_section(publication: Publication, issue: Issue) -> None:
    text = render(issue, publication)
    text = text[: text.index("## 论文")] + text[text.index("## 开源项目") :]
    after = draft.take_over(issue, parse(text, publication=publication).issue)
    assert [part.slug for part in after.sections] == ["news", "papers", "projects", "posts"]
    assert [item.id for item in after.items] == [1, 2]


def test_an_unchanged_move_list(publication: Publication, issue: Issue) -> None:
    text = draft.outline(issue)
    assert f"papers      {issue.items[2].anchor}  论文一\n" in text
    assert draft.apply_outline(issue, text, publication) == issue


def test_a_move_list(publication: Publication, issue: Issue) -> None:
    first, second, third = issue.items
    text = f"papers {third.anchor} x\npapers {first.anchor[:6]} * 新闻一\n"
    after = draft.apply_outline(issue, text, publication)
    assert [(item.id, item.starred) for item in after.items] == [(3, False), (1, True)]
    assert second not in after.items


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("paper {0} x", "did you mean `papers`"),
        ("news 0000000000 x", "there is no item"),
        ("news", "is no item"),
        ("news {0} x\nnews {0} y", "stands here and on line 2"),
    ],
)
def test_a_wrong_move_list_names_its_line(publication: Publication, issue: Issue, line: str, words: str) -> None:
    text = "# Anmerkung\n" + line.format(issue.items[0].anchor)
    with pytest.raises(IssueError) as raised:
        draft.apply_outline(issue, text, publication)
    assert words in f"{raised.value} {raised.value.fix}"
    assert raised.value.place
    assert raised.value.place.line == text.count("\n") + 1


def test_an_empty_move_list_takes_nothing_out(publication: Publication, issue: Issue) -> None:
    with pytest.raises(IssueError, match="empty"):
        draft.apply_outline(issue, "# nothing\n", publication)
