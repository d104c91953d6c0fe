"""One source polled: its addresses in order, each with what earlier polls taught, and one outcome whatever happens."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from aggregator import __version__
from aggregator.errors import AggregatorError, ConfigError, ParseError
from aggregator.model import Outcome, PollState, RequestRecord, Source, Validators
from aggregator.poll import bridges
from aggregator.poll.due import Answer, is_due, why
from aggregator.poll.fetch import HttpFetcher
from aggregator.poll.items import all_known, body_digest, digests
from aggregator.poll.settings import PollSettings
from aggregator.poll.state import NOTHING_SAID, Learned, failure, note, succeeded
from aggregator.poll.waits import freshness_seconds, retry_after_seconds
from aggregator.protocols import Fetched, Polled, Poller
from aggregator.text import clean_line


class ParseTooLong(BaseException):
    """A parse used up its processor time. No `Exception`: nobody who tries a second parser may catch it."""


class Watch(Protocol):
    """Is told when a source has the processor, so that one which keeps it can be found."""

    def busy(self) -> None:
        """From here to the next `idle` the source computes."""
        ...

    def idle(self) -> float:
        """The source waits or is done; gives the seconds since `busy`."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """What polling one source needs beside the source."""

    fetcher: HttpFetcher
    kinds: Mapping[str, Poller]
    settings: PollSettings
    clock: Callable[[], datetime]
    chance: Callable[[float, float], float] = random.uniform


async def poll_source(source: Source, state: PollState, tools: Tools, watch: Watch, now: datetime) -> Outcome:
    """Polls one source. Never raises but for cancellation: whatever goes wrong is its outcome."""
    fetch = SourceFetch(source, state, tools, watch, now)
    errors: list[tuple[str, AggregatorError]] = []
    try:
        watch.busy()
        kind = _kind(source, tools.kinds)
        for url in kind.addresses(source):
            fetch.learned.clear()
            polled = await _poll_address(kind, source, url, fetch, now, errors)
            if polled is not None:
                return _success(source, state, polled, fetch, errors, now)
    except AggregatorError as error:
        errors.append((source.url, error))
    except (Exception, ParseTooLong) as error:
        errors.append((source.url, unexpected(error)))
    finally:
        fetch.pause()
    return failure(source, state, errors, now, tools.chance, tools.settings.pause_after, fetch.requests, fetch.answered)


def _kind(source: Source, kinds: Mapping[str, Poller]) -> Poller:
    kind = kinds.get(source.kind)
    if kind is None:
        raise ConfigError(f"there is no source kind {source.kind!r}", why=f"there are {', '.join(sorted(kinds))}", code="E104")
    return kind


async def _poll_address(
    kind: Poller, source: Source, url: str, fetch: SourceFetch, now: datetime, errors: list[tuple[str, AggregatorError]]
) -> Polled | None:
    try:
        return await kind.poll(source, url, fetch, now)
    except AggregatorError as error:
        errors.append((url, bridges.explained(error, url)))
    except (Exception, ParseTooLong) as error:
        errors.append((url, unexpected(error)))
    return None


def unexpected(error: BaseException) -> AggregatorError:
    """An error that is none of ours, as one that can be told: E258 too long, E259 too much memory, E299 anything else."""
    if isinstance(error, ParseTooLong):
        return ParseError(
            "reading the answer took too long", why="it used up its processor time", fix="report the address", code="E258"
        )
    if isinstance(error, MemoryError):
        return ParseError("reading the answer took too much memory", fix="report the address", code="E259")
    name, text = type(error).__name__, clean_line(str(error), 200)
    return AggregatorError(f"unexpected {name}", why=text or None, fix="report it with the address of the source", code="E299")


def _success(
    source: Source,
    state: PollState,
    polled: Polled,
    fetch: SourceFetch,
    errors: Sequence[tuple[str, AggregatorError]],
    now: datetime,
) -> Outcome:
    notes = [note(url, error) for url, error in errors]
    notes += [f"{url} has moved to {each.permanent_url}" for url, each in fetch.learned.items() if each.permanent_url]
    after = succeeded(source, state, polled, _kept(fetch.learned, polled), now)
    kind = "unchanged" if polled.not_modified else "ok"
    entries = () if polled.not_modified else polled.entries
    status = fetch.requests[-1].status if fetch.requests else None
    outcome = Outcome(
        source.name, kind, after, entries, status, None, None, fetch.seconds, (*notes, *polled.notes), tuple(fetch.requests)
    )
    return _ruled(source, outcome, now) if source.rules and entries else outcome


def _ruled(source: Source, outcome: Outcome, now: datetime) -> Outcome:
    from aggregator.poll.rules import judged

    blocked, said = judged(source.rules, outcome.entries, now)
    return replace(outcome, blocked=blocked, notes=(*outcome.notes, *said))


def _kept(learned: Mapping[str, Learned], polled: Polled) -> Mapping[str, Learned]:
    """What is remembered of the answers: of a part, nothing by which its whole would look known. The very same bytes are known
    all the same: an upstream that says them twice has no more to say."""
    if not polled.partial:
        return learned
    return {url: replace(each, validators=Validators(), items=None) for url, each in learned.items()}


class SourceFetch:
    """The fetcher that a source kind is given: asks where the source has moved to, with the validators that are known,
    and answers "not modified" for a body that has been read before. Records every exchange.

    A kind that gives validators of its own (empty ones too) gets exactly what the server says.
    """

    def __init__(self, source: Source, state: PollState, tools: Tools, watch: Watch, now: datetime) -> None:
        self.learned: dict[str, Learned] = {}
        self.requests: list[RequestRecord] = []
        self.seconds = 0.0
        self.answered = NOTHING_SAID
        self._source, self._state, self._tools, self._watch = source, state, tools, watch
        self._reason = why(source, state, now) if is_due(source, state, now) else "asked for by hand"
        self._mark = _mark(source)

    async def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        """Fetch `url` for this source."""
        known = self._state.body_hashes.get(url, "") if validators is None else ""
        # Validators stand for a body that was read the way it would be read now; another way wants the body again.
        current = known.startswith(self._mark)
        sent = (self._state.validators.get(url) if current else None) if validators is None else validators
        wanted = {"user-agent": self._source.user_agent} if self._source.user_agent else {}
        self.pause()
        try:
            fetched = await self._tools.fetcher.fetch(
                self._state.moved.get(url, url),
                validators=sent,
                headers={**wanted, **(headers or {})},
                accept=accept,
                max_bytes=max_bytes,
                observer=self._record,
                reason=self._reason,
            )
        finally:
            self._watch.busy()
        return self._learn(url, fetched, known)

    def pause(self) -> None:
        """The source gives up the processor; what it took of the others' time is given back to them."""
        busy = self._watch.idle()
        self.seconds += busy
        if busy > 0.1:
            self._tools.fetcher.extend_deadlines(busy)

    def _record(self, record: RequestRecord) -> None:
        self.seconds += record.seconds
        self.requests.append(record)

    def _learn(self, url: str, fetched: Fetched, known: str) -> Fetched:
        digest = known if fetched.not_modified else self._mark + body_digest(fetched.body)
        now = self._tools.clock()
        read_before, items = digest == known, None
        if not read_before:
            items = digests(fetched.body, self._mark + fetched.headers.get("content-type", ""))
            # A body of which only the feed's own dates are new brings nothing.
            read_before = bool(known) and all_known(items, self._state.item_hashes.get(url))
        fresh, quiet = freshness_seconds(fetched.headers, now), retry_after_seconds(fetched.headers, now)
        self.learned[url] = Learned(fetched.validators, digest or None, fetched.permanent_url, fresh, quiet, items)
        if fresh or quiet:
            said = self.answered
            self.answered = Answer(
                max(said.freshness_seconds or 0.0, fresh or 0.0), max(said.retry_after_seconds or 0.0, quiet or 0.0)
            )
        read = replace(fetched, status=304, body=b"") if read_before and not fetched.not_modified else fetched
        return replace(read, url=url, read_before_at=self._state.last_ok_at)


def _mark(source: Source) -> str:
    """Changes when the same bytes would be read differently: another version, kind or option."""
    way = f"{__version__}\0{source.kind}\0{source.time_zone}\0{sorted(source.options.items(), key=lambda item: item[0])!r}"
    return hashlib.blake2b(way.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest() + "-"
