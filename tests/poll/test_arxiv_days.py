"""Days without a poll: which announcements were missed, and what arXiv's API gives back of them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.errors import FetchError
from aggregator.model import Source
from aggregator.poll import arxivdays
from aggregator.poll.sources import KINDS
from aggregator.protocols import Fetched, Polled

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)  # a Friday
RSS = "https://rss.arxiv.org/rss/cs.LG"


def paper(number: int, day: int, primary: str) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/2611.0{number:04d}v1</id><published>2026-11-{day:02d}T00:00:00Z</published>"
        f"<title>Paper {number}</title><summary>s</summary>"
        f'<link href="http://arxiv.org/abs/2611.0{number:04d}v1" rel="alternate"/>'
        f'<arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="{primary}"/></entry>'
    )


def answer(*papers: str, total: int = 0) -> bytes:
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/"><title>q</title>'
    return f"{head}<o:totalResults>{total or len(papers)}</o:totalResults>{''.join(papers)}</feed>".encode()


TODAY = (
    b'<rss version="2.0"><channel><title>cs.LG</title><item><title>Paper 9</title><link>https://arxiv.org/abs/2611.00009</link>'
    b"<description>arXiv:2611.00009v1 Announce Type: new \nAbstract: s</description></item></channel></rss>"
)


class Arxiv:
    """The RSS of today, and an API."""

    def __init__(self, before: datetime | None, *pages: bytes) -> None:
        self.before, self.pages, self.asked = before, list(pages), list[str]()

    async def get(self, url: str, **_: object) -> Fetched:
        self.asked.append(url)
        if url == RSS:
            return Fetched(url, url, 200, {"content-type": "application/xml"}, TODAY, read_before_at=self.before)
        if not self.pages:
            raise FetchError("503 Service Unavailable", http_status=503)
        return Fetched(url, url, 200, {"content-type": "application/atom+xml"}, self.pages.pop(0))


def poll(fetch: Arxiv, **options: object) -> Polled:
    source = Source("papers", "arxiv", (), options={"categories": ["cs.LG"], **options})
    return asyncio.run(KINDS["arxiv"].poll(source, RSS, fetch, NOW))


@pytest.mark.parametrize(
    ("before", "now", "wanted"),
    [
        ("2026-11-19T12:00", "2026-11-20T12:00", 0),  # yesterday
        ("2026-11-20T08:00", "2026-11-20T20:00", 0),  # the same day
        ("2026-11-18T12:00", "2026-11-20T12:00", 1),
        ("2026-11-20T12:00", "2026-11-23T12:00", 0),  # over a weekend
        ("2026-11-19T12:00", "2026-11-23T12:00", 1),  # Friday's
        ("2026-11-01T12:00", "2027-11-20T12:00", 23),  # a year is too long
        ("2026-11-20T03:00", "2026-11-21T05:00", 0),  # late on Thursday in New York: Thursday's was there, Friday's is read now
    ],
)
def test_how_many_announcements_went_by(before: str, now: str, wanted: int) -> None:
    moments = [datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (before, now)]
    assert arxivdays.missed(moments[0], moments[1]) == wanted


def test_missed_days_come_from_the_api_without_what_was_only_listed_there() -> None:
    fetch = Arxiv(NOW - timedelta(days=3), answer(paper(9, 18, "cs.LG"), paper(8, 17, "cs.LG"), paper(7, 17, "stat.ML")))
    polled = poll(fetch)
    assert [entry.title for entry in polled.entries] == ["Paper 9", "Paper 8"]
    assert len({entry.guid for entry in polled.entries}) == 2
    assert fetch.asked[1].startswith(
        "https://export.arxiv.org/api/query?search_query=(cat:cs.LG)+AND+(submittedDate:%5B202611131200+TO+202611201200%5D)"
    )
    assert "start=0&max_results=1000" in fetch.asked[1]
    assert polled.notes == ("2 days were missed: 1 papers of them",)


def test_nothing_is_asked_for_when_nothing_was_missed() -> None:
    for fetch, options in (
        (Arxiv(None), {}),
        (Arxiv(NOW - timedelta(days=1)), {}),
        (Arxiv(NOW - timedelta(days=5)), {"backfill": False}),
    ):
        assert len(poll(fetch, **options).entries) == 1
        assert fetch.asked == [RSS]


def test_cross_lists_are_kept_where_they_are_wanted() -> None:
    fetch = Arxiv(NOW - timedelta(days=3), answer(paper(7, 17, "stat.ML")))
    assert len(poll(fetch, announce=["new", "cross"]).entries) == 2


def test_many_missed_papers_are_asked_for_a_thousand_at_a_time() -> None:
    pages = [answer(paper(number, 18, "cs.LG"), total=2500) for number in range(1, 4)]
    fetch = Arxiv(NOW - timedelta(days=3), *pages)
    assert len(poll(fetch).entries) == 4
    assert [url.partition("start=")[2].partition("&")[0] for url in fetch.asked[1:]] == ["0", "1000", "2000"]


def test_a_failing_api_is_asked_again_for_a_week_and_then_let_be() -> None:
    with pytest.raises(FetchError):
        poll(Arxiv(NOW - timedelta(days=3)))
    polled = poll(Arxiv(NOW - timedelta(days=9)))
    assert len(polled.entries) == 1
    assert any("503" in note for note in polled.notes)
