"""The draft: items from candidates, moves, what is filled in, and the stamp."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from aggregator.errors import IssueError
from aggregator.issue import draft
from aggregator.issue.check import check
from aggregator.issue.house import normal_item, parse, render
from aggregator.issue.house.normal import meaning
from aggregator.model import Candidate, Issue, IssueStatus, Item, Link, PastIssue, Publication, Severity, Status


def candidate(**fields: object) -> Candidate:
    values: dict[str, object] = {
        "id": 5,
        "status": Status.APPROVED,
        "title": "某厂发布芯片",
        "title_raw": "某厂发布芯片",
        "url": "https://mp.weixin.qq.com/s/abc",
        "canonical_url": None,
        "section": "news",
        "section_confidence": 0.9,
        "score": 1.0,
        "source": "芯片观察",
        "summary": "芯片很快。",
    }
    return Candidate(**(values | fields))  # type: ignore[arg-type]


def filled(publication: Publication, *names: str) -> Issue:
    issue = draft.new_draft(publication)
    for section in names:
        url = f"https://x.example/{len(issue.items)}"
        issue = draft.add_item(
            issue, Item(f"条目{len(issue.items)}", url, summary=f"第{len(issue.items)}条说的是一件事"), section
        )
    return issue


def test_an_item_from_an_article(publication: Publication) -> None:
    item = draft.item_from(candidate(), publication)
    assert (item.title, item.source, item.summary, item.candidate_id) == ("某厂发布芯片", "芯片观察", "芯片很快。", 5)
    assert item.untouched == ("title", "source", "summary")
    assert item.title_raw == "某厂发布芯片"


def test_an_item_leads_to_the_page_without_the_marks_of_the_way_it_came(publication: Publication) -> None:
    links = (Link("", "doc", "https://a.example/doc?utm_campaign=x"),)
    one = candidate(url="https://a.example/p?id=7&utm_source=rss&utm_medium=rss#part", links=links)
    item = draft.item_from(one, publication)
    assert item.url == "https://a.example/p?id=7#part"
    assert [link.url for link in item.links] == ["https://a.example/doc"]
    assert draft.item_from(candidate(url="http://a.example/p/?b=2&a=1"), publication).url == "http://a.example/p/?b=2&a=1"


@pytest.mark.parametrize(
    ("summary", "printed"),
    [
        ("Phones learn to see.\nThe post Phones that see appeared first on Some Site.", "Phones learn to see."),
        ("Phones learn to see and then … Continue reading Phones that see", "Phones learn to see and then …"),
        ("Phones learn to see and ... Read more", "Phones learn to see and …"),
        ("The post office appeared first on our map.\nIt is old.", "The post office appeared first on our map.\nIt is old."),
        ("The post office appeared first on our map.", "The post office appeared first on our map."),
        ("There is more to read. Read more books.", "There is more to read. Read more books."),
    ],
)
def test_a_summary_ends_before_the_way_to_the_rest(english: Publication, summary: str, printed: str) -> None:
    item = draft.item_from(candidate(summary=summary), english)
    assert [line.rstrip() for line in item.summary.split("\n")] == printed.split("\n")


def test_a_title_the_editor_changed_is_touched(publication: Publication) -> None:
    item = draft.item_from(candidate(title="某厂的新芯片"), publication)
    assert (item.title, item.title_raw) == ("某厂的新芯片", "某厂发布芯片")
    assert "title" not in item.untouched


def test_an_item_from_a_paper(publication: Publication) -> None:
    links = (Link("", "code", "https://github.com/lab/net"), Link("", "paper", "https://arxiv.org/pdf/2401.00001v2"))
    one = candidate(
        title="A Net | for_All [v2]",
        url="https://arxiv.org/abs/2401.00001",
        section="papers",
        source="arXiv",
        links=links,
        tags=("CVPR 2024",),
    )
    item = draft.item_from(one, publication)
    assert item.title == r"A Net \| for_All \[v2\]"
    assert (item.source, item.tags) == ("", ("2401.00001", "CVPR2024"))
    assert item.links == (Link("代码", "code", "https://github.com/lab/net"),)


def test_an_item_from_a_repository(publication: Publication) -> None:
    item = draft.item_from(candidate(title="A fast net", url="https://github.com/lab/net", section="projects"), publication)
    assert (item.title, item.source, item.links) == ("lab/net：A fast net", "", ())
    named = draft.item_from(candidate(title="Lab/Net: fast", url="https://github.com/lab/net", section="projects"), publication)
    assert named.title == "Lab/Net: fast"


def test_an_article_about_a_repository_gets_the_project_link(publication: Publication) -> None:
    one = candidate(section="projects", links=(Link("", "code", "https://github.com/lab/net"),))
    item = draft.item_from(one, publication)
    assert item.title == "lab/net：某厂发布芯片"
    assert item.links == (Link("项目", "code", "https://github.com/lab/net"),)


def test_hostile_titles_stay_one_line_of_text(publication: Publication) -> None:
    item = draft.item_from(candidate(title="{% raw %}<script>\n`x` ](y)", summary="## 标题\n{{ x }}"), publication)
    issue = draft.add_item(draft.new_draft(publication), item, "news")
    text = render(issue, publication)
    read = parse(text, publication=publication).issue
    assert [one.title for one in read.items] == [item.title]
    assert read.items[0].url == "https://mp.weixin.qq.com/s/abc"
    assert "<script" not in text
    assert "{%" not in text


def test_items_are_normal_when_made(publication: Publication) -> None:
    item = draft.item_from(candidate(title="甲｜乙 丨 丙", summary="看 https://a.example/ 。\n1. 一\n2. 二"), publication)
    assert normal_item(item, publication) == item


def test_moves(publication: Publication) -> None:
    issue = filled(publication, "news", "news", "papers")
    first, second, third = issue.items
    assert len({item.anchor for item in issue.items}) == 3
    moved = draft.move_item(issue, first.anchor, "papers", 0)
    assert [item.title for item in moved.items] == [second.title, first.title, third.title]
    assert draft.move_item(issue, second.anchor, "news") == issue
    assert [item.title for item in draft.remove_item(issue, second.anchor).items] == [first.title, third.title]
    renamed = draft.replace_item(issue, replace(second, title="别名"))
    assert [item.title for item in renamed.items] == [first.title, "别名", third.title]
    assert draft.add_item(issue, first, "news").items[2].anchor == f"{first.anchor}-2"


def test_an_item_that_is_not_there(publication: Publication) -> None:
    with pytest.raises(IssueError, match="no item nothing") as raised:
        draft.remove_item(filled(publication, "news"), "nothing")
    assert raised.value.fix


def test_carried_items_begin_the_next_draft(publication: Publication) -> None:
    item = replace(filled(publication, "news").items[0], id=9)
    carried = draft.new_draft(publication, [("posts", item)])
    assert [(part.slug, len(part.items)) for part in carried.sections if part.items] == [("posts", 1)]
    assert carried.items[0].id is None


def test_the_lead_counts_and_names_every_item(publication: Publication) -> None:
    issue = filled(publication, "news", "papers", "news")
    lead = draft.prefill(issue, publication).lead
    assert lead == "本期3条。「新闻」条目0，条目2。\n「论文」条目1。"
    assert draft.prefill(filled(publication), publication).lead == ""


def test_headline_from_stars_and_opener_with_briefs(publication: Publication) -> None:
    issue = filled(publication, "news", "papers")
    star = draft.replace_item(issue, replace(issue.items[1], title="lab/net：轻量网络开源，速度快", starred=True))
    assert draft.prefill(star, publication).headline == "net：轻量网络开源"
    assert draft.prefill(star, publication).opener == ""
    assert draft.prefill(replace(star, briefs=("一件小事",)), publication).opener == publication.profile.opener


def test_what_the_editor_wrote_is_not_filled_in(publication: Publication) -> None:
    issue = replace(filled(publication, "news"), lead="自己写的", untouched=("headline", "opener"))
    assert draft.prefill(issue, publication).lead == "自己写的"


def test_prefilling_twice_changes_nothing(publication: Publication) -> None:
    once = draft.prefill(filled(publication, "news", "papers"), publication)
    assert draft.prefill(once, publication) == once
    read = parse(render(once, publication), publication=publication).issue
    assert meaning(read) == meaning(once)


def test_an_english_lead(english: Publication) -> None:
    issue = draft.add_item(draft.new_draft(english), Item("A net: small and quick", "https://x.example"), "news")
    assert draft.prefill(issue, english).lead.endswith("A net: small and quick.")


def stamped(issue: Issue, publication: Publication) -> Issue:
    return draft.stamp(
        issue,
        publication,
        date=date(2024, 3, 5),
        number=12,
        past=[PastIssue("2024-02-20", "https://weekly.example/issues/2024-02-20/")],
        now=datetime(2024, 3, 5, 1, 2, tzinfo=UTC),
        guid="https://weekly.example/issues/2024-03-05/",
    )


def test_the_stamp(publication: Publication) -> None:
    issue = stamped(draft.prefill(filled(publication, "news"), publication), publication)
    assert (issue.slug, issue.number, issue.status) == ("2024-03-05", 12, IssueStatus.PUBLISHED)
    assert [part.slug for part in issue.sections] == ["news"]
    text = render(issue, publication)
    assert "# 边缘周记 (2024-03-05)\n" in text
    assert "- [2024-02-20](https://weekly.example/issues/2024-02-20/)" in text
    findings = check(issue, publication, text, path="x.md", archive=())
    assert [one for one in findings if one.severity is Severity.ERROR] == []


def test_the_stamp_reaches_a_text_that_the_editor_typed(publication: Publication) -> None:
    issue = draft.prefill(filled(publication, "news"), publication)
    typed = render(issue, publication).replace("# 边缘周记", "# 边缘周记：自己的头条").replace("条目0", "**条目0**")
    taken = draft.take_over(issue, parse(typed, publication=publication).issue)
    text = render(stamped(taken, publication), publication)
    assert "# 边缘周记 (2024-03-05)：自己的头条\n" in text
    assert "**条目0**" in text
    assert "## 论文" not in text
