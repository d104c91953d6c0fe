"""Which section? The target's address, telling words of the title and the summary, the source, each with a reason. Pure.

A publication names its own sections; the rules know four kinds of them (news, papers, projects, posts) and find out which
section of the publication is of which kind by its slug and title. Models trained on past issues take the place of the rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aggregator.model import Publication, Reason, Section, SectionGuess
from aggregator.model.value import value
from aggregator.queue.cues import SUMMARY_CHARS, cues, groups
from aggregator.queue.linear import Linear, Vector
from aggregator.queue.titles import folded, has_repository_prefix, learnt_form
from aggregator.urls import arxiv_id, github_repo, host, is_work, link_role

_KINDS: dict[str, re.Pattern[str]] = {
    "papers": re.compile(r"paper|research|论文|学术"),
    "projects": re.compile(r"project|code|open.?source|release|tool|开源|项目|工具"),
    "posts": re.compile(r"post|blog|article|tutorial|read|博文|博客|文章|教程|技术"),
    "news": re.compile(r"news|industry|headline|新闻|动态|资讯|业界"),
}
# How much a group of telling words says for its kind of section where nothing was learnt.
_RULES: Mapping[str, float] = {
    "papers: venue": 2.5,
    "papers: paper": 1.5,
    "papers: proposal": 1.5,
    "papers: people": 0.7,
    "papers: method": 0.4,
    "papers: result": 0.6,
    "papers: survey": 0.8,
    "projects: open": 2.0,
    "projects: code": 1.2,
    "projects: tool": 0.6,
    "projects: use": 0.4,
    "projects: list": 0.8,
    "news: release": 1.2,
    "news: business": 1.2,
    "news: company": 0.8,
    "news: hardware": 0.7,
    "news: time": 0.4,
    "posts: question": 1.8,
    "posts: explanation": 1.6,
    "posts: craft": 0.6,
    "posts: series": 1.5,
    "posts: author": 0.6,
}
_SUMMARY_SHARE = 0.5
_SOURCE_POINTS = 1.0
_TERMS_SHOWN = 4
_FACT = 0.5
_GROUP = 0.4
_WORD = 0.3
_LINK = 2.0
_RULE = 0.3
_RULE_MOST = 4.0
_BY_PREFIX = Reason(3.0, "the title begins with owner/repository")
_TO_PAPER = Reason(3.0, "it links to a paper")
_TO_CODE = Reason(2.0, "it links to code")
_MARKS: Mapping[str, str] = {
    "：": "a colon",
    ":": "a colon",
    "？": "a question",
    "?": "a question",
    "！": "an exclamation",
    "!": "an exclamation",
    "《": "a title of a book",
}
_LATIN = re.compile(r"[a-zA-Z]+")
_ADDRESS = re.compile(r"https?://[^\s<>()\[\]\"，。；、）]+")


@dataclass(frozen=True, slots=True)
class Models:
    """Trained models: `bare` for works of which only the title, the address and the source are known, `read` for those with a
    summary; None where too few of them had one."""

    bare: Linear
    read: Linear | None

    def dump(self) -> dict[str, Any]:
        """As JSON values."""
        return {"bare": self.bare.dump(), "read": self.read.dump() if self.read else None}

    @classmethod
    def load(cls, data: Mapping[str, Any]) -> Models | None:
        """From JSON values, None where they are of an older make. Raises StoreError for what `dump` did not write."""
        if "bare" not in data or "read" not in data:
            return None
        return cls(Linear.load(data["bare"]), Linear.load(data["read"]) if data["read"] else None)


@value
class Known:
    """What is known of a work: its title as it arrived, the target's address, the name of its source, the beginning of its
    summary as `read_part` gives it ("" for none), the addresses that it links to."""

    title: str
    url: str | None
    source: str
    summary: str = ""
    links: tuple[str, ...] = ()

    def bare(self) -> Known:
        """The same as far as a feed tells that sends titles alone."""
        return Known(self.title, self.url, self.source)


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
    summary: str = "",
    links: Sequence[str] = (),
    model: Models | None = None,
) -> SectionGuess:
    """The section a work belongs to.

    `source_section` is the section its source is set to, which weighs much but does not force. `links` are addresses that
    the work links to. With a `model` trained on past issues the title, the telling words and the address decide together,
    and `confidence` is its probability.
    """
    known = Known(title, url, source, read_part(summary), linked(summary, links))
    if model is not None:
        guess = _learnt(publication, model, known, source_section)
        if guess is not None:
            return guess
    slugs = _slugs_by_kind(publication.sections)
    found: dict[str, list[Reason]] = {}
    if source_section and publication.section(source_section):
        found[source_section] = [_set_to(source, 2.5)]
    for kind, reason in _votes(known, _told(known)):
        if kind in slugs:
            found.setdefault(slugs[kind], []).append(reason)
    if not found:
        return _no_rule(publication.sections[0].slug)
    totals = {slug: sum([reason.points for reason in reasons]) for slug, reasons in found.items()}
    best, *others = sorted(totals, key=totals.__getitem__, reverse=True)
    confidence = totals[best] / (sum(map(totals.__getitem__, (best, *others))) + 1.0)
    return SectionGuess(best, round(confidence, 3), tuple(found[best]), others[0] if others else None)


@lru_cache(maxsize=16)
def _no_rule(first: str) -> SectionGuess:
    return SectionGuess(first, 0.0, (Reason(0.0, "no rule fired: the first section"),), None)


@lru_cache(maxsize=256)
def _set_to(source: str, points: float) -> Reason:
    return Reason(points, f"source {source} is set to this section")


@lru_cache(maxsize=16)
def _slugs_by_kind(known: tuple[Section, ...]) -> Mapping[str, str]:
    return {kind: section.slug for section in reversed(known) if (kind := kind_of(section))}


def read_part(summary: str) -> str:
    """The part of a summary that is read, without addresses, folded."""
    if not summary:
        return ""
    piece = summary[: 4 * SUMMARY_CHARS]
    return folded(_ADDRESS.sub(" ", piece) if "://" in piece else piece)[:SUMMARY_CHARS].strip()


def _told(known: Known) -> list[tuple[str, dict[str, list[str]]]]:
    """The telling words of the title and of the summary, by their groups."""
    told = [("title", groups(cues(learnt_form(known.title))))]
    if known.summary:
        told.append(("summary", groups(cues(known.summary))))
    return told


def linked(summary: str, links: Sequence[str]) -> tuple[str, ...]:
    """The addresses that a work links to: its links, and those that stand in its summary; each once."""
    return tuple(dict.fromkeys((*links, *_ADDRESS.findall(summary)))) if "://" in summary else tuple(dict.fromkeys(links))


def _votes(known: Known, told: Iterable[tuple[str, Mapping[str, Sequence[str]]]]) -> list[tuple[str, Reason]]:
    """The kind and the reason of every rule that fires."""
    votes = _address_rules(known.url, known.links)
    if has_repository_prefix(known.title):
        votes.append(("projects", _BY_PREFIX))
    return votes + [_says(where, group, *words[:3]) for where, found in told for group, words in found.items()]


@lru_cache(maxsize=1024)
def _says(where: str, group: str, *words: str) -> tuple[str, Reason]:
    share = 1.0 if where == "title" else _SUMMARY_SHARE
    weight = round(_RULES[group] * share * len(words) ** 0.5, 3)
    return group.partition(":")[0], Reason(weight, f"the {where} says {', '.join(words)}")


def _address_rules(url: str | None, links: Sequence[str]) -> list[tuple[str, Reason]]:
    if not url:
        return []
    votes: list[tuple[str, Reason]] = []
    name, work = host(url), is_work(url)
    if work and (link_role(url) == "paper" or arxiv_id(url)):
        votes.append(("papers", Reason(5.0, f"the link leads to a paper ({name})")))
    elif work:
        votes.append(("projects", Reason(5.0, f"the link leads to code ({name})")))
    elif "/blog" in url or name.startswith("blog.") or name == "zhuanlan.zhihu.com":
        votes.append(("posts", Reason(2.0, f"the link leads to a blog ({name})")))
    if any(map(arxiv_id, links)) and not arxiv_id(url):
        votes.append(("papers", _TO_PAPER))
    if any(map(github_repo, links)) and not github_repo(url):
        votes.append(("projects", _TO_CODE))
    return votes


def evidence(known: Known) -> dict[str, float]:
    """What is known of a work beside its title's characters, as features of a model: the address, the printed source, telling
    words and their groups, what the rules say, the roles of links, the make-up of the title."""
    title, url = known.title, known.url
    found = {f"host {host(url) if url else ''}": _FACT, f"source {known.source}": _FACT}
    for kind, reason in _address_rules(url, ()):
        found[f"address {kind}"] = reason.points / 5.0 * _FACT
    found["length"] = min(len(title), 80) / 80 * _FACT
    found["Latin"] = sum(map(len, _LATIN.findall(title))) / max(len(title), 1) * _FACT
    found |= {name: _FACT for mark, name in _MARKS.items() if mark in title}
    found |= {f"link {link_role(link)}": _LINK for link in known.links}
    told = _told(known)
    for where, by_group in told:
        found |= {f"`{word}` in the {where}": _WORD for words in by_group.values() for word in words}
        found |= {f"{where}, {group}": _GROUP * min(len(words), 3) ** 0.5 for group, words in by_group.items()}
    totals: dict[str, float] = {}
    for kind, reason in _votes(known, told):
        totals[kind] = totals.get(kind, 0.0) + reason.points
    return found | {f"the rules say {kind}": _RULE * min(total, _RULE_MOST) for kind, total in totals.items()}


def _learnt(publication: Publication, models: Models, known: Known, source_section: str | None) -> SectionGuess | None:
    if known.summary and models.read:
        model = models.read
    else:
        model, known = models.bare, known.bare()
    folded, facts = learnt_form(known.title), evidence(known)
    vector = model.vector(folded)
    sections = {section.slug for section in publication.sections}
    scores = zip(model.outputs, model.decide(folded, facts, vector), strict=True)
    points = {slug: value for slug, value in scores if slug in sections}
    if len(points) < 2:
        return None
    if source_section in points:
        points[source_section] += _SOURCE_POINTS
    top = max(points.values())
    shares = {slug: math.exp(value - top) for slug, value in points.items()}
    (best, share), (second, _) = sorted(shares.items(), key=lambda pair: -pair[1])[:2]
    reasons = _why(model, (folded, vector), facts, model.outputs.index(best))
    if source_section == best:
        reasons.insert(0, _set_to(known.source, _SOURCE_POINTS))
    confidence = min(round(share / math.fsum(shares.values()), 3), 0.999)
    return SectionGuess(best, confidence, tuple(reasons), second)


def _why(model: Linear, title: tuple[str, Vector], facts: Mapping[str, float], output: int) -> list[Reason]:
    folded, vector = title
    terms = [
        (points, f"`{word}` in the title")
        for text, points in model.terms(folded, output, vector)
        if points > 0 and len(word := text.strip()) > 1
    ]
    weights = model.extra
    terms += [(weights[name][output] * value, name) for name, value in facts.items() if name in weights]
    most = sorted(terms, reverse=True)[:_TERMS_SHOWN]
    return [Reason(round(points, 3), f"{text}, from past issues") for points, text in most if points > 0]
