"""Papers, repositories and releases by the APIs of their hosts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from aggregator.errors import FetchError
from aggregator.poll import metadata
from aggregator.poll.capture import capture
from aggregator.poll.page import PageFacts
from aggregator.protocols import Fetched
from tests.poll.feedcases import FIXTURES

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REPOSITORY = {
    "full_name": "Acme/Kern",
    "description": "Tiny kernels",
    "homepage": "https://kern.example/",
    "topics": ["int4", "edge"],
    "owner": {"login": "acme"},
    "created_at": "2024-01-02T00:00:00Z",
}
README = (
    '<div class="markdown-body"><h1>Kern</h1><p>Kern makes four-bit inference fast on small chips that run on batteries.</p>'
    '<p>See <a href="https://arxiv.org/abs/2401.01234">the paper</a>.</p></div>'
)
RELEASE = {
    "tag_name": "v2.0",
    "name": "Faster",
    "published_at": "2024-05-06T00:00:00Z",
    "body_html": "<p>INT4<script>x</script></p>",
}


class Web:
    """The Fetcher seam over a few addresses; whatever else is asked fails."""

    def __init__(self, answers: Mapping[str, tuple[str, bytes]]) -> None:
        self.answers, self.asked = answers, list[str]()

    async def get(self, url: str, **_: object) -> Fetched:
        self.asked.append(url)
        if url not in self.answers:
            raise FetchError("404", http_status=404)
        content_type, body = self.answers[url]
        return Fetched(url, url, 200, {"content-type": content_type}, body)


def ask(url: str, answers: Mapping[str, tuple[str, bytes]]) -> PageFacts | None:
    return asyncio.run(metadata.ask(url, Web(answers), NOW))


API = "https://api.github.com/repos/acme/kern"
JSON = "application/json"


def test_a_repository_with_its_readme() -> None:
    answers = {API: (JSON, json.dumps(REPOSITORY).encode()), f"{API}/readme": ("text/html", README.encode())}
    facts = ask("https://github.com/acme/kern", answers)
    assert facts is not None
    assert (facts.title, facts.site, facts.author) == ("Acme/Kern: Tiny kernels", "GitHub", "acme")
    assert facts.summary.startswith("Tiny kernels\nKern makes four-bit inference fast")
    assert [(link.role, link.url) for link in facts.links] == [
        ("code", "https://github.com/Acme/Kern"),
        ("project", "https://kern.example/"),
        ("paper", "https://arxiv.org/abs/2401.01234"),
    ]
    assert facts.published_at == datetime(2024, 1, 2, tzinfo=UTC)


def test_a_release() -> None:
    facts = ask(
        "https://github.com/acme/kern/releases/tag/v2.0", {f"{API}/releases/tags/v2.0": (JSON, json.dumps(RELEASE).encode())}
    )
    assert facts is not None
    assert (facts.title, facts.summary) == ("acme/kern v2.0: Faster", "INT4")
    assert facts.url == "https://github.com/acme/kern/releases/tag/v2.0"


def test_a_paper() -> None:
    body = (FIXTURES / "arxiv/api.xml").read_bytes()
    paper = "2401.01234" if b"2401.01234" in body else ""
    assert paper
    web = Web({f"{metadata.ARXIV_API}?id_list={paper}&max_results=1": ("application/atom+xml", body)})
    found = asyncio.run(capture(f"https://arxiv.org/pdf/{paper}v2", web, NOW))
    assert found.fetched
    assert (found.entry.url, found.source_name) == (f"https://arxiv.org/abs/{paper}", "")
    assert found.entry.title
    assert found.entry.authors
    assert len(web.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.example/x",
        "https://github.com/acme/kern/issues/1",
        "https://github.com/acme",
        "https://github.com/acme/kern",
    ],
)
def test_what_the_apis_do_not_know(url: str) -> None:
    assert ask(url, {}) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"[" * 100_000, b'{"full_name": 3}'])
def test_an_answer_that_is_none_leaves_the_page(body: bytes) -> None:
    facts = ask("https://github.com/acme/kern", {API: (JSON, body)})
    assert facts is None or facts.title
