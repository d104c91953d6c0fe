"""What is pasted into the editor of a WeChat account."""

from __future__ import annotations

import re
from dataclasses import replace

import html5lib
import lxml.html
import pytest

from aggregator.model import Issue, IssueSection, Item
from aggregator.publish.content import issue_view
from aggregator.publish.formats.wechat import WechatRenderer, article_html
from tests.publish.sample import ISSUES, PUBLICATION


@pytest.mark.parametrize("issue", ISSUES)
def test_everything_is_inline_and_only_wechat_is_linked(issue: Issue) -> None:
    root = lxml.html.fragment_fromstring(article_html(issue_view(issue, PUBLICATION), PUBLICATION))
    assert root.tag == "section"
    assert {element.tag for element in root.iter("script", "style", "link", "iframe", "form", "input", "svg")} == set()
    assert not [name for element in root.iter() for name in element.attrib if name in {"class", "id"} or name.startswith("on")]
    assert all(element.get("style") for element in root.iter("p", "h2", "h3", "li"))
    assert not list(root.iter("a"))


def test_other_links_are_footnotes_numbered_once_each() -> None:
    items = (
        Item(title="One", url="https://example.org/a?x=1&y=2", anchor="a", summary="See [it](https://example.org/a?x=1&y=2)."),
        Item(title="Two", url="http://mp.weixin.qq.com/s?__biz=M&mid=1", anchor="b", summary="[three](https://example.org/c)"),
    )
    issue = replace(ISSUES[0], notes=(), lead="", sections=(IssueSection("博文", "posts", items),))
    root = lxml.html.fragment_fromstring(article_html(issue_view(issue, PUBLICATION), PUBLICATION))
    assert [link.get("href") for link in root.iter("a")] == ["http://mp.weixin.qq.com/s?__biz=M&mid=1"]
    assert [mark.text for mark in root.iter("sup")] == ["[1]", "[1]", "[2]"]
    text = root.text_content()
    assert re.search(r"\[1\] https://example\.org/a\?x=1&y=2\s*\[2\] https://example\.org/c", text)
    assert "See it[1]." in text


def test_the_page_around_it_runs_its_own_script_alone() -> None:
    made = {document.path: document.body.decode() for document in WechatRenderer().render(PUBLICATION, ISSUES)}
    assert set(made) == {"wechat/copy.js", "wechat/2026-06-15.html", "wechat/2026-06-01.html", "wechat/2026-05-11.html"}
    for path, page in made.items():
        if path.endswith(".html"):
            html5lib.HTMLParser(strict=True).parse(page)
            assert re.findall(r"<script[^>]*>", page) == ['<script src="copy.js">']
            # A button that needs a script comes with the script.
            assert not re.search(r"<(?:button|input|meta http-equiv)", page)
    assert 'data-copy="复制全文"' in made["wechat/2026-06-15.html"]


def test_nothing_without_issues() -> None:
    assert list(WechatRenderer().render(PUBLICATION, ())) == []
