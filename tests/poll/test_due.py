"""When a source is asked next, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import FetchError, ParseError
from aggregator.model import Entry, PollState, Rhythm, Source, SourceStatus, Validators
from aggregator.poll.due import CAP, Answer, after_failure, after_success, due, is_due, rhythm_minutes, why
from aggregator.poll.state import Learned, failed, failure, succeeded
from aggregator.poll.waits import freshness_seconds, is_limited, retry_after_seconds
from aggregator.protocols import Polled

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
HOUR = timedelta(hours=1)
URL = "https://a.example/feed"


def source(**fields: Any) -> Source:
    return Source(**{"name": "a", "kind": "feed", "urls": (URL,), **fields})


def entries(*hours_ago: float) -> tuple[Entry, ...]:
    return tuple(Entry("a", str(hours), None, "t", published_at=NOW - timedelta(hours=hours)) for hours in hours_ago)


# ---------------------------------------------------------------- due


def test_new_sources_and_those_whose_time_has_come_are_due() -> None:
    past, future = NOW - HOUR, NOW + HOUR
    sources = [source(name=name) for name in "abcdefg"] + [source(name="h", muted=True)]
    states = {
        "b": PollState("b", next_poll_at=past, last_polled_at=past),
        "c": PollState("c", next_poll_at=future),
        "d": PollState("d", status=SourceStatus.PAUSED),
        "e": PollState("e", status=SourceStatus.GONE),
        "f": PollState("f", status=SourceStatus.FAILING, next_poll_at=NOW),
        "g": PollState("g", status=SourceStatus.LIMITED, next_poll_at=future),
    }
    assert [each.name for each, _ in due(sources, states, NOW)] == ["a", "b", "f"]


@pytest.mark.parametrize(
    ("state", "muted", "said"),
    [
        (PollState("a"), False, "due: it has not been polled before"),
        (PollState("a", next_poll_at=NOW, next_poll_reason="so"), False, "due since 2026-03-02 12:00 UTC: so"),
        (PollState("a", next_poll_at=NOW + HOUR, next_poll_reason="so"), False, "not before 2026-03-02 13:00 UTC: so"),
        (PollState("a", status=SourceStatus.PAUSED, next_poll_reason="paused after 10"), False, "not polled: paused after 10"),
        (PollState("a"), True, "not polled: it is muted"),
    ],
)
def test_the_reason_is_a_sentence(state: PollState, muted: bool, said: str) -> None:
    assert why(source(muted=muted), state, NOW).startswith(said)
    assert is_due(source(muted=muted), state, NOW) == said.startswith("due")


# ---------------------------------------------------------------- what headers say


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "expires": "Mon, 02 Mar 2026 13:00:00 GMT"}, 3600),
        ({"cache-control": "max-age=99999999999"}, CAP.total_seconds()),
        ({"cache-control": "no-cache"}, None),
        ({"cache-control": "s-maxage=900"}, None),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
        ({"expires": "Fri, 31 Dec 9999 23:59:59 -1200"}, None),
    ],
)
def test_freshness(headers: dict[str, str], seconds: float | None) -> None:
    assert freshness_seconds(headers, NOW) == seconds


@given(st.text(max_size=60))
def test_no_header_breaks_the_reading_of_headers(text: str) -> None:
    for seconds in (
        retry_after_seconds({"retry-after": text, "x-ratelimit-reset": text}, NOW, limited=True),
        freshness_seconds({"cache-control": text, "expires": text}, NOW),
    ):
        assert seconds is None or 0 <= seconds <= CAP.total_seconds()


# ---------------------------------------------------------------- after a success


@pytest.mark.parametrize(
    ("interval", "answer", "rhythm", "minutes", "said"),
    [
        (60, Answer(), Rhythm(), 60, "interval"),
        (60, Answer(freshness_seconds=7200), Rhythm(), 120, "fresh for 2 h"),
        (60, Answer(retry_after_seconds=5400), Rhythm(), 90, "left alone for 90 min"),
        (60, Answer(), Rhythm(ttl_minutes=180), 180, "ttl"),
        (240, Answer(freshness_seconds=60, retry_after_seconds=60), Rhythm(ttl_minutes=1), 240, "interval"),
        (60, Answer(freshness_seconds=1e12), Rhythm(), 31 * 24 * 60, "fresh"),
        (1e9, Answer(), Rhythm(), 31 * 24 * 60, "interval"),
        (None, Answer(validators=True), Rhythm(entry_minutes=10), 60, "every 10 min"),
        (None, Answer(validators=True), Rhythm(entry_minutes=600), 300, "every 10 h"),
        (None, Answer(validators=True), Rhythm(entry_minutes=60 * 24 * 90), 24 * 60, "90 days"),
        (None, Answer(), Rhythm(entry_minutes=10), 24 * 60, "cannot say that nothing changed"),
        (None, Answer(validators=True), Rhythm(), 6 * 60, "no rhythm"),
        (None, Answer(), Rhythm(), 24 * 60, "no rhythm"),
    ],
)
def test_the_largest_wish_decides(interval: float | None, answer: Answer, rhythm: Rhythm, minutes: float, said: str) -> None:
    following = after_success(source(interval_minutes=interval), rhythm, answer, NOW)
    assert following.at == NOW + timedelta(minutes=minutes)
    assert said in following.reason


def test_hours_and_days_to_skip_move_it_on() -> None:
    hourly = source(interval_minutes=60)
    skip = Rhythm(skip_hours=(13, 14, 15))
    following = after_success(hourly, skip, Answer(), NOW + timedelta(minutes=20))
    assert following.at == datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert "skipHours" in following.reason
    assert after_success(hourly, Rhythm(skip_days=(0, 1)), Answer(), NOW).at == datetime(2026, 3, 4, 0, 0, tzinfo=UTC)
    for everything in (Rhythm(skip_hours=tuple(range(24))), Rhythm(skip_days=tuple(range(7)))):
        assert after_success(hourly, everything, Answer(), NOW).at == NOW + HOUR


def test_a_run_that_starts_late_does_not_skip_the_next_one() -> None:
    following = after_success(source(interval_minutes=60), Rhythm(), Answer(), NOW + timedelta(seconds=2))
    assert following.at == NOW + HOUR
    exact = after_success(source(interval_minutes=60), Rhythm(), Answer(freshness_seconds=3600), NOW + timedelta(seconds=2))
    assert exact.at == NOW + HOUR + timedelta(seconds=2)


def test_the_rhythm_is_the_mean_gap_or_the_silence_since() -> None:
    assert rhythm_minutes(entries(0, 2, 4), NOW) == 120
    assert rhythm_minutes(entries(50, 52, 54), NOW) == 50 * 60
    assert rhythm_minutes(entries(1), NOW) is None
    assert rhythm_minutes(entries(1, 1, 1), NOW) is None
    assert rhythm_minutes(entries(-500, 0, 2, 4), NOW) == 120


@given(
    st.one_of(st.none(), st.floats(1, 1e9)),
    st.floats(0, 1e12),
    st.floats(0, 1e12),
    st.one_of(st.none(), st.floats(0, 1e9)),
    st.sets(st.integers(0, 23)),
    st.sets(st.integers(0, 6)),
)
def test_never_earlier_than_asked_never_later_than_31_days(
    interval: float | None, fresh: float, quiet: float, ttl: float | None, hours: set[int], days: set[int]
) -> None:
    rhythm = Rhythm(None, ttl, tuple(hours), tuple(days))
    following = after_success(source(interval_minutes=interval), rhythm, Answer(fresh, quiet), NOW)
    assert following.at
    asked = timedelta(seconds=max(fresh, quiet, (ttl or 0) * 60, (interval or 0) * 60))
    assert NOW + min(asked, CAP) <= following.at <= NOW + CAP


# ---------------------------------------------------------------- after failures


def test_back_off_is_chance_between_the_interval_and_three_times_the_last_wait() -> None:
    drawn: list[tuple[float, float]] = []

    def highest(low: float, high: float) -> float:
        drawn.append((low, high))
        return high

    state, at = PollState("a"), NOW
    for count in range(1, 6):
        following = after_failure(source(interval_minutes=60), state, Answer(), count, at, highest)
        assert following.at
        state, at = replace(state, failures=count, last_polled_at=at, next_poll_at=following.at), following.at
    assert drawn == [(60, 120), (60, 360), (60, 1080), (60, 3240), (60, 8640)]
    assert state.next_poll_at
    assert state.last_polled_at
    assert state.next_poll_at - state.last_polled_at == timedelta(days=2)


def test_back_off_obeys_the_server() -> None:
    following = after_failure(source(), PollState("a"), Answer(retry_after_seconds=5 * 86400), 1, NOW, lambda low, _: low)
    assert following.at == NOW + timedelta(days=5)
    assert "left alone" in following.reason


# ---------------------------------------------------------------- states


def lowest(low: float, _high: float) -> float:
    return low


def fail(state: PollState, *errors: Exception, pause_after: int = 10) -> PollState:
    return failed(source(), state, [(URL, error) for error in errors], NOW, lowest, pause_after)  # type: ignore[misc]


def http(status: int, wait: float | None = None, code: str = "E207") -> FetchError:
    return FetchError(f"answered {status}", why="so it is", code=code, http_status=status, retry_after_seconds=wait)


def test_a_success_keeps_what_it_learned() -> None:
    before = PollState("a", SourceStatus.FAILING, failures=3, last_error="x", moved={URL: "https://b.example/"}, feed_title="old")
    learned = {URL: Learned(Validators('"e"'), "digest", "https://c.example/", freshness_seconds=7200.0)}
    polled = Polled(entries(0, 2, 4), feed_link="https://a.example/", ttl_minutes=30, skip_days=frozenset({6}))
    state = succeeded(source(interval_minutes=60), before, polled, learned, NOW)
    assert (state.status, state.failures, state.last_error) == (SourceStatus.OK, 0, None)
    assert state.validators == {URL: Validators('"e"')}
    assert state.body_hashes == {URL: "digest"}
    assert state.moved == {URL: "https://c.example/"}
    assert (state.feed_title, state.feed_link) == ("old", "https://a.example/")
    assert state.rhythm == Rhythm(120.0, 30, (), (6,), 120.0, 120.0, NOW, NOW)
    assert state.next_poll_at == NOW + 2 * HOUR
    unchanged = succeeded(source(), state, Polled(not_modified=True), {URL: Learned(Validators('"e"'))}, NOW)
    assert unchanged.rhythm == state.rhythm


def test_validators_that_the_server_dropped_are_dropped() -> None:
    before = PollState("a", validators={URL: Validators('"e"'), "https://other.example/": Validators('"o"')})
    state = succeeded(source(), before, Polled(), {URL: Learned(digest="d")}, NOW)
    assert state.validators == {"https://other.example/": Validators('"o"')}


def test_an_address_that_moved_back_has_not_moved() -> None:
    before = PollState("a", moved={URL: "https://b.example/"})
    assert succeeded(source(), before, Polled(), {URL: Learned(permanent_url=URL)}, NOW).moved == {}


def test_a_failure_counts_forgets_the_move_and_keeps_the_rest() -> None:
    before = PollState(
        "a", SourceStatus.OK, {URL: Validators('"e"')}, {URL: "https://b.example/"}, {URL: "d"}, last_ok_at=NOW - HOUR
    )
    state = fail(before, ParseError("no feed", why="a page", code="E252"))
    assert (state.status, state.failures, state.last_error) == (SourceStatus.FAILING, 1, "no feed: a page")
    assert (state.validators, state.body_hashes, state.last_ok_at) == (before.validators, before.body_hashes, before.last_ok_at)
    assert state.moved == {}
    assert state.last_polled_at == NOW


def test_so_many_failures_pause_and_say_so() -> None:
    state = PollState("a")
    for _ in range(2):
        state = fail(state, http(500), pause_after=3)
        assert state.status is SourceStatus.FAILING
    state = fail(state, http(500), pause_after=3)
    assert (state.status, state.next_poll_at) == (SourceStatus.PAUSED, None)
    assert "aggregator poll a" in str(state.next_poll_reason)
    assert failure(source(), replace(state, failures=8), [(URL, http(500))], NOW, lowest, 9).outcome == "paused"


def test_410_stops_only_when_every_address_is_gone() -> None:
    gone = http(410, code="E211")
    assert fail(PollState("a"), gone).status is SourceStatus.GONE
    assert fail(PollState("a"), gone).next_poll_at is None
    assert fail(PollState("a"), gone, http(500)).status is SourceStatus.FAILING


@pytest.mark.parametrize(
    ("error", "status", "wait"),
    [
        (http(429, 7200), SourceStatus.LIMITED, 2 * HOUR),
        (http(429), SourceStatus.LIMITED, HOUR),
        (http(503, 7200), SourceStatus.LIMITED, 2 * HOUR),
        (http(503), SourceStatus.FAILING, HOUR),
        (http(403, 7200), SourceStatus.LIMITED, 2 * HOUR),
        (http(403), SourceStatus.FAILING, HOUR),
    ],
)
def test_a_server_that_asks_for_time_limits(error: FetchError, status: SourceStatus, wait: timedelta) -> None:
    state = fail(PollState("a", failures=20), error, pause_after=99)
    assert (state.status, state.next_poll_at) == (status, NOW + wait)


def test_what_came_with_an_answer_that_could_not_be_read_holds_too() -> None:
    page = ParseError("no feed", why="a page", code="E252")
    for answered in (Answer(freshness_seconds=86400), Answer(retry_after_seconds=86400)):
        state = failed(source(), PollState("a"), [(URL, page)], NOW, lowest, 10, answered)
        assert state.next_poll_at == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "headers", "limited"),
    [
        (429, {}, True),
        (403, {"x-ratelimit-remaining": "0"}, True),
        (403, {"x-ratelimit-remaining": "12"}, False),
        (403, {}, False),
        (200, {"x-ratelimit-remaining": "0"}, False),
    ],
)
def test_which_answers_mean_a_rate_limit(status: int, headers: dict[str, str], limited: bool) -> None:
    assert is_limited(status, headers) is limited


def test_a_source_that_was_not_asked_has_not_failed() -> None:
    before = PollState("a", SourceStatus.OK, last_polled_at=NOW - HOUR)
    held = FetchError("not asked", why="held", code="E212", retry_after_seconds=900)
    state = fail(before, held)
    assert (state.status, state.failures, state.last_polled_at) == (SourceStatus.LIMITED, 0, before.last_polled_at)
    assert state.next_poll_at == NOW + timedelta(minutes=15)
    outcome = failure(source(), before, [(URL, held), ("https://b.example/", http(500))], NOW, lowest, 10)
    assert (outcome.outcome, outcome.error) == ("failed", "answered 500: so it is")
    assert len(outcome.notes) == 2
