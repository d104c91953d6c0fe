"""Issues that are no Markdown."""

from __future__ import annotations

from datetime import date

from aggregator.issue.house import parse, render
from aggregator.model import Publication

PAGE = """边缘周记 (2023-01-02)

小设备上的大模型

业界新闻

  • 某厂发布芯片,功耗更低 | 芯片观察
    摘要:第一段。
    第二段。

论文

  • [1911.05289] A Paper About Something
    摘要:讲了三件事:
  1. 甲
  2. 乙
    代码:https://github.com/lab/paper

开源项目

博文

  • 一篇博文 | 某站
    摘要:好文。

往期回顾


微信: edge

2023-01-16@周记 上一篇
"""

FLAT = """layout |
---|
default |
小设备上的大模型
导读:本期5条。「新闻」有两条。
「论文」有一条。
- 新闻甲 | 芯片观察
摘要:第一段。
第二段。 - 新闻乙 | 某站
地址:https://github.com/a/b
摘要:要点如下:- 其一;
- 其二。 之后还有话。
- 新闻丙 | 某站
摘要:一句。
- [CVPR2020] 论文甲 | 量化社
摘要:方法。
注:前缀是仓库名
- owner/one: a tool
摘要:This is a tool. - owner/two: another tool
摘要:This is another.
"""


def test_a_page_copied_as_text(publication: Publication) -> None:
    parsed = parse(PAGE, publication=publication, path="seed.txt")
    issue = parsed.issue
    assert (issue.name, issue.date, issue.tagline) == ("边缘周记", date(2023, 1, 2), "小设备上的大模型")
    assert [(part.slug, len(part.items)) for part in issue.sections] == [
        ("news", 1),
        ("papers", 1),
        ("projects", 0),
        ("posts", 1),
    ]
    news, paper, _ = issue.items
    assert (news.title, news.source, news.summary, news.line) == ("某厂发布芯片,功耗更低", "芯片观察", "第一段。\n第二段。", 7)
    assert (paper.tags, paper.title) == (("1911.05289",), "A Paper About Something")
    assert paper.summary == "讲了三件事:\n1. 甲\n2. 乙"
    assert [link.url for link in paper.links] == ["https://github.com/lab/paper"]
    assert issue.footer == "微信: edge\n\n2023-01-16@周记 上一篇"
    assert render(issue, publication) == PAGE


def test_flattened_html(publication: Publication) -> None:
    parsed = parse(FLAT, publication=publication, path="seed.txt")
    issue = parsed.issue
    assert issue.tagline == "小设备上的大模型"
    assert issue.lead == "本期5条。「新闻」有两条。\n「论文」有一条。"
    assert [(part.slug, [one.title for one in part.items]) for part in issue.sections] == [
        ("news", ["新闻甲", "新闻乙", "新闻丙"]),
        ("papers", ["论文甲"]),
        ("projects", ["owner/one: a tool", "owner/two: another tool"]),
    ]
    first, second, *_ = issue.items
    assert first.summary == "第一段。\n第二段。"
    assert second.summary == "要点如下:\n- 其一;\n- 其二。\n之后还有话。"
    guesses = [one.line for one in parsed.findings if one.code == "C005"]
    assert guesses == [7, 15, 18]
    assert render(issue, publication) == FLAT
