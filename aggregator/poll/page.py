"""One web page -> what an entry needs: title, site or account, author, date, summary, links. Pure; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator import text, urls
from aggregator.model import Link
from aggregator.poll import dates, encoding, pagebody, sanitise
from aggregator.poll.entries import resolve
from aggregator.poll.links import related_links
from aggregator.poll.pagemeta import Meta, read_meta

MAX_PAGE_CHARS = 3_000_000
MAX_DEPTH = 2000
NOTICE = "the site shows a notice instead of the page"
SUMMARY_CHARS = pagebody.SUMMARY_CHARS

_SITES = {
    "github.com": "GitHub",
    "arxiv.org": "arXiv",
    "zhihu.com": "知乎",
    "zhuanlan.zhihu.com": "知乎",
    "huggingface.co": "Hugging Face",
}
_DATE_NAMES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "citation_online_date",
    "citation_date", "citation_publication_date", "pubdate", "publishdate", "publish_date", "publish-date",
    "weibo:article:create_at", "bytedance:published_time", "dc.date.issued", "dcterms.created", "dc.date", "date",
    "article.published", "parsely-pub-date", "sailthru.date",
)  # fmt: skip
_NO_SITE = frozenset({"微信公众平台", "weixin official accounts platform"})
_SEPARATORS = r"\s*[|｜丨\-–—_·:：»]\s*"
_BLOCKED = re.compile(
    r"^(?:just a moment|attention required|access denied|are you a robot|robot check|security check|verify you are human"
    r"|环境异常|安全验证|访问(?:异常|受限)|验证码)",
    re.IGNORECASE,
)
_WRITTEN_DATE = re.compile(
    r"\b20\d\d-\d\d?-\d\d?(?:[ T]\d\d?:\d\d(?::\d\d)?)?|20\d\d\s?年\s?\d\d?\s?月\s?\d\d?\s?日(?:\s?\d\d?:\d\d(?::\d\d)?)?"
)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says. All texts are plain and clean, "" where it says nothing; `url` is the address to print.

    `site` is the account (WeChat), the site's own name, or its host; `summary` the first real paragraphs (an abstract, a
    repository's description), at most 400 characters; `description` the page's own; `warnings` are for the editor;
    `readable` is False where only the address speaks (a file, a notice, nothing).
    """

    url: str
    title: str = ""
    site: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    description: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    warnings: tuple[str, ...] = ()
    readable: bool = True

    @property
    def author(self) -> str | None:
        """The first author."""
        return self.authors[0] if self.authors else None


def from_address(url: str) -> PageFacts:
    """What the address alone tells: canonical form, site, arXiv id or repository as a title, a warning if it expires."""
    canonical = urls.canonical(url) or url
    paper, repository, host = urls.arxiv_id(canonical), urls.github_repo(canonical), urls.host(canonical)
    title = f"arXiv:{paper}" if paper else repository or canonical
    return PageFacts(
        url=canonical,
        title=text.clean_line(title),
        site=_SITES.get(host, "" if host == "mp.weixin.qq.com" else host),
        tags=(paper,) if paper else (),
        links=_own_links(canonical),
        warnings=_expiring(url),
    )


def read_page(body: bytes, *, url: str, content_type: str | None, headers: Mapping[str, str] | None, now: datetime) -> PageFacts:
    """The facts of a page found at `url`. What is no HTML gives those of its address and a warning. Raises nothing."""
    known = from_address(url)
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if not body.strip():
        return replace(known, readable=False, warnings=(*known.warnings, "the page is empty"))
    if (media_type and "html" not in media_type and media_type != "text/plain") or body[:5] in {b"%PDF-", b"\x89PNG\r"}:
        return replace(known, readable=False, warnings=(*known.warnings, f"not a web page but {media_type or 'a file'}"))
    markup = encoding.decode(body, content_type).text[:MAX_PAGE_CHARS].replace("\x00", "")
    if sanitise.nests_deeper(markup, MAX_DEPTH):
        return replace(known, readable=False, warnings=(*known.warnings, f"the page nests deeper than {MAX_DEPTH} elements"))
    tree = LexborHTMLParser(markup)
    meta = read_meta(tree, markup)
    canonical = _canonical(tree, meta, url, known)
    refusals = _refusals(tree)
    if refusals:
        return replace(known, readable=False, warnings=(*known.warnings, *refusals))
    language = _language(tree, meta, (headers or {}).get("content-language"))
    site = _site(tree, meta, canonical)
    title, description = _title(tree, meta, site), _description(meta)
    published = _published(tree, meta, china=language.startswith("zh") or urls.host(canonical) == "mp.weixin.qq.com", now=now)
    authors = _authors(tree, meta)
    pagebody.strip_noise(tree)
    node = pagebody.article(tree)
    repository = urls.github_repo(canonical)
    links = related_links(
        node.html or "" if node and not repository else "", but=canonical, also=_project_links(node) if repository else ()
    )
    return PageFacts(
        url=canonical,
        title=title or known.title,
        site=site,
        authors=authors,
        published_at=published,
        language=language or ("zh" if text.is_cjk(title) else None),
        description=description,
        summary=_summary(node, meta, canonical, description),
        tags=known.tags,
        links=_merged(known.links, links),
        warnings=_expiring(url) if canonical == known.url else (),
    )


def _plain(value: str, limit: int | None = text.TITLE_CHARS) -> str:
    # Metadata is escaped twice as often as once.
    return text.clean_line(sanitise.plain_title(value, "guess"), limit)


def _canonical(tree: LexborHTMLParser, meta: Meta, url: str, known: PageFacts) -> str:
    """The page's own word for its address where it stays on its host, else the address it was found at."""
    link = tree.css_first('link[rel="canonical"]')
    said = (
        meta.script.get("link", "").replace("\\x26", "&").replace("&amp;", "&"),
        link.attributes.get("href") if link else "",
        meta.first("og:url"),
    )
    for one in said:
        absolute = resolve(one, url)
        canonical = urls.canonical(absolute) if absolute else None
        if (
            canonical
            and urls.host(canonical) == urls.host(known.url)
            and not urls.is_temporary(canonical)
            and len(canonical) > len("https://" + urls.host(canonical) + "/")
        ):
            return canonical
    return known.url


def _expiring(url: str) -> tuple[str, ...]:
    if not urls.is_temporary(url):
        return ()
    return ("this WeChat link expires (timestamp and signature): open the article, copy its permanent link and replace it",)


def _refusals(tree: LexborHTMLParser) -> tuple[str, ...]:
    notice = tree.css_first(".weui-msg__title") or tree.css_first(".mesg-block .title") or tree.css_first("title")
    said = text.clean_line(notice.text(), 100) if notice else ""
    if said and ((notice is not None and notice.tag != "title") or _BLOCKED.match(said)):
        return (f"{NOTICE}: {said}",)
    return ()


def _language(tree: LexborHTMLParser, meta: Meta, header: str | None) -> str:
    root = tree.css_first("html")
    said = (
        (root.attributes.get("lang") if root else None)
        or meta.first("content-language", "og:locale", "inlanguage")
        or header
        or ""
    )
    said = said.split(",")[0].strip().replace("_", "-")
    return said if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", said) else ""


def _site(tree: LexborHTMLParser, meta: Meta, url: str) -> str:
    account = tree.css_first("#js_name")
    host = urls.host(url)
    said = (
        account.text() if account else "",
        meta.script.get("nickname", ""),
        _SITES.get(host, ""),
        meta.first("og:site_name", "application-name", "citation_publisher"),
        *meta.linked("publisher"),
        meta.first("apple-mobile-web-app-title"),
    )
    names = (_plain(one, 100) for one in said)
    return next((name for name in names if name and name.casefold() not in _NO_SITE), "" if host == "mp.weixin.qq.com" else host)


def _title(tree: LexborHTMLParser, meta: Meta, site: str) -> str:
    heading, head, first = tree.css_first("#activity-name"), tree.css_first("title"), tree.css_first("h1")
    said = (
        heading.text() if heading else "",
        meta.first("citation_title", "og:title", "twitter:title"),
        *meta.linked("headline"),
        head.text() if head else "",
        first.text() if first else "",
    )
    title = next(filter(None, (_plain(one) for one in said)), "")
    if title.startswith("GitHub - "):
        title = title.removeprefix("GitHub - ")
    short = re.sub(rf"{_SEPARATORS}{re.escape(site)}$", "", title, flags=re.IGNORECASE) if site else title
    return short or title


def _description(meta: Meta) -> str:
    return text.trim(_plain(meta.first("og:description", "description", "twitter:description"), 4000), SUMMARY_CHARS)


def _authors(tree: LexborHTMLParser, meta: Meta) -> tuple[str, ...]:
    written = tree.css_first("#js_author_name") or tree.css_first('.rich_media_meta_text[role="text"]')
    cited = tuple(" ".join(reversed(name.split(", ", 1))) for name in meta.all("citation_author"))
    one = (
        written.text()
        if written
        else meta.first("author", "article:author", "og:article:author", "byl", "dc.creator", "twitter:creator")
    )
    names = cited or meta.linked("author") or (one,)
    plain = (_plain(name, 200) for name in names)
    return tuple(dict.fromkeys(name for name in plain if name and not name.startswith(("http://", "https://", "@"))))


def _published(tree: LexborHTMLParser, meta: Meta, *, china: bool, now: datetime) -> datetime | None:
    zone = ZoneInfo("Asia/Shanghai") if china else UTC
    time = tree.css_first("article time[datetime]") or tree.css_first("time[datetime]")
    shown = (
        tree.css_first("#publish_time")
        or tree.css_first(".ContentItem-time")
        or tree.css_first('[class*="date"]')
        or tree.css_first('[class*="time"]')
    )
    said = (
        meta.script.get("ct", ""),
        *meta.linked("datePublished"),
        *(value for name in _DATE_NAMES for value in meta.all(name)),
        (time.attributes.get("datetime") or "") if time else "",
        _written(shown.text()) if shown else "",
    )
    for one in said:
        instant = dates.plausible(dates.read(one, default=zone, china=china), now) if one else None
        if instant:
            return instant
    body = tree.body
    written = _written(body.text()[:3000]) if body else ""
    return dates.plausible(dates.read(written, default=zone, china=china), now) if written else None


def _written(shown: str) -> str:
    match = _WRITTEN_DATE.search(shown)
    return match[0] if match else ""


def _summary(node: LexborNode | None, meta: Meta, url: str, description: str) -> str:
    abstract = _plain(meta.first("citation_abstract"), 20_000)
    if abstract or urls.github_repo(url):
        return abstract or _repository_description(description)
    found = pagebody.summary(node) if node else ""
    found = re.sub(r"^Abstract:\s*", "", found)
    return found or description


def _repository_description(description: str) -> str:
    # GitHub adds " - owner/name" or " Contribute to owner/name development …" to what the owner wrote.
    return re.sub(r"\s*(?:Contribute to \S+ development by creating an account on GitHub\.|[-·] \S+/\S+)$", "", description)


def _project_links(node: LexborNode | None) -> tuple[str, ...]:
    readme = node.css_first(".markdown-body") if node else None
    return tuple(link.attributes.get("href") or "" for link in readme.css("a[href]")[:200]) if readme else ()


def _own_links(url: str) -> tuple[Link, ...]:
    role = "paper" if urls.arxiv_id(url) else "code" if urls.github_repo(url) else ""
    return (Link("", role, url),) if role else ()


def _merged(first: tuple[Link, ...], second: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(
        {link.url: link for link in (*second, *first)}[url] for url in dict.fromkeys(link.url for link in (*first, *second))
    )
