"""Which section? Rules over the target's address, the title and the source, each with a reason. Pure.

A publication names its own sections; the rules know four kinds of them (news, papers, projects, posts) and find out which
section of the publication is of which kind by its slug and title.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from aggregator.model import Publication, Reason, Section, SectionGuess
from aggregator.queue.linear import Linear
from aggregator.queue.titles import has_repository_prefix, learnt_form
from aggregator.text import fold
from aggregator.urls import arxiv_id, github_repo, host, link_role

_KINDS: dict[str, re.Pattern[str]] = {
    "papers": re.compile(r"paper|research|论文|学术"),
    "projects": re.compile(r"project|code|open.?source|release|tool|开源|项目|工具"),
    "posts": re.compile(r"post|blog|article|tutorial|read|博文|博客|文章|教程|技术"),
    "news": re.compile(r"news|industry|headline|新闻|动态|资讯|业界"),
}
_TITLE_RULES: tuple[tuple[str, float, re.Pattern[str]], ...] = (
    (
        "papers",
        2.0,
        re.compile(
            r"论文|\b(?:cvpr|iccv|eccv|nips|neurips|iclr|icml|aaai|ijcai|acl|emnlp|naacl|kdd|mlsys|mobicom|mobisys|asplos|isca|micro|osdi|sosp|hpca|dac"
            r"|interspeech|sigkdd|wacv|bmvc|miccai)\b ?'?(?:20)?\d{0,2}|\bsota\b|顶会|\[?\d{4}\.\d{5}|arxiv|提出|超越|算法"
        ),
    ),
    (
        "projects",
        1.8,
        re.compile(
            r"开源|github|gitee|\bstars?\b|仓库|代码(?:已|库)|框架发布|sdk|工具(?:包|库|箱)|\bv?\d+\.\d+(?:\.\d+)?\b.{0,6}(?:发布|版)|发布.{0,8}\bv?\d+\.\d+"
        ),
    ),
    (
        "posts",
        1.8,
        re.compile(
            r"解读|详解|教程|实战|实践|原理|入门|指南|揭秘|剖析|笔记|总结|综述|浅谈|浅析|深入|如何|怎么|怎样|为什么|思考|优化|部署|源码|踩坑|经验|干货|一文|手把手"
            r"|how to|how we|guide|tutorial|introduc|explained|deep dive|lessons|walkthrough|part \d"
        ),
    ),
    (
        "news",
        1.8,
        re.compile(
            r"芯片|处理器|骁龙|天玑|麒麟|高通|联发科|英特尔|英伟达|台积电|三星|华为|苹果|小米|arm\b|发布会|曝光|量产|财报|融资|收购|上市|市值|首发|亮相|跑分|合作|推出|投资|nm\b|纳米|手机"
            r"|launch|announce|acqui|raises|funding|unveil|chip|soc\b|earnings|ships"
        ),
    ),
)
_RULE_SHARE = 0.5
_SOURCE_POINTS = 1.0
_TERMS_SHOWN = 4


def kind_of(section: Section) -> str | None:
    """The kind of a section, by its slug first and then its title; None when it is of none the rules know."""
    for text in (section.slug.lower(), section.title.lower()):
        for kind, pattern in _KINDS.items():
            if pattern.search(text):
                return kind
    return None


def predict(
    publication: Publication,
    *,
    title: str,
    url: str | None,
    source: str,
    source_section: str | None = None,
    links: Sequence[str] = (),
    model: Linear | None = None,
) -> SectionGuess:
    """The section a work belongs to.

    By rules alone the points of all that fired are compared, and `confidence` is the best one's share. A trained `model` reads
    the title and the rules together, and `confidence` is its probability.
    """
    if model is not None:
        guess = _learnt(publication, model, title=title, url=url, source=source, source_section=source_section)
        if guess is not None:
            return guess
    slugs = {kind: section.slug for section in reversed(publication.sections) if (kind := kind_of(section))}
    points: dict[str, list[Reason]] = {}

    def vote(slug: str | None, weight: float, text: str) -> None:
        if slug:
            points.setdefault(slug, []).append(Reason(weight, text))

    vote(source_section if publication.section(source_section or "") else None, 2.5, f"source {source} is set to this section")
    for kind, weight, text in _address_rules(url, links):
        vote(slugs.get(kind), weight, text)
    folded = fold(title)
    if has_repository_prefix(title):
        vote(slugs.get("projects"), 3.0, "the title begins with owner/repository")
    for kind, weight, pattern in _TITLE_RULES:
        found = list(dict.fromkeys(match[0].strip() for match in pattern.finditer(folded)))
        if found:
            vote(slugs.get(kind), weight * min(len(found), 3) ** 0.5, "the title says " + ", ".join(found[:3]))
    if not points:
        return SectionGuess(publication.sections[0].slug, 0.0, (Reason(0.0, "no rule fired: the first section"),), None)
    totals = sorted(((sum(r.points for r in reasons), slug) for slug, reasons in points.items()), key=lambda pair: -pair[0])
    best, slug = totals[0]
    confidence = best / (sum(total for total, _ in totals) + 1.0)
    return SectionGuess(slug, round(confidence, 3), tuple(points[slug]), totals[1][1] if len(totals) > 1 else None)


def _address_rules(url: str | None, links: Sequence[str]) -> list[tuple[str, float, str]]:
    if not url:
        return []
    votes: list[tuple[str, float, str]] = []
    if arxiv_id(url) or link_role(url) == "paper":
        votes.append(("papers", 4.0, f"the link leads to a paper ({host(url)})"))
    elif github_repo(url) or link_role(url) == "code":
        votes.append(("projects", 4.0, f"the link leads to code ({host(url)})"))
    elif "/blog" in url or host(url).startswith("blog.") or host(url) == "zhuanlan.zhihu.com":
        votes.append(("posts", 1.5, f"the link leads to a blog ({host(url)})"))
    if any(arxiv_id(link) for link in links) and not arxiv_id(url):
        votes.append(("papers", 1.0, "it links to a paper"))
    if any(github_repo(link) for link in links) and not github_repo(url):
        votes.append(("projects", 0.6, "it links to code"))
    return votes


def evidence(title: str, url: str | None, source: str) -> dict[str, float]:
    """What is known of a work beside its title's characters, as features of a model: the address, the printed source, the
    rules that fire, the make-up of the title."""
    found = {f"host {host(url) if url else ''}": 1.0, f"source {source}": 1.0}
    for kind, weight, _ in _address_rules(url, ()):
        found[f"address {kind}"] = weight / 4.0
    folded = fold(title)
    for kind, _, pattern in _TITLE_RULES:
        count = len({match[0] for match in pattern.finditer(folded)})
        if count:
            found[f"words of {kind}"] = min(count, 3) ** 0.5
    found["length"] = min(len(title), 80) / 80
    found["Latin"] = sum(char.isascii() and char.isalpha() for char in title) / max(len(title), 1)
    found |= {name: 1.0 for name, marks in _MARKS.items() if any(mark in title for mark in marks)}
    return {name: value * _RULE_SHARE for name, value in found.items()}


_MARKS: Mapping[str, str] = {"a colon": "：:", "a question": "？?", "an exclamation": "！!", "a title of a book": "《"}


def _learnt(
    publication: Publication, model: Linear, *, title: str, url: str | None, source: str, source_section: str | None
) -> SectionGuess | None:
    folded, known = learnt_form(title), evidence(title, url, source)
    points = dict(zip(model.outputs, model.decide(folded, known), strict=True))
    points = {slug: value for slug, value in points.items() if publication.section(slug)}
    if len(points) < 2:
        return None
    if source_section in points:
        points[source_section] += _SOURCE_POINTS
    top = max(points.values())
    shares = {slug: math.exp(value - top) for slug, value in points.items()}
    (best, share), (second, _) = sorted(shares.items(), key=lambda pair: -pair[1])[:2]
    reasons = _why(model, folded, known, model.outputs.index(best))
    if source_section == best:
        reasons.insert(0, Reason(_SOURCE_POINTS, f"source {source} is set to this section"))
    confidence = min(round(share / math.fsum(shares.values()), 3), 0.999)
    return SectionGuess(best, confidence, tuple(reasons), second)


def _why(model: Linear, folded: str, known: Mapping[str, float], output: int) -> list[Reason]:
    terms = [(points, f"`{text.strip()}` in the title") for text, points in model.terms(folded, output) if len(text.strip()) > 1]
    terms += [(model.extra[name][output] * value, name) for name, value in known.items() if name in model.extra]
    terms.sort(key=lambda one: -one[0])
    return [Reason(round(points, 3), f"{text}, from past issues") for points, text in terms[:_TERMS_SHOWN] if points > 0]
