"""What the reader makes of the regular and the irregular forms."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aggregator.issue.house import parse
from aggregator.model import Issue, Item, Link, PastIssue, Publication

SAMPLE = Path(__file__).parent / "sample.md"


@pytest.fixture(scope="module")
def issue(publication: Publication) -> Issue:
    return parse(SAMPLE.read_text("utf-8"), publication=publication, path="sample.md").issue


def item(issue: Issue, words: str) -> Item:
    return next(one for one in issue.items if words in one.title)


def test_the_top(issue: Issue) -> None:
    assert (issue.name, issue.date, issue.headline) == ("边缘周记", date(2024, 3, 5), "端侧模型/新编译器")
    assert issue.slug == "2024-03-05"
    assert issue.number is None
    assert issue.guid == ""
    assert issue.tagline == "小设备上的大模型"
    assert issue.lead == "本期11条。「新闻」某厂发布新芯片。\n「论文」两篇量化。"
    assert issue.opener == "先说几件小事："
    assert issue.briefs == (
        "某公司：**完成融资**；",
        "另一家：推迟发布；",
        "[第三家](https://news.example/3)开了大会\n会上没有新品。",
    )
    notes = ("<font>注：手机上打开更方便</font>", "注：打不开的链接请点原文", "注：打不开的链接请点原文")
    assert issue.notes == notes


def test_the_sections(issue: Issue) -> None:
    assert [(part.name, part.slug, len(part.items)) for part in issue.sections] == [
        ("业界新闻", "news", 4),
        ("论文", "papers", 2),
        ("开源项目", "projects", 2),
        ("应用", "", 1),
    ]
    assert issue.sections[2].note == "注：前缀是仓库名。"


def test_the_end(issue: Issue) -> None:
    assert issue.past_issues == (PastIssue("2024-02-20", "../2024-02-20.md"), PastIssue("2024-02-06", "../2024-02-06.md"))
    assert issue.footer == "- 微信: edge\n- 主页: https://weekly.example/"


def test_summary_with_a_nested_list(issue: Issue) -> None:
    one = item(issue, "手机芯片")
    assert (one.source, one.url) == ("芯片观察", "https://mp.weixin.qq.com/s/aaa")
    assert one.summary == "这颗芯片用了新工艺。\n性能提升两成：\n- 大核更大\n- 小核更省电"


def test_bars(issue: Issue) -> None:
    assert (item(issue, "没有空格").title, item(issue, "没有空格").source) == ("标题丨没有空格的竖线", "深度媒体")
    assert (item(issue, "三段").title, item(issue, "三段").source) == ("首发 | 三段标题", "量化实验室")
    assert (item(issue, "小工具").title, item(issue, "小工具").source) == ("owner/repo：一个小工具", "极客社区")


def test_summary_label_without_colon(issue: Issue) -> None:
    assert item(issue, "没有空格").summary == "没有冒号的一段话。"


def test_item_without_link_and_summary_that_is_only_a_url(issue: Issue) -> None:
    one = item(issue, "没有链接")
    assert (one.url, one.source, one.summary, one.links) == (None, "某站", "https://site.example/only-url", ())


def test_tags_labels_and_a_url_on_the_line_after_its_label(issue: Issue) -> None:
    one = item(issue, "A Paper")
    assert one.tags == ("1911.05289v2", "CVPR2020")
    assert one.title == "A Paper With [Brackets] Inside"
    assert one.links == (
        Link("标题：An English Name", "text", ""),
        Link("代码", "code", "https://github.com/lab/paper"),
        Link("模型代码地址", "code", "https://github.com/lab/model"),
    )
    assert one.summary == "先讲方法。"


def test_tag_inside_the_title_trailing_link_and_two_links_in_one_line(issue: Issue) -> None:
    one = item(issue, "标签写进")
    assert (one.tags, one.title) == (("2001.00001",), "标签写进了方括号")
    assert [(link.label, link.url) for link in one.links] == [
        ("解读", "https://mp.weixin.qq.com/s/ddd"),
        ("论文", "https://a.example/p.pdf"),
        ("代码", "https://b.example/c"),
        ("演示页面", "https://demo.example/x"),
    ]
    assert one.summary == "列表掉到了行首：\n1. 第一点"


def test_broken_items_are_read_and_reported(publication: Publication, issue: Issue) -> None:
    assert item(issue, "小工具").url is None
    broken = item(issue, "没有关上")
    assert (broken.title, broken.source, broken.url, broken.summary) == ("没有关上的方括号", "", None, "后面是它的正文。")
    findings = parse(SAMPLE.read_text("utf-8"), publication=publication, path="sample.md").findings
    assert ("C004", "sample.md", broken.line) in [(one.code, one.path, one.line) for one in findings]


def test_an_image_and_a_bold_line_belong_to_the_summary(issue: Issue) -> None:
    assert item(issue, "额外").summary == "![图](https://app.example/i.png)\n**加粗开头**的一行不是列表。"


@pytest.mark.parametrize(
    ("line", "title", "source", "url"),
    [
        ("- [甲（上）| 乙](https://x.example)", "甲（上）", "乙", "https://x.example"),
        ("- [甲](https://x.example/a_(b)) | 乙", "甲", "乙", "https://x.example/a_(b)"),
        ("- [甲](<https://x.example/a b>)", "甲", "", "https://x.example/a b"),
        ("- [甲 | 乙](https://x.example/a b)", "甲", "乙", "https://x.example/a b"),
        ("- [甲 [乙 | 丙](https://x.example)", "甲 [乙", "丙", "https://x.example"),
        ("- [新作 | 网络 | 它的时代已经到来了](https://x.example)", "新作 | 网络 | 它的时代已经到来了", "", "https://x.example"),
        (r"- [甲 \| 乙](https://x.example)", r"甲 \| 乙", "", "https://x.example"),
        ("- 甲 | [乙](https://x.example)", "甲", "乙", "https://x.example"),
        ("- [甲]", "甲", "", None),
        ("- [](https://x.example)", "", "", "https://x.example"),
    ],
)
def test_first_lines(publication: Publication, line: str, title: str, source: str, url: str | None) -> None:
    (one,) = parse(f"# 边缘周记\n\n## 论文\n\n{line}\n", publication=publication).issue.items
    assert (one.title, one.source, one.url) == (title, source, url)


def test_an_empty_section_and_its_mark(publication: Publication) -> None:
    read = parse("# 边缘周记\n\n## 论文\n\n无\n\n## 博文\n", publication=publication).issue
    assert [(part.name, part.note, part.items) for part in read.sections] == [("论文", "无", ()), ("博文", "", ())]


def test_items_without_a_section_heading(publication: Publication) -> None:
    text = "# 边缘周记\n\n- [甲 | 乙](https://x.example)\n摘要：丙\n"
    parsed = parse(text, publication=publication)
    assert [one.title for one in parsed.issue.items] == ["甲"]
    assert [(one.code, one.line) for one in parsed.findings] == [("C005", 3)]


def test_what_nobody_understands_is_reported_with_its_line(publication: Publication) -> None:
    text = "# 边缘周记\n\n## 论文\n\n- [甲](https://x.example)\n\n\n文末的闲话。\n\n----\n\n尾\n"
    parsed = parse(text, publication=publication, path="a.md")
    assert [(one.code, one.path, one.line) for one in parsed.findings] == [("C002", "a.md", 8)]
    assert parsed.issue.items[0].summary == ""


def test_anchors_are_unique_and_the_same_every_time(publication: Publication) -> None:
    text = "# 边缘周记\n\n## 论文\n\n- [甲](https://x.example)\n- [乙](https://x.example)\n- 丙\n"
    first, again = (parse(text, publication=publication).issue.items for _ in range(2))
    assert [one.anchor for one in first] == [one.anchor for one in again]
    assert first[1].anchor == f"{first[0].anchor}-2"
    assert len({one.anchor for one in first}) == len(first)


def test_the_file_name_dates_an_issue_without_a_dated_heading(publication: Publication) -> None:
    read = parse("# 边缘周记\n", publication=publication, path="past/2020-02-03.md").issue
    assert (read.date, read.slug) == (date(2020, 2, 3), "2020-02-03")


def test_code_is_no_structure(publication: Publication) -> None:
    text = "# 边缘周记\n\n## 论文\n\n- [甲](https://x.example)  \n摘要：看代码\n    ```\n    # 不是标题\n- 不是条目\n    ```\n"
    (one,) = parse(text, publication=publication).issue.items
    assert one.summary == "看代码\n```\n# 不是标题\n- 不是条目\n```"


def test_links_in_the_footer_and_rules_between_items(publication: Publication) -> None:
    text = "# 边缘周记\n\n## 论文\n\n- [甲](https://x.example)\n\n----\n\n- [乙](https://y.example)\n摘要：丙\n\n----\n\n- [主页](https://z.example)\n"
    read = parse(text, publication=publication).issue
    assert [one.title for one in read.items] == ["甲", "乙"]
    assert read.footer == "- [主页](https://z.example)"
