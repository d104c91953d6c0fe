"""Mistakes of links that only their servers can tell: dead, moved, silent. Pure; the answers are asked elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aggregator.issue.page_view import Page, addresses, inline_urls, short
from aggregator.model import Finding, Issue, LinkAnswer
from aggregator.urls import canonical, is_temporary, safe_url

# Not found, gone, and taken down for legal reasons (RFC 9110 15.5.5, 15.5.11; RFC 7725).
_DEAD = frozenset({404, 410, 451})
# Codes of FetchError that say something about the asking, not about the page.
_ALIVE = frozenset({"E205"})
REMOVED = "removed"


def asked_addresses(issue: Issue) -> list[str]:
    """The http(s) addresses of an issue, each once, those left out that expire: asking them tells nothing."""
    texts = (issue.lead, issue.opener, *issue.briefs)
    urls = [url for item in issue.items for url in addresses(item)] + [url for text in texts for url in inline_urls(text)]
    return [url for url in dict.fromkeys(urls) if url.startswith("http") and safe_url(url) and not is_temporary(url)]


def answer_mistakes(page: Page, answers: Mapping[str, LinkAnswer]) -> Iterator[Finding]:
    """What the answers say about the addresses of the issue."""
    for url in asked_addresses(page.read):
        answer = answers.get(url)
        if answer is None or answer.code in _ALIVE:
            continue
        owner = next((item for item in page.read.items if url in addresses(item)), None)
        line = page.line_holding(url, owner.line if owner else None)
        shown = short(url, 60)
        if answer.code == REMOVED:
            yield page.error("C311.removed", line, url=shown)
        elif answer.status in _DEAD:
            yield page.error("C311", line, status=answer.status, url=shown)
        elif answer.status is not None and answer.status >= 400 and answer.status < 500:
            yield page.hint("C314", line, status=answer.status, url=shown)
        elif answer.error:
            yield page.warning("C312", line, error=short(answer.error, 80), url=shown)
        elif answer.final_url and canonical(answer.final_url) != canonical(url):
            moved = canonical(answer.final_url) or answer.final_url
            if answer.permanent:
                yield page.warning("C313", line, moved, url=shown)
            else:
                yield page.hint("C315", line, final=short(answer.final_url, 60), url=shown)
