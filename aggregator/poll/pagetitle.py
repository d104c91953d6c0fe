"""The title of a page without the name of its site, and the name of the site where only the title says it. Pure."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from aggregator import text, urls
from aggregator.poll import sanitise
from aggregator.poll.pagemeta import Meta
from aggregator.poll.sitenames import SITES

_NO_SITE = frozenset({"微信公众平台", "weixin official accounts platform", "home", "首页", "blog", "博客", "website", "index"})
_SEPARATOR = r"(?:\s+[-–—·:»«/]\s+|\s*[|｜丨_]\s*|\s*(?:——|--)\s*|(?<=[^\x00-\xff])-|-(?=[^\x00-\xff])|\s*[：]\s*)"
# Beside a heading that is known, a bare hyphen or a colon separates too.
_TAIL = re.compile(rf"^(?:{_SEPARATOR}|\s*[-–—]\s*)(.{{2,60}})$")
_LEAD = re.compile(rf"^(.{{2,60}}?)(?:{_SEPARATOR}|\s*[-–—]\s*|:\s+)$")
_UNREAD = re.compile(r"^\(\d+\+?\s*(?:封私信|条消息)?(?:\s*/\s*\d+\+?\s*条消息)?\)\s*")
_PLATFORMS = ("GitHub - ",)
_LAST = re.compile(rf"^(.{{4,}}){_SEPARATOR}([^|｜丨_]{{2,40}})$")
_NO_NAME = re.compile(r"(?:by|powered by|posted by|page)\s", re.IGNORECASE)
MIN_HEADING = 4
MIN_LABEL = 4
MAX_NAME = 8


def plain(value: str, limit: int | None = text.TITLE_CHARS) -> str:
    """A text from the head of a page as plain text on one line. Metadata is escaped twice as often as once."""
    return text.clean_line(sanitise.plain_title(value, "guess"), limit)


def title_and_site(tree: LexborHTMLParser, meta: Meta, own: str, url: str) -> tuple[str, str]:
    """The title as the article has it, and the site's own name; "" for a title that is nowhere, the host for a nameless site."""
    head = tree.css_first("title")
    written = _UNREAD.sub("", plain(head.text() if head else ""))
    headings = [plain(node.text(separator=" ")) for node in tree.css("h1")[:5]]
    said = [plain(one) for one in (own, meta.first("citation_title", "og:title", "twitter:title"), *meta.linked("headline"))]
    title = _UNREAD.sub("", next(filter(None, said), ""))
    site, named = _site(tree, meta, url)
    if not title or text.fold_title(title) == text.fold_title(written):
        # Nothing but the whole title of the window: a heading in it is the article's.
        short, rest = _parted(title or written, headings)
        if not short:
            short, rest = _named_by_host(title or written, url)
        title = short or title or written or next(filter(None, headings), "")
        site = site if named else rest or site
    elif not named:
        site = _parted(written, [title])[1] or site
    title = title.removeprefix(_PLATFORMS[0])
    return without_site(title, site), site


def without_site(title: str, site: str) -> str:
    """The title without the name of the site behind it or before it, where something is left."""
    if not site or text.fold_title(title) == text.fold_title(site):
        return title
    short = re.sub(rf"(?:{_SEPARATOR}|\s*[-–—|_]\s*){re.escape(site)}$", "", title, flags=re.IGNORECASE)
    short = re.sub(rf"^{re.escape(site)}{_SEPARATOR}", "", short, flags=re.IGNORECASE) if "：" not in short else short
    return short or title


def _parted(written: str, headings: list[str]) -> tuple[str, str]:
    """A window's title as (the heading that it holds, the name of the site beside it); "" for what is not there."""
    wanted = [one for one in headings if len(one) >= MIN_HEADING and one != written]
    # The article stands first nearly everywhere; the heading of the site itself is found behind it, too.
    for heading in wanted:
        if written.startswith(heading) and (beside := _TAIL.match(written[len(heading) :])):
            return heading, _name_in(beside[1])
    for heading in wanted:
        if written.endswith(heading) and (beside := _LEAD.match(written[: -len(heading)])):
            return heading, _name_in(beside[1])
    return "", ""


def _name_in(beside: str) -> str:
    """The site's name among what stands beside the heading: behind its departments, before what it says of itself."""
    parts = [part.strip() for part in re.split(_SEPARATOR, beside) if part and part.strip() and not _NO_NAME.match(part.strip())]
    if not parts:
        return ""
    # A slogan is longer than a name, and stands behind it.
    slogan = len(parts) > 1 and text.is_cjk(parts[-1]) and len(parts[-1]) > MAX_NAME >= len(parts[-2])
    chosen = parts[-2] if slogan else parts[-1]
    return chosen if len(chosen) <= 40 and chosen.casefold() not in _NO_SITE else ""


def _named_by_host(title: str, url: str) -> tuple[str, str]:
    """A title as (what it is about, the name of the site behind it), where that name is the host's; "" for neither."""
    parts = _LAST.match(title)
    if parts is None:
        return "", ""
    folded = text.fold_title(parts[2])
    labels = [label for label in urls.host(url).split(".")[:-1] if len(label) >= MIN_LABEL]
    return (parts[1].strip(), parts[2].strip()) if any(label.replace("-", "") in folded for label in labels) else ("", "")


def _site(tree: LexborHTMLParser, meta: Meta, url: str) -> tuple[str, bool]:
    """The name of the site, and whether the page says it; else its host, "" for WeChat's."""
    host = urls.host(url)
    account = tree.css_first("#js_name") or tree.css_first(".wx_follow_nickname")
    said = (
        account.text() if account else "",
        meta.script.get("nickname", ""),
        SITES.get(host, ""),
        meta.first("og:site_name", "application-name", "citation_publisher"),
        *meta.linked("publisher"),
        meta.first("apple-mobile-web-app-title"),
    )
    names = (plain(one, 100) for one in said)
    name = next((name for name in names if name and name.casefold() not in _NO_SITE), "")
    return name or ("" if host == "mp.weixin.qq.com" else host), bool(name)
