"""How a title reads in the lead."""

from __future__ import annotations

import pytest

from aggregator.issue.fixing import fixed
from aggregator.issue.mistakes_punctuation import full_width
from aggregator.issue.phrase import phrase
from aggregator.model import Finding, Item, Severity


@pytest.mark.parametrize(
    ("title", "gist"),
    [
        ("短标题", "短标题"),
        ("【独家】某厂发布新芯片", "某厂发布新芯片"),
        ("重磅！某厂发布新一代旗舰芯片，性能提升三成，功耗更低", "某厂发布新一代旗舰芯片"),
        ("第三讲：卷积的快速算法与实现", "卷积的快速算法与实现"),
        ("七，从头写一个推理框架的编译器", "从头写一个推理框架的编译器"),
        ("深度 \\| 端侧推理的十年回顾与展望", "端侧推理的十年回顾与展望"),
        ("端侧推理的十年回顾与展望丨某专栏", "端侧推理的十年回顾与展望"),
        ("lab/tinynet：手机上的超轻量网络", "tinynet：手机上的超轻量网络"),
        ("lab/tinynet: tinynet is small", "tinynet is small"),
        ("lab/tinynet", "lab/tinynet"),
        ("小网络实践系列之——某模型，以模块替换压缩", "小网络实践系列之——某模型"),
        ("某厂推出三款平台460，662，720以满足对低价手机的需求", "某厂推出三款平台460，662，720以满足对低价手机的需求"),
        ("某厂又来了：新一代深度学习推理框架正式发布并且开源了", "新一代深度学习推理框架正式发布并且开源了"),
        ("**加粗**的[链接](https://a.example)标题", "加粗的链接标题"),
        ("手机跑大模型（附代码）", "手机跑大模型"),
        ("A small net for phones. It runs on anything you own", "A small net for phones"),
        ("'Nobody Ever Reads These Terms:' Inside a Long Study of Contracts and Consent", "'Nobody Ever Reads These Terms'"),
        ("The workers' new union: what it wants from the owners of the small factories", "The workers' new union"),
        ("", ""),
    ],
)
def test_the_gist_of_a_title(title: str, gist: str) -> None:
    assert phrase(Item(title)) == gist


@pytest.mark.parametrize("marks", ['""', "''", "“”", "‘’"])
def test_a_phrase_never_leaves_a_quote_open(marks: str) -> None:
    said = f"{marks[0]}It was never about the money,{marks[1]} says the founder of a firm that had to close its doors"
    assert phrase(Item(said)).count(marks[1]) == said.count(marks[1])


def test_a_phrase_never_ends_inside_a_word_or_a_quote() -> None:
    long = "某公司“" + "很长的名字" * 12 + "”发布了产品"
    assert phrase(Item(long)).endswith("…")
    title = "An exceptionally long headline without any mark at all which goes on and on for ever and ever and more"
    assert f"{title} ".startswith(phrase(Item(title)) + " ")


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("好,很好;对!真的?是:对", "好，很好；对！真的？是：对"),
        ("见 https://a.example/好,很好 和 `好,很`", "见 https://a.example/好,很好 和 `好,很`"),
        ("[题,目](https://a.example/好,x)", "[题，目](https://a.example/好,x)"),
        ("用A,B和10,000", "用A,B和10,000"),
    ],
)
def test_full_width_punctuation(line: str, mended: str) -> None:
    assert full_width(line) == mended
    assert full_width(mended) == mended


def test_only_what_is_certain_is_mended() -> None:
    text = "> 导读：本期9条。\r\n。\r\n{{ x }} <T>\r\n"
    found = [
        Finding("C102", Severity.ERROR, "the lead says 9 items, the issue has 2", line=1, fix="本期2条"),
        Finding("C404", Severity.WARNING, "", line=2),
        Finding("C402", Severity.ERROR, "", line=3),
        Finding("C405", Severity.WARNING, "", line=3, fix="&lt;T>"),
        Finding("C201", Severity.ERROR, "", line=3),
    ]
    assert fixed(text, found) == "> 导读：本期2条。\r\n&#123;{ x }} &lt;T>\r\n"
