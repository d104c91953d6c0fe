"""One web page -> what an entry needs: title, site or account, author, date, summary, links. Pure; nothing is invented."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aggregator import text, urls
from aggregator.model import Link
from aggregator.poll import encoding, extract, pagebody, pagedate, pageown, sanitise
from aggregator.poll.entries import resolve
from aggregator.poll.links import related_links
from aggregator.poll.pagemeta import Meta, read_meta
from aggregator.poll.pagetitle import plain, title_and_site
from aggregator.poll.sitenames import site_name

MAX_PAGE_CHARS = 3_000_000
MAX_DEPTH = 2000
NOTICE = "the site shows a notice instead of the page"
SUMMARY_CHARS = pagebody.SUMMARY_CHARS

# Their text is what others say of it.
_NO_ARTICLE = frozenset({"news.ycombinator.com", "reddit.com", "old.reddit.com", "youtube.com", "m.youtube.com", "bilibili.com"})
_BLOCKED = re.compile(
    r"^(?:just a moment|attention required|access denied|are you a robot|robot check|security check|verify you are human"
    r"|环境异常|安全验证|访问(?:异常|受限)|验证码)",
    re.IGNORECASE,
)
_TAG = re.compile(r"/releases/tag/([^/?#]+)$")
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30fa]")
_ENGLISH = re.compile(r"\b(?:the|and|of|to|with|for|is|in|that|are|on)\b", re.IGNORECASE)
# What a site says on every page of it.
_GENERIC = re.compile(
    r"^(?:We[’']re on a journey to advance and democratize|Join the discussion on this paper page"
    r"|Enjoy the videos and music you love|GitHub is where|Contribute to \S+ development|Discover amazing ML apps"
    r"|Abstract page for arXiv paper|知乎，中文互联网)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What a page says. All texts are plain and clean, "" where it says nothing; `url` is the address to print.

    `site` is the account (WeChat), the site's own name, or its host; `summary` the first real paragraphs (an abstract, a
    repository's description), at most 400 characters; `description` the page's own; `content` its text as HTML where
    it could be told from the rest of the page; `image` an address; `warnings` are for the
    editor; `readable` is False where only the address speaks (a file, a notice, nothing).
    """

    url: str
    title: str = ""
    site: str = ""
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    description: str = ""
    summary: str = ""
    content: str = ""
    tags: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    image: str = ""
    warnings: tuple[str, ...] = ()
    readable: bool = True

    @property
    def author(self) -> str | None:
        """The first author."""
        return self.authors[0] if self.authors else None


def from_address(url: str) -> PageFacts:
    """What the address alone tells: canonical form, site, arXiv id or repository as a title, a warning if it expires."""
    canonical = urls.canonical(url) or url
    paper, repository = urls.arxiv_id(canonical), urls.github_repo(canonical)
    tag = _TAG.search(canonical) if repository else None
    title = f"arXiv:{paper}" if paper else f"{repository} {unquote(tag[1])}" if tag else repository or canonical
    return PageFacts(
        url=canonical,
        title=text.clean_line(title),
        site=site_name(canonical),
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
    own = pageown.read(tree, markup, canonical)
    title, site = title_and_site(tree, meta, own.title, canonical)
    language = _language(tree, meta, (headers or {}).get("content-language"), title)
    china = language.startswith("zh") or text.is_cjk(title) or urls.host(canonical) == "mp.weixin.qq.com"
    published = pagedate.published(tree, meta, own, canonical, china=china, now=now)
    authors = pagedate.authors(tree, meta, own)
    image = _image(meta, url)
    pagebody.strip_noise(tree)
    node, known_place = pagebody.container(tree)
    lines = "" if known_place or urls.host(canonical) in _NO_ARTICLE else extract.article(markup)
    description = "" if _GENERIC.match(meta.first("og:description", "description")) else _description(meta)
    summary = _summary(node, meta, canonical, own.summary or lines, description)
    inner = node.html or "" if node and known_place else "".join(f"<p>{sanitise.escape(one)}</p>" for one in lines.splitlines())
    return PageFacts(
        url=canonical,
        title=title or known.title,
        site=site,
        authors=authors,
        published_at=published,
        language=language or _spoken(f"{title} {summary}"),
        description=description,
        summary=summary,
        content=sanitise.clean_html(inner, canonical),
        tags=known.tags,
        links=_merged(known.links, _links(node, canonical, own)),
        image=image,
        warnings=_expiring(url) if canonical == known.url else (),
    )


def _links(node: LexborNode | None, canonical: str, own: pageown.Own) -> tuple[Link, ...]:
    repository = urls.github_repo(canonical)
    markup = own.summary if urls.host(canonical) in _NO_ARTICLE else node.html or "" if node and not repository else ""
    found = related_links(markup, but=canonical, also=_project_links(node) if repository else own.links)
    # What a discussion is about is a link of it whatever its role.
    about = (Link("", "article", one) for link in own.links if (one := urls.canonical(link)) and urls.link_role(one) == "link")
    return (*about, *found)


def _image(meta: Meta, url: str) -> str:
    said = (meta.first("og:image", "og:image:url", "twitter:image", "twitter:image:src"), meta.script.get("image", ""))
    pictured = (*said, *meta.linked("image"), *meta.linked("thumbnailUrl"))
    return next(filter(None, (resolve(one, url) for one in pictured if one)), "")


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


def _language(tree: LexborHTMLParser, meta: Meta, header: str | None, title: str) -> str:
    """What the page says, unless its title is in another script: blog engines say `en` of whatever they carry."""
    root = tree.css_first("html")
    said = (
        (root.attributes.get("lang") if root else None)
        or meta.first("content-language", "og:locale", "inlanguage")
        or header
        or ""
    )
    said = said.split(",")[0].strip().replace("_", "-")
    said = said if re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", said) else ""
    if text.is_cjk(title) and not said.lower().startswith(("zh", "ja", "ko", "yue")):
        return ""
    return said


def _spoken(shown: str) -> str | None:
    """The language of a text, where its script or its words tell."""
    if text.is_cjk(shown):
        return "ja" if _KANA.search(shown) else "zh"
    return "en" if len(_ENGLISH.findall(shown)) >= 3 else None


def _description(meta: Meta) -> str:
    said = meta.first("og:description", "description", "twitter:description") or next(iter(meta.linked("description")), "")
    return text.trim(plain(said, 4000), SUMMARY_CHARS)


def _summary(node: LexborNode | None, meta: Meta, url: str, own: str, description: str) -> str:
    abstract = plain(meta.first("citation_abstract"), 20_000)
    if abstract or urls.github_repo(url):
        return text.trim(abstract, SUMMARY_CHARS) or _repository_description(description)
    if own or urls.host(url) in _NO_ARTICLE:
        return pagebody.summary_of(own) or description
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
    role = "paper" if urls.arxiv_id(url) else "code" if urls.github_repo(url) else urls.link_role(url)
    role = role if role in {"paper", "code", "video"} else ""
    return (Link("", role, url),) if role else ()


def _merged(first: tuple[Link, ...], second: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(
        {link.url: link for link in (*second, *first)}[url] for url in dict.fromkeys(link.url for link in (*first, *second))
    )
