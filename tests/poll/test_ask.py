"""One source polled: what it brings, what it remembers, and what becomes of its failures."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from aggregator.model import Outcome, PollState, Source, SourceStatus, Validators
from aggregator.poll.ask import Tools, poll_source
from aggregator.poll.fetch import HttpFetcher
from aggregator.poll.settings import PollSettings
from tests.poll.poll_kinds import KINDS

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=2)
SETTINGS = PollSettings(allow_private_networks=(ip_network("127.0.0.0/8"),))


class Unwatched:
    def busy(self) -> None:
        pass

    def idle(self) -> float:
        return 0.0


def source(*urls: str, **fields: Any) -> Source:
    return Source(**{"name": "a", "kind": "lines", "urls": urls, **fields})


def poll(polled: Source, state: PollState | None = None, now: datetime = NOW) -> Outcome:
    async def run() -> Outcome:
        fetcher = HttpFetcher(SETTINGS, lambda: now)
        try:
            tools = Tools(fetcher, KINDS, SETTINGS, lambda: now)
            return await poll_source(polled, state or PollState(polled.name), tools, Unwatched(), now)
        finally:
            await fetcher.aclose()

    return asyncio.run(run())


def say(request: Request) -> Response:
    return Response(request.path.rpartition("/")[2].replace("+", " "))


@pytest.fixture
def feeds(httpserver: HTTPServer) -> HTTPServer:
    """/say/WORD answers with the word; a few more answer with a status."""
    httpserver.expect_request("/tagged").respond_with_data("one", headers={"ETag": '"e1"', "Cache-Control": "max-age=7200"})
    httpserver.expect_request("/old").respond_with_data("", status=301, headers={"Location": "/say/one"})
    for status in (404, 410, 429, 500):
        httpserver.expect_request(f"/{status}").respond_with_data("x", status=status, headers={"Retry-After": "7200"})
    httpserver.expect_request(re.compile("^/say/")).respond_with_handler(say)
    return httpserver


def test_a_source_brings_its_entries_and_its_state(feeds: HTTPServer) -> None:
    got = poll(source(feeds.url_for("/tagged"), interval_minutes=60, user_agent="mine/1"))
    assert (got.outcome, got.http_status, got.error) == ("ok", 200, None)
    assert [entry.title for entry in got.entries] == ["one"]
    assert got.state.status is SourceStatus.OK
    assert got.state.validators == {feeds.url_for("/tagged"): Validators('"e1"')}
    assert got.state.last_polled_at == got.state.last_ok_at == NOW
    assert got.state.next_poll_at
    assert timedelta(hours=2) <= got.state.next_poll_at - NOW < timedelta(hours=2, minutes=1)
    (record,) = got.requests
    assert (record.url, record.status, record.length_bytes, record.conditional) == (feeds.url_for("/tagged"), 200, 3, False)
    assert record.reason == "due: it has not been polled before"
    assert feeds.log[0][0].headers["User-Agent"] == "mine/1"


def test_the_second_poll_is_conditional_and_unchanged(feeds: HTTPServer) -> None:
    url = feeds.url_for("/tagged")
    first = poll(source(url))
    feeds.clear()
    feeds.expect_request("/tagged", headers={"If-None-Match": '"e1"'}).respond_with_data("", status=304)
    second = poll(source(url), first.state, now=LATER)
    assert (second.outcome, second.http_status, second.entries) == ("unchanged", 304, ())
    assert second.requests[0].conditional
    assert second.state.validators == first.state.validators
    assert second.state.feed_title == first.state.feed_title


def test_a_body_that_was_read_before_is_not_read_again(feeds: HTTPServer) -> None:
    url = feeds.url_for("/say/ttl")
    first = poll(source(url))
    second = poll(source(url), first.state, now=LATER)
    assert (second.outcome, second.http_status) == ("unchanged", 200)
    assert second.state.rhythm.ttl_minutes == 120
    again = poll(source(url, options={"keep": "all"}), second.state, now=LATER)
    assert again.outcome == "ok"  # read with other options, the same bytes may say something else


def test_a_failed_parse_keeps_no_validators_and_no_digest(feeds: HTTPServer) -> None:
    feeds.expect_request("/bad").respond_with_data("no feed", headers={"ETag": '"bad"'})
    got = poll(source(feeds.url_for("/bad")))
    assert (got.outcome, got.error_code, got.http_status) == ("failed", "E253", 200)
    assert (got.state.validators, got.state.body_hashes, got.state.failures) == ({}, {}, 1)
    assert poll(source(feeds.url_for("/bad")), got.state, now=LATER).requests[0].conditional is False


def test_a_permanent_redirect_is_remembered_once_it_could_be_read(feeds: HTTPServer) -> None:
    old, new = feeds.url_for("/old"), feeds.url_for("/say/one")
    first = poll(source(old))
    assert first.state.moved == {old: new}
    assert any(new in note for note in first.notes)
    second = poll(source(old), replace(first.state, body_hashes={}), now=LATER)
    assert [record.url for record in second.requests] == [new]
    feeds.expect_request("/lost").respond_with_data("", status=301, headers={"Location": "/say/no+feed"})
    assert poll(source(feeds.url_for("/lost"))).state.moved == {}


@pytest.mark.parametrize(
    ("path", "outcome", "code", "status"),
    [
        ("/404", "failed", "E207", SourceStatus.FAILING),
        ("/410", "gone", "E211", SourceStatus.GONE),
        ("/429", "limited", "E207", SourceStatus.LIMITED),
        ("/say/bug", "failed", "E299", SourceStatus.FAILING),
    ],
)
def test_a_failure_is_an_outcome(feeds: HTTPServer, path: str, outcome: str, code: str, status: SourceStatus) -> None:
    got = poll(source(feeds.url_for(path)))
    assert (got.outcome, got.error_code, got.state.status) == (outcome, code, status)
    assert got.error
    assert "\x1b" not in got.error


def test_an_unexpected_exception_is_named(feeds: HTTPServer) -> None:
    assert "KeyError" in str(poll(source(feeds.url_for("/say/bug"))).error)


def test_enough_failures_pause(feeds: HTTPServer) -> None:
    state = PollState("a", SourceStatus.FAILING, failures=9)
    assert poll(source(feeds.url_for("/500")), state).outcome == "paused"


def test_addresses_are_tried_in_order_until_one_can_be_read(feeds: HTTPServer) -> None:
    urls = [feeds.url_for(path) for path in ("/500", "/say/no+feed", "/say/one", "/say/two")]
    got = poll(source(*urls))
    assert (got.outcome, [entry.title for entry in got.entries]) == ("ok", ["one"])
    assert [record.url for record in got.requests] == urls[:3]
    assert ["E207" in got.notes[0], "E253" in got.notes[1]] == [True, True]
    assert set(got.state.body_hashes) == {urls[2]}


@pytest.mark.parametrize(
    ("fields", "url", "code"),
    [({"kind": "nonesuch"}, "http://127.0.0.1/", "E104"), ({}, "file:///etc/passwd", "E209"), ({}, "http://10.0.0.1/", "E201")],
)
def test_what_cannot_be_asked_fails_with_its_reason(fields: dict[str, str], url: str, code: str) -> None:
    got = poll(source(url, **fields))
    assert (got.outcome, got.error_code, got.state.failures) == ("failed", code, 1)


def test_a_source_asked_for_by_hand_says_so(feeds: HTTPServer) -> None:
    state = PollState("a", SourceStatus.PAUSED, failures=10)
    got = poll(source(feeds.url_for("/say/one")), state)
    assert got.state.status is SourceStatus.OK
    assert got.requests[0].reason == "asked for by hand"
