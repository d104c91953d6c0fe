"""Every mistake is found, and a clean issue is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aggregator.issue.check import check
from aggregator.issue.house import parse
from aggregator.model import Finding, Issue, Item, Publication, Severity

CLEAN = (Path(__file__).parent / "clean.md").read_text("utf-8")
PAST = Issue("2024-02-20", date(2024, 2, 20))


def found(text: str, publication: Publication, archive: tuple[Issue, ...] = (PAST,)) -> tuple[Finding, ...]:
    issue = parse(text, publication=publication, path="a.md").issue
    return check(issue, publication, text, path="a.md", archive=archive)


def test_a_clean_issue(publication: Publication) -> None:
    assert found(CLEAN, publication) == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "severity"),
    [
        ("> 导读：本期3条。「新闻」某厂发布芯片。", "> 导读：", "C101", "error"),
        ("本期3条", "本期5条", "C102", "error"),
        ("「新闻」某厂发布芯片。", "「新闻」；「论文」。", "C103", "error"),
        ("另一家公司推迟了发布会", "某公司完成了新一轮融资", "C105", "error"),
        ("[2024-02-20](2024-02-20.md)", "[2024-02-29](2024-02-29.md)", "C111", "warning"),
        ("[某厂发布芯片 | 芯片观察](https://mp.weixin.qq.com/s/abc)", "某厂发布芯片 | 芯片观察", "C201", "error"),
        ("](https://mp.weixin.qq.com/s/abc)", "]()", "C202", "error"),
        ("摘要：这颗芯片用了最新的工艺，性能提升了两成。  \n", "", "C203", "warning"),
        ("https://arxiv.org/abs/1911.05289v2", "https://mp.weixin.qq.com/s/abc", "C204", "error"),
        ("https://mp.weixin.qq.com/s/def", "https://mp.weixin.qq.com/s/abc", "C204", "warning"),
        ("arxiv.org/abs/1911.05289v2", "arxiv.org/abs/1911.05280", "C205", "error"),
        ("论文提出了一种新的方法，在小设备上也能跑大模型。", "这颗芯片用了最新的工艺，性能提升了两成。", "C206", "error"),
        (
            "https://mp.weixin.qq.com/s/def)  \n项目：https://github.com/Lab/Net",
            "https://github.com/other/net)  ",
            "C207",
            "error",
        ),
        ("项目：https://github.com/Lab/Net  \n", "", "C208", "warning"),
        ("某厂发布芯片 |", "《某厂发布芯片 |", "C209", "error"),
        ("[某厂发布芯片 | 芯片观察]", "[[某厂发布芯片 | 芯片观察]", "C004", "error"),
        ("能跑大模型。  \n", "能跑大模型。  \n摘要：又一段。  \n", "C211", "warning"),
        ("/s/abc", "/s?src=11&timestamp=1559182721&ver=1&signature=abc*d", "C301", "error"),
        ("/s/abc", "/s/abc?scene=25#wechat_redirect", "C302", "warning"),
        ("https://github.com/lab/paper", "https://github.com/lab/paper?utm_source=x", "C302", "warning"),
        ("https://arxiv.org", "http://arxiv.org", "C303", "warning"),
        ("https://mp.weixin.qq.com/s/abc", "javascript:alert(1)", "C304", "error"),
        ("最新的工艺", "最新\u202e的工艺", "C401", "error"),
        ("最新的工艺", "最新\x07的工艺", "C401", "error"),
        ("最新的工艺", "最新\u200b的工艺", "C401", "warning"),
        ("最新的工艺", "最新的 {{ x }} 工艺", "C402", "error"),
        ("最新的工艺", "最新的 `{% raw %}` 工艺", "C402", "error"),
        ("最新的工艺", "最新的 <script>x</script> 工艺", "C403", "error"),
        ("最新的工艺", "最新的 <img src=x onerror='y'> 工艺", "C403", "error"),
        ("最新的工艺", "最新的 <T> 工艺", "C405", "warning"),
        ("性能提升了两成。  \n", "性能提升了两成  \n。\n", "C404", "warning"),
        ("\n## 往期回顾", "\n忘了删掉的一段话\n\n## 往期回顾", "C002", "warning"),
    ],
)
def test_a_mistake(publication: Publication, old: str, new: str, code: str, severity: str) -> None:
    assert old in CLEAN
    findings = found(CLEAN.replace(old, new, 1) if code != "C105" else CLEAN.replace(old, new), publication)
    assert (code, severity) in [(one.code, one.severity.value) for one in findings]
    assert all(one.path == "a.md" and one.line for one in findings)


def test_the_line_and_the_fix(publication: Publication) -> None:
    (count,) = found(CLEAN.replace("本期3条", "本期5条"), publication)
    assert (count.line, count.fix) == (9, "本期3条。")
    (link,) = found(CLEAN.replace("/s/abc", "/s/abc?scene=25"), publication)
    assert (link.line, link.fix) == (18, "https://mp.weixin.qq.com/s/abc")


def test_an_item_that_ran_before(publication: Publication) -> None:
    before = parse(
        "# 边缘周记 (2024-02-20)\n\n## 论文\n\n- [旧题](http://arxiv.org/pdf/1911.05289.pdf)\n", publication=publication
    ).issue
    (finding,) = found(CLEAN, publication, (before,))
    assert (finding.code, finding.line) == ("C210", 23)
    assert "2024-02-20" in finding.text
    later = replace(before, date=date(2025, 1, 1), slug="2025-01-01")
    assert [one.code for one in found(CLEAN, publication, (PAST, later))] == []


def test_an_issue_does_not_run_before_itself(publication: Publication) -> None:
    issue = parse(CLEAN, publication=publication, path="a.md").issue
    assert check(issue, publication, CLEAN, path="a.md", archive=(PAST, issue)) == ()


def test_an_empty_issue(publication: Publication) -> None:
    text = "# 边缘周记 (2024-03-05)\n"
    assert [one.code for one in found(text, publication)] == ["C104"]


def test_one_line_of_bars_is_a_hint(publication: Publication) -> None:
    text = CLEAN.replace("摘要：这颗芯片用了最新的工艺，性能提升了两成。  \n", "")
    assert ("C406", Severity.HINT) in [(one.code, one.severity) for one in found(text, publication)]


def test_an_issue_of_ours_without_a_lead(publication: Publication) -> None:
    text = CLEAN.replace("> 导读：本期3条。「新闻」某厂发布芯片。\n\n", "")
    issue = parse(text, publication=publication, path="a.md").issue
    assert check(issue, publication, text, path="a.md", archive=(PAST,)) == ()
    assert [one.code for one in check(replace(issue, number=3), publication, text, path="a.md", archive=(PAST,))] == ["C101"]


def test_hostile_text_does_not_hang_or_raise(publication: Publication) -> None:
    text = "# " + "[" * 3000 + "\n\n## 论文\n\n- " + "[a](" * 2000 + "\n摘要：" + "：" * 5000 + "https://" * 500 + "\n"
    issue = parse(text, publication=publication).issue
    assert check(replace(issue, sections=issue.sections or ()), publication, text, path="a.md")
    assert isinstance(issue.items[0], Item)
