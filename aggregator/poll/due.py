"""Which sources are due, and when each is asked next. Pure: instants go in, instants and sentences come out.

The next poll is never earlier than the largest of what is wished for: by the editor (an interval), by the server (caching
headers, Retry-After) and by the feed (ttl, skipHours, skipDays). Where nobody says anything the rhythm of the entries
decides. Nothing waits longer than 31 days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aggregator.model import Entry, PollState, Rhythm, Source, SourceStatus

CAP = timedelta(days=31)
HOURLY_MINUTES = 60.0
DAILY_MINUTES = 24 * 60.0
LOCAL_MINUTES = 15.0
UNKNOWN_MINUTES = 6 * 60.0
BACKOFF_MINUTES = 60.0
BACKOFF_CAP = timedelta(days=2)
RHYTHM_ENTRIES = 20
_WHOLE_MINUTE_FROM = 30.0


@dataclass(frozen=True, slots=True)
class Next:
    """When a source is asked next, and why not earlier. `at` None: not until somebody asks for it."""

    at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the answer to a poll says about the next one, seconds each, None where it says nothing. `validators`: it gave
    some, so that asking again may cost little. `local`: nobody was asked, for it lies on this machine."""

    freshness_seconds: float | None = None
    retry_after_seconds: float | None = None
    validators: bool = False
    local: bool = False


def is_due(source: Source, state: PollState, now: datetime) -> bool:
    """True when the source is to be polled now; `why` says it in words."""
    if source.muted or state.status in {SourceStatus.PAUSED, SourceStatus.GONE, SourceStatus.MUTED}:
        return False
    return state.next_poll_at is None or state.next_poll_at <= now


def why(source: Source, state: PollState, now: datetime) -> str:
    """Why a source is polled now, or is not, as a sentence."""
    if source.muted or state.status is SourceStatus.MUTED:
        return "not polled: it is muted"
    if state.status in {SourceStatus.PAUSED, SourceStatus.GONE}:
        return f"not polled: {state.next_poll_reason or state.status.value}"
    if state.next_poll_at is None:
        return "due: it has not been polled before" if state.last_polled_at is None else "due: nothing says to wait"
    reason = state.next_poll_reason or "the time has come"
    return (
        f"due since {_stamp(state.next_poll_at)}: {reason}"
        if state.next_poll_at <= now
        else f"not before {_stamp(state.next_poll_at)}: {reason}"
    )


def due(sources: Iterable[Source], states: Mapping[str, PollState], now: datetime) -> list[tuple[Source, PollState]]:
    """The sources to poll now with their states, in their order; a source without a state has never been polled."""
    pairs = ((source, states.get(source.name) or PollState(source.name)) for source in sources)
    return [(source, state) for source, state in pairs if is_due(source, state, now)]


def rhythm_minutes(entries: Iterable[Entry], now: datetime) -> float | None:
    """The usual gap between entries in minutes: the mean over the newest ones, or the time since the newest where that is
    longer. None for fewer than two dated entries."""
    dates = sorted({entry.published_at for entry in entries if entry.published_at and entry.published_at <= now}, reverse=True)
    newest = dates[:RHYTHM_ENTRIES]
    if len(newest) < 2:
        return None
    usual = (newest[0] - newest[-1]) / (len(newest) - 1)
    return max(usual, now - newest[0]).total_seconds() / 60


def after_success(source: Source, rhythm: Rhythm, answer: Answer, now: datetime) -> Next:
    """When to ask again after a poll that went well, changed or not."""
    return _latest([_own(source, rhythm, answer, now), *_asked(rhythm, answer, now)], rhythm, now)


def after_failure(
    source: Source, state: PollState, answer: Answer, failures: int, now: datetime, between: Callable[[float, float], float]
) -> Next:
    """When to ask again after `failures` in a row: decorrelated jitter (each wait is chance between the usual interval
    and three times the last wait, the first one at most twice the interval: most failures are over by then), never earlier
    than what the server asks for. `between` draws a number from a range."""
    base = max(source.interval_minutes or BACKOFF_MINUTES, 1.0)
    most = 2 * base
    if state.failures and state.next_poll_at and state.last_polled_at:
        most = 3 * max(base, (state.next_poll_at - state.last_polled_at).total_seconds() / 60)
    ceiling = max(base, BACKOFF_CAP.total_seconds() / 60)
    minutes = min(ceiling, between(base, most))
    counted = "the last poll failed" if failures == 1 else f"the last {failures} polls failed"
    own = (now + timedelta(minutes=minutes), f"{counted}: backing off for {span(minutes)}")
    return _latest([own, *_asked(state.rhythm, answer, now)], state.rhythm, now)


def after_hold(seconds: float, now: datetime) -> Next:
    """When to ask a source whose host wanted quiet, so that it was not asked at all."""
    at = now + min(timedelta(seconds=seconds), CAP)
    return Next(at, f"its host asked to be left alone for {span(seconds / 60)}")


def _own(source: Source, rhythm: Rhythm, answer: Answer, now: datetime) -> tuple[datetime, str]:
    if source.interval_minutes is not None:
        minutes, said = source.interval_minutes, f"its interval is {span(source.interval_minutes)}"
    elif answer.local:
        minutes, said = LOCAL_MINUTES, f"it lies on this machine: looked at every {span(LOCAL_MINUTES)}"
    else:
        floor = HOURLY_MINUTES if answer.validators else DAILY_MINUTES
        if rhythm.entry_minutes is None:
            minutes = max(floor, UNKNOWN_MINUTES)
            said = f"no rhythm is known yet: every {span(minutes)}"
        else:
            minutes = min(max(rhythm.entry_minutes / 2, floor), DAILY_MINUTES)
            said = f"it brings an entry about every {span(rhythm.entry_minutes)}: asked every {span(minutes)}"
        if not answer.validators:
            said += ", for it cannot say that nothing changed"
    # Counted from the full minute, or a poll that starts a second late every time would skip every other run of cron.
    start = now.replace(second=0, microsecond=0) if minutes >= _WHOLE_MINUTE_FROM else now
    return start + min(timedelta(minutes=minutes), CAP), said


def _asked(rhythm: Rhythm, answer: Answer, now: datetime) -> list[tuple[datetime, str]]:
    wishes = [
        (answer.freshness_seconds, "the server says that its answer stays fresh for {}"),
        (answer.retry_after_seconds, "the server asks to be left alone for {}"),
        (None if rhythm.ttl_minutes is None else rhythm.ttl_minutes * 60, "the feed asks for {} between polls (ttl)"),
    ]
    capped = [(min(seconds, CAP.total_seconds()), said) for seconds, said in wishes if seconds is not None and seconds > 0]
    return [(now + timedelta(seconds=seconds), said.format(span(seconds / 60))) for seconds, said in capped]


def _latest(choices: list[tuple[datetime, str]], rhythm: Rhythm, now: datetime) -> Next:
    at, said = max(choices, key=lambda choice: choice[0])
    at = min(at, now + CAP)
    open_at = _outside(at, frozenset(rhythm.skip_hours), frozenset(rhythm.skip_days))
    if open_at > at:
        return Next(min(open_at, now + CAP), f"{said}; the feed asks not to be polled before then (skipHours, skipDays)")
    return Next(at, said)


def _outside(at: datetime, hours: frozenset[int], days: frozenset[int]) -> datetime:
    """The first instant from `at` on that is in none of the hours and days (RSS 2.0: both in GMT)."""
    if not (hours or days) or len(hours) >= 24 or len(days) >= 7:
        return at
    moment = at.astimezone(UTC)
    for _ in range(8 * 24):
        if moment.hour not in hours and moment.weekday() not in days:
            return moment
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def span(minutes: float) -> str:
    """A length of time in words."""
    if minutes < 1.5:
        return f"{round(minutes * 60)} s"
    if minutes < 120:
        return f"{round(minutes)} min"
    return f"{minutes / 60:.3g} h" if minutes < 72 * 60 else f"{minutes / 60 / 24:,.0f} days"


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
