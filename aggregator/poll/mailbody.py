"""The body of a newsletter: what it says without its furniture, its page on the web, and the titles it links to. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator import text, urls
from aggregator.poll import pagebody, sanitise, trackers

MAX_LINKS = 300
MAX_DEPTH = 500
MIN_TITLE_LATIN = 12
MIN_TITLE_CJK = 5
SUMMARY_CHARS = 400

_IN_BROWSER = re.compile(
    r"(?:view|read|open|see)\b[^\n]{0,40}\b(?:browser|online|web(?:site)?)\b|\b(?:web|online) version\b"
    r"|^view (?:on|this) (?:the )?web"
    r"|(?:在|用)?浏览器(?:中|里|内)?(?:查看|打开|阅读)|网页版|在线(?:阅读|查看|浏览)|查看原文",
    re.IGNORECASE,
)
_SERVICE = re.compile(
    r"^(?:unsubscribe|manage (?:your )?(?:preferences|subscriptions?)|update (?:your )?(?:preferences|profile)|preferences"
    r"|privacy(?: policy)?|terms\b|forward (?:this|to a friend)|share\b|tweet|facebook|twitter|linkedin|instagram|contact us"
    r"|advertise\b|sponsor(?:ed)?\b|sign up|subscribe\b|log ?in|view (?:in|image)|download the app|add us to|why did i get"
    r"|退订|取消订阅|管理订阅|订阅设置|隐私|转发给|分享(?:到|给)|关注我们|联系我们|广告合作|投放广告)",
    re.IGNORECASE,
)
_SERVICE_URL = re.compile(
    r"unsubscribe|/unsub\b|optout|opt-out|list-manage\.com/(?:profile|unsub)|/preferences\b|/abuse\b", re.IGNORECASE
)
_GENERIC = re.compile(
    r"^\W*(?:(?:read|learn|see|find out|view|continue)(?: reading| the)?(?: more| full| article| story| post)*|more|here|link"
    r"|click here|source|website|video|watch(?: now)?|code|paper|github|arxiv|阅读(?:全文|原文|更多|详情)|查看(?:全文|详情|更多)"
    r"|点击(?:这里|此处|查看|阅读)|详情|原文|链接|更多|全文)\W*$",
    re.IGNORECASE,
)
_BLOCKS = "p, li, td, h1, h2, h3, h4, h5, h6, div, section, blockquote"
_INNER = "p, li, td, h1, h2, h3, h4, h5, h6, div, section, blockquote, table, ul, ol"
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|max-height\s*:\s*0(?:px)?\s*(?:;|$)|font-size\s*:\s*[01](?:px)?\s*(?:;|$)",
    re.IGNORECASE,
)
_OPENER = re.compile(r"^[\s\W\d_]{0,12}$")
_PLAIN_URL = re.compile(r"https?://[^\s<>\"'，。；、（）【】《》]{4,2000}")
_READING_TIME = re.compile(r"\s*[（(]\s*\d+\s*(?:minutes?|mins?|分钟)(?:\s*(?:read|阅读))?\s*[)）]\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Titled:
    """A link that a newsletter gives a title to, and what it says of it."""

    url: str
    title: str
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """`html` has links that lead to their targets and no pixel that reports the reader; `page` is the mail's own page ("" for
    none); `summary` its first real paragraphs; `titled` its links with titles, in order, each once."""

    html: str
    page: str
    summary: str
    titled: tuple[Titled, ...]


def read(html: str, plain: str, subject: str) -> Body:
    """What a mail with these parts holds; of mails without HTML the text tells. Raises nothing."""
    if not html.strip() or sanitise.nests_deeper(html, MAX_DEPTH):
        return _of_text(plain or text.html_to_text(html))
    tree = LexborHTMLParser(html)
    # Inner ones first: what is inside a dropped element must not be touched any more.
    for node in reversed(tree.css("[style]")[:5000]):
        if _HIDDEN.search(node.attributes.get("style") or ""):
            node.decompose()
    pagebody.strip_noise(tree)
    page = _service(tree, subject)
    root = tree.body
    if root is None:
        return _of_text(plain)
    for image in root.css("img")[:2000]:
        if any((image.attributes.get(side) or "").strip(" px") in {"0", "1", "2"} for side in ("width", "height")):
            image.decompose()
    return Body(root.html or "", page, pagebody.summary(root, SUMMARY_CHARS), _titled(root))


def _service(tree: LexborHTMLParser, subject: str) -> str:
    """Drops the links that belong to the mailing and not to the news, points the others to their targets; the page of the
    mail on the web."""
    page = own = ""
    dropped: list[LexborNode] = []
    unlinked: list[LexborNode] = []
    for node in tree.css("a")[:3000]:
        said, href = text.clean_line(node.text(separator=" "), 300), node.attributes.get("href") or ""
        address = _target(href)
        if _IN_BROWSER.search(said) and len(said) < 60:
            page = page or address
            dropped.append(node)
        elif _SERVICE.match(said):
            dropped.append(node)
        elif not address or _SERVICE_URL.search(href) or _SERVICE_URL.search(address):
            # The text stays: it may be the middle of a sentence.
            unlinked.append(node)
        else:
            node.attrs["href"] = address
            own = own or (address if said and text.fold_title(said) == text.fold_title(subject) else "")
    for node in unlinked:
        if "href" in node.attributes:
            del node.attrs["href"]
    for node in reversed(dropped):
        node.decompose()
    return page or own


def _target(href: str) -> str:
    found = trackers.target(href.strip()) if urls.is_http(href.strip()) else ""
    return urls.safe_url(found) or ""


def _titled(root: LexborNode) -> tuple[Titled, ...]:
    """Links that open a block of text, or are all of it: what stands in the middle of a sentence is a remark, no title."""
    found: dict[str, Titled] = {}
    # The first match of a node's own search is the node itself.
    blocks = [node for node in root.css(_BLOCKS)[:3000] if len(node.css(_INNER)) == 1]
    lines = [text.clean_line(node.text(separator=" "), 4000) for node in blocks]
    for at, (node, line) in enumerate(zip(blocks, lines, strict=True)):
        for link in node.css("a[href]")[:20]:
            one = _one(link, line, lines[at - 1] if at else "", lines[at + 1] if at + 1 < len(lines) else "")
            if one is None:
                continue
            known = found.get(one.url)
            if known is None or len(known.title) < MIN_TITLE_CJK:
                found[one.url] = one
            elif not known.summary and one.summary:
                found[one.url] = Titled(known.url, known.title, one.summary)
    return tuple(found.values())[:MAX_LINKS]


def _one(link: LexborNode, line: str, before: str, after: str) -> Titled | None:
    address, said = link.attributes.get("href") or "", text.clean_line(link.text(separator=" "))
    if not address or not line or not said:
        return None
    at = line.find(said)
    if _GENERIC.match(said):
        # “Read more” under a title: what stands above it is what it is about.
        title = line[:at].strip(" -–—:：·|") if at > 0 else ""
        title = title if 0 < len(title) <= 200 else before if len(before) <= 200 else ""
        return Titled(address, title) if _is_title(title) else None
    if not _is_title(said) or not (at >= 0 and _OPENER.match(line[:at])):
        return None
    rest = line[at + len(said) :].strip(" -–—:：·|")
    rest = rest or (after if pagebody.is_prose(after) else "")
    return Titled(address, _READING_TIME.sub("", said), text.trim(rest, SUMMARY_CHARS) if pagebody.is_prose(rest) else "")


def _is_title(said: str) -> bool:
    return len(said) >= (MIN_TITLE_CJK if text.is_cjk(said) else MIN_TITLE_LATIN) and not said.startswith(("http://", "https://"))


def _of_text(plain: str) -> Body:
    lines = [text.clean_line(line, 4000) for line in text.clean(plain[:200_000]).splitlines()]
    page, found, last = "", dict[str, Titled](), ""
    for line in lines:
        addresses = _PLAIN_URL.findall(line)
        said = text.clean_line(_PLAIN_URL.sub("", line)).strip(" -–—:：·|*•<>[]()")
        title = said or last
        for address in addresses[:5]:
            url = _target(address.rstrip(".,;:!?)>]"))
            if not url or _SERVICE_URL.search(url):
                continue
            if _IN_BROWSER.search(title):
                page = page or url
            elif _is_title(title) and len(title) <= 300 and not _SERVICE.match(title):
                found.setdefault(url, Titled(url, title))
        last = said if line else ""
    prose = [line for line in lines if pagebody.is_prose(line)]
    html = "".join(f"<p>{sanitise.escape(line)}</p>" for line in lines if line)
    return Body(html, page, text.trim("\n".join(prose[:3]), SUMMARY_CHARS), tuple(found.values())[:MAX_LINKS])
