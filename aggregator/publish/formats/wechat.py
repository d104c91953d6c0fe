"""wechat/DATE.html: the newest issues ready to be pasted into the editor of a WeChat account.

That editor keeps inline styles and drops everything else, and articles there may link only to other articles: every other link
becomes a numbered footnote. The page around the article is for whoever pastes it; its button and its script stay behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.resources import files

import lxml.html
from lxml import etree

from aggregator.model import Issue, Publication
from aggregator.publish.content import IssueView, issue_day, marked, publication_language
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.feeds import LAST_ISSUES
from aggregator.publish.markup import unmistakable
from aggregator.publish.strings import strings
from aggregator.publish.templating import render
from aggregator.urls import host

MEDIA_TYPE = "text/html"
_LINKABLE = "mp.weixin.qq.com"
_GREEN, _GREY = "#0d6457", "#6b6f68"
_STYLES = {
    "section": "font-size:16px;line-height:1.75;color:#20221f;word-break:break-word;text-align:left;",
    "h1": "margin:0 0 16px;font-size:20px;line-height:1.4;font-weight:bold;",
    "h2": f"margin:32px 0 14px;padding-left:10px;border-left:4px solid {_GREEN};font-size:18px;line-height:1.4;font-weight:bold;",
    "h3": "margin:22px 0 8px;font-size:16px;line-height:1.5;font-weight:bold;",
    "h4": "margin:12px 0 6px;font-size:16px;font-weight:bold;",
    "h5": "margin:12px 0 6px;font-size:16px;font-weight:bold;",
    "h6": "margin:12px 0 6px;font-size:16px;font-weight:bold;",
    "p": "margin:0 0 12px;",
    "ul": "margin:0 0 12px;padding-left:22px;",
    "ol": "margin:0 0 12px;padding-left:22px;",
    "li": "margin:0 0 6px;",
    "a": f"color:{_GREEN};text-decoration:underline;",
    "sup": f"color:{_GREEN};font-size:12px;",
    "small": f"color:{_GREY};font-size:14px;font-weight:normal;",
    "blockquote": f"margin:0 0 18px;padding:12px 14px;border-left:4px solid {_GREEN};background:#f3f1ea;color:#20221f;",
    "code": "padding:1px 4px;background:#f3f1ea;font-family:Menlo,Consolas,monospace;font-size:14px;",
    "pre": "margin:0 0 12px;padding:12px;background:#f3f1ea;overflow-x:auto;white-space:pre-wrap;font-size:14px;",
    "img": "max-width:100%;height:auto;",
    "table": "margin:0 0 12px;border-collapse:collapse;",
    "td": "padding:4px 8px;border:1px solid #dedbd0;",
    "th": "padding:4px 8px;border:1px solid #dedbd0;",
}


class WechatRenderer(Format):
    """Writes the newest issues, and the script of the button that copies one."""

    name = "wechat"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One page an issue."""
        chosen = edition.issues[:LAST_ISSUES]
        if chosen:
            script = files("aggregator.publish").joinpath("templates/copy.js")
            yield Planned("wechat/copy.js", "text/javascript", edition.key("copy.js"), script.read_bytes)
        for issue in chosen:
            path = f"wechat/{issue_day(issue).isoformat()}.html"
            key = edition.key(self.name, edition.full_key(issue))
            yield Planned(path, MEDIA_TYPE, key, partial(_page, edition, issue), edition.part(issue))


def _page(edition: Edition, issue: Issue) -> bytes:
    publication = edition.publication
    view = edition.view(issue)
    words = strings(publication.language)
    article = marked(article_html(view, publication))
    language = publication_language(publication)
    return render("wechat.html", language=language, words=words, title=unmistakable(view.title), article=article).encode()


def article_html(view: IssueView, publication: Publication) -> str:
    """The article itself: one section with inline styles, links that may not stay as footnotes."""
    words = strings(publication.language)
    root = lxml.html.fragment_fromstring(render("wechat_article.html", issue=view, words=words).strip())
    notes: dict[str, int] = {}
    for link in list(root.iter("a")):
        _settle(link, notes)
    if notes:
        _add_notes(root, notes, words["references"])
    for element in root.iter(*_STYLES):
        element.set("style", _STYLES[element.tag])
    for element in root.iter():
        for name in ("id", "class", "rel", "dir"):
            element.attrib.pop(name, None)
    return str(etree.tostring(root, encoding="unicode", method="html", with_tail=False))


def _settle(link: etree._Element, notes: dict[str, int]) -> None:
    url = link.get("href") or ""
    if host(url) == _LINKABLE:
        link.attrib.clear()
        link.set("href", url)
        return
    link.tag = "span"
    link.attrib.clear()
    if url.startswith(("http://", "https://")):
        mark = etree.Element("sup")
        mark.text = f"[{notes.setdefault(url, len(notes) + 1)}]"
        mark.tail, link.tail = link.tail, None
        link.addnext(mark)


def _add_notes(root: etree._Element, notes: dict[str, int], title: str) -> None:
    etree.SubElement(root, "h2").text = title
    for url, number in notes.items():
        line = etree.SubElement(etree.SubElement(root, "p"), "small")
        line.text = f"[{number}] {url}"
