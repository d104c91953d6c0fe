"""When a source that can be read has gone silent, against its own rhythm."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model import Entry, PollState, Rhythm, SourceStatus
from aggregator.poll.silence import listened, silence

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def entries(*days_ago: float) -> list[Entry]:
    return [Entry("a", f"g{days}", None, "t", published_at=NOW - days * DAY) for days in days_ago]


def read(known: Rhythm, listed: list[Entry], at: datetime = NOW, last_new_at: datetime | None = None) -> PollState:
    """A source that has just been read well."""
    return PollState("a", SourceStatus.OK, last_ok_at=at, last_new_at=last_new_at or at, rhythm=listened(known, listed, at))


def later(state: PollState, days: float) -> PollState:
    """The same when it has been asked again, and nothing has changed."""
    return replace(state, last_ok_at=NOW + days * DAY)


@pytest.mark.parametrize(
    ("days_ago", "quiet_until", "broken_from"),
    [
        ((0, 0.1, 0.2, 0.3), 4, 5),  # busy: a long weekend is nothing
        ((0, 1, 2, 3), 4, 5),
        ((0, 7, 14, 21), 28, 29),
        ((0, 1, 2, 12, 13), 20, 21),  # it was away for ten days once
    ],
)
def test_silence_is_measured_by_the_rhythm(days_ago: tuple[float, ...], quiet_until: float, broken_from: float) -> None:
    state = read(Rhythm(), entries(*days_ago))
    assert silence(later(state, quiet_until)) is None
    found = silence(later(state, broken_from))
    assert found
    assert found.days == broken_from
    assert f"no update for {broken_from} days" in str(found)


def test_a_feed_that_was_dead_when_it_was_subscribed_is_told_at_once() -> None:
    found = silence(read(Rhythm(), entries(400, 401, 402)))
    assert found
    assert found.days == 400


def test_news_with_old_dates_is_news() -> None:
    first = read(Rhythm(), entries(400, 401, 402), NOW - 30 * DAY)
    again = read(first.rhythm, entries(399, 400, 401, 402), NOW, last_new_at=NOW)
    assert silence(again) is None
    assert silence(later(again, 6))


def test_when_nobody_asks_nobody_is_silent() -> None:
    state = read(Rhythm(), entries(0, 1, 2))
    assert silence(replace(state, last_polled_at=NOW + 90 * DAY)) is None


@pytest.mark.parametrize("status", [SourceStatus.FAILING, SourceStatus.PAUSED, SourceStatus.GONE, SourceStatus.LIMITED])
def test_a_failure_is_told_as_such(status: SourceStatus) -> None:
    assert silence(replace(later(read(Rhythm(), entries(0, 1, 2)), 30), status=status)) is None


def test_daily_batches_of_one_date_have_a_rhythm_too() -> None:
    rhythm = Rhythm()
    for days in (12, 11, 10):
        rhythm = listened(rhythm, entries(days, days, days), NOW - days * DAY)
    assert rhythm.usual_minutes == pytest.approx(24 * 60)
    assert rhythm.newest_at == NOW - 10 * DAY
    found = silence(PollState("a", SourceStatus.OK, last_ok_at=NOW, last_new_at=NOW - 10 * DAY, rhythm=rhythm))
    assert found
    assert found.days == 10
    assert listened(rhythm, [], NOW) == rhythm  # an empty weekend teaches nothing


def test_of_what_gives_no_dates_nothing_is_said() -> None:
    undated = [Entry("a", "g", None, "t"), Entry("a", "h", None, "t")]
    assert silence(later(read(Rhythm(), undated), 90)) is None
