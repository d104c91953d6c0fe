"""What a poll teaches: the state of a source before and after. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from aggregator.errors import AggregatorError, FetchError
from aggregator.model import Outcome, PollState, RequestRecord, Rhythm, Source, SourceStatus, Validators
from aggregator.poll.due import Answer, Next, after_failure, after_hold, after_success, rhythm_minutes
from aggregator.poll.silence import listened
from aggregator.protocols import Polled
from aggregator.text import clean_line

LIMITED_STATUS = 429
MAX_ADDRESSES = 50
_BUSY_STATUSES = frozenset({403, 503})
_GONE = "E211"
_HELD = "E212"
NOTHING_SAID = Answer()
_OUTCOMES = {SourceStatus.GONE: "gone", SourceStatus.PAUSED: "paused", SourceStatus.LIMITED: "limited"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Learned:
    """What the answer of one address taught: kept only when its source could be read."""

    validators: Validators = field(default_factory=Validators)
    digest: str | None = None
    permanent_url: str | None = None
    freshness_seconds: float | None = None
    retry_after_seconds: float | None = None
    items: str | None = None


def said(error: AggregatorError) -> str:
    """An error as one line for the state of a source."""
    return clean_line(f"{error.what}: {error.why}" if error.why else error.what, 500)


def succeeded(source: Source, state: PollState, polled: Polled, learned: Mapping[str, Learned], now: datetime) -> PollState:
    """The state after a poll that could be read, changed or not."""
    rhythm = state.rhythm if polled.not_modified else _rhythm(state.rhythm, polled, now)
    fresh = max((each.freshness_seconds or 0.0 for each in learned.values()), default=0.0)
    quiet = max((each.retry_after_seconds or 0.0 for each in learned.values()), default=0.0)
    answer = Answer(fresh, quiet, validators=any(each.validators for each in learned.values()), local=not learned)
    following = after_success(source, rhythm, answer, now)
    return replace(
        state,
        status=SourceStatus.OK,
        validators=_newest(
            {
                **_without(state.validators, learned),
                **{url: each.validators for url, each in learned.items() if each.validators},
            }
        ),
        moved=_moved(state.moved, learned),
        body_hashes=_newest({**state.body_hashes, **{url: each.digest for url, each in learned.items() if each.digest}}),
        item_hashes=_newest({**state.item_hashes, **{url: each.items for url, each in learned.items() if each.items}}),
        last_polled_at=now,
        last_ok_at=now,
        next_poll_at=following.at,
        next_poll_reason=following.reason,
        failures=0,
        last_error=None,
        feed_title=polled.feed_title or state.feed_title,
        feed_link=polled.feed_link or state.feed_link,
        rhythm=rhythm,
    )


def failed(
    source: Source,
    state: PollState,
    errors: Sequence[tuple[str, AggregatorError]],
    now: datetime,
    between: Callable[[float, float], float],
    pause_after: int,
    answered: Answer = NOTHING_SAID,
) -> PollState:
    """The state after none of the addresses could be read; `errors` are (address, error) in the order of asking. What came
    with bodies that could not be read is `answered`: how long they stay fresh holds for these, too."""
    failures = [error for _, error in errors]
    held = [error for error in failures if error.code == _HELD]
    if failures and len(held) == len(failures):
        following = after_hold(max(_wait(error) for error in held), now)
        return replace(state, status=SourceStatus.LIMITED, next_poll_at=following.at, next_poll_reason=following.reason)
    count = state.failures + 1
    status = _status(failures, count, pause_after)
    following = _following(source, state, failures, status, count, now, between, answered)
    gone_astray = {url for url, _ in errors if url in state.moved}
    return replace(
        state,
        status=status,
        moved={url: target for url, target in state.moved.items() if url not in gone_astray},
        last_polled_at=now,
        next_poll_at=following.at,
        next_poll_reason=following.reason,
        failures=count,
        last_error="; ".join(dict.fromkeys(said(error) for error in failures)) or None,
    )


def failure(
    source: Source,
    state: PollState,
    errors: Sequence[tuple[str, AggregatorError]],
    now: datetime,
    between: Callable[[float, float], float],
    pause_after: int,
    requests: Sequence[RequestRecord] = (),
    answered: Answer = NOTHING_SAID,
) -> Outcome:
    """The outcome of a source none of whose addresses could be read; the first real error speaks for all. `answered` as in
    `failed`."""
    after = failed(source, state, errors, now, between, pause_after, answered)
    told = next((error for _, error in errors if not is_limit(error)), errors[0][1] if errors else None)
    return Outcome(
        source.name,
        _OUTCOMES.get(after.status, "failed"),
        after,
        http_status=next((record.status for record in reversed(requests) if record.status is not None), None),
        error=said(told) if told else None,
        error_code=told.code if told else None,
        seconds=sum(record.seconds for record in requests),
        notes=tuple(note(url, error) for url, error in errors) if len(errors) > 1 else (),
        requests=tuple(requests),
    )


def note(url: str, error: AggregatorError) -> str:
    """One address that failed, on one line."""
    return f"{clean_line(url, 200)} failed: {said(error)} [{error.code}]"


def _status(failures: Sequence[AggregatorError], count: int, pause_after: int) -> SourceStatus:
    if failures and all(error.code == _GONE for error in failures):
        return SourceStatus.GONE
    if failures and all(is_limit(error) for error in failures):
        return SourceStatus.LIMITED
    return SourceStatus.PAUSED if count >= pause_after else SourceStatus.FAILING


def is_limit(error: AggregatorError) -> bool:
    """True when the server did not fail but asked for time: 429, 403 or 503 with a wait, or a host that is left alone."""
    if not isinstance(error, FetchError):
        return False
    busy = error.http_status in _BUSY_STATUSES and error.retry_after_seconds is not None
    return busy or error.http_status == LIMITED_STATUS or error.code == _HELD


def _following(
    source: Source,
    state: PollState,
    failures: Sequence[AggregatorError],
    status: SourceStatus,
    count: int,
    now: datetime,
    between: Callable[[float, float], float],
    answered: Answer,
) -> Next:
    if status is SourceStatus.GONE:
        return Next(None, "the server says that it is gone for good")
    if status is SourceStatus.PAUSED:
        return Next(None, f"paused after {count} failures in a row; `aggregator poll {source.name}` asks again")
    fresh = max((_freshness(error) for error in failures), default=0.0)
    quiet = max((_wait(error) for error in failures), default=0.0)
    answer = Answer(max(fresh, answered.freshness_seconds or 0.0), max(quiet, answered.retry_after_seconds or 0.0))
    return after_failure(source, state, answer, count, now, between)


def _wait(error: AggregatorError) -> float:
    return (error.retry_after_seconds or 0.0) if isinstance(error, FetchError) else 0.0


def _freshness(error: AggregatorError) -> float:
    seconds = getattr(error, "freshness_seconds", None)
    return seconds if isinstance(seconds, float) else 0.0


def _rhythm(known: Rhythm, polled: Polled, now: datetime) -> Rhythm:
    minutes = rhythm_minutes(polled.entries, now)
    return replace(
        listened(known, polled.entries, now),
        entry_minutes=known.entry_minutes if minutes is None else minutes,
        ttl_minutes=polled.ttl_minutes,
        skip_hours=tuple(sorted(polled.skip_hours)),
        skip_days=tuple(sorted(polled.skip_days)),
    )


def _newest(known: Mapping[str, T]) -> dict[str, T]:
    """What was learnt last: an address that names the day is never asked twice, and what is known of it would pile up."""
    return dict(list(known.items())[-MAX_ADDRESSES:])


def _without(known: Mapping[str, Validators], learned: Mapping[str, Learned]) -> dict[str, Validators]:
    return {url: validators for url, validators in known.items() if url not in learned}


def _moved(known: Mapping[str, str], learned: Mapping[str, Learned]) -> dict[str, str]:
    moved = dict(known)
    for url, each in learned.items():
        if each.permanent_url == url:
            moved.pop(url, None)
        elif each.permanent_url:
            moved[url] = each.permanent_url
    return moved
