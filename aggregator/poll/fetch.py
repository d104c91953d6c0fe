"""One fetch, politely and safely: conditional, bounded in time and bytes, redirects followed by hand.

Only here, in `target`, `wire`, `transport` and `http1` is httpx known. Whatever does not end in 2xx or 304 is a FetchError
of `failures`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from aggregator.errors import FetchError
from aggregator.model import RequestRecord, Validators
from aggregator.poll import failures
from aggregator.poll.coding import OFFERED, decoder
from aggregator.poll.hosts import HostQueues
from aggregator.poll.settings import MIB, PollSettings
from aggregator.poll.target import onward, parse_url, same_origin
from aggregator.poll.transport import GuardedTransport
from aggregator.poll.waits import freshness_seconds, is_limited, retry_after_seconds
from aggregator.poll.wire import Ticket, drain, joined, kept_validators, opaque, said, stream, whole
from aggregator.protocols import Fetched

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml, application/xml;q=0.9, "
    "text/xml;q=0.9, application/json;q=0.8, text/html;q=0.5, */*;q=0.1"
)
_NO_BODY = httpx.ByteStream(b"")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_LARGE_BYTES = MIB
_LARGE_AT_ONCE = 4
Observer = Callable[[RequestRecord], None]


@dataclass(frozen=True, slots=True)
class _Ask:
    """What stays the same over the redirects of one fetch."""

    validators: Validators | None
    headers: Mapping[str, str]
    accept: str
    max_bytes: int
    observer: Observer | None
    reason: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float


class HttpFetcher:
    """A `Fetcher` over an httpx transport, one for a whole process.

    `queues` decides when a host may be asked; `clock` gives the wall clock, for dates in headers.
    """

    def __init__(
        self,
        settings: PollSettings,
        clock: Callable[[], datetime],
        queues: HostQueues | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.queues = queues or HostQueues.sharing(settings, clock)
        self._settings = settings
        self._clock = clock
        self._transport = transport or GuardedTransport(settings.allow_private_networks)
        self._deadlines: set[asyncio.Timeout] = set()
        self._large = asyncio.Semaphore(_LARGE_AT_ONCE)

    async def get(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
    ) -> Fetched:
        """Fetch `url`; conditional when validators are given."""
        return await self.fetch(url, validators=validators, headers=headers, accept=accept, max_bytes=max_bytes)

    async def fetch(
        self,
        url: str,
        *,
        validators: Validators | None = None,
        headers: Mapping[str, str] | None = None,
        accept: str | None = None,
        max_bytes: int | None = None,
        observer: Observer | None = None,
        reason: str = "",
    ) -> Fetched:
        """`get`, telling `observer` about every exchange on the way; `reason` says in its records why it was asked."""
        limit = min(max_bytes or self._settings.max_bytes, self._settings.max_bytes)
        ask = _Ask(validators or None, headers or {}, accept or ACCEPT, limit, observer, reason)
        target, permanent, leading, seconds = parse_url(url), None, True, 0.0
        for hops in range(self._settings.max_redirects + 1):
            answer = await self._ask(target, ask, self._settings.deadline_seconds - seconds)
            seconds += answer.seconds
            if answer.status not in _REDIRECTS:
                return self._fetched(
                    url, target, answer, ask, str(permanent) if permanent else None, seconds, redirected=hops > 0
                )
            following = onward(target, answer.status, answer.headers.get("location", ""))
            leading = leading and answer.status in _PERMANENT
            if not same_origin(target, following):
                ask = _without_secrets(ask)
            target, permanent = following, following if leading else permanent
        raise failures.lost(f"there are more than {self._settings.max_redirects} of them")

    def extend_deadlines(self, seconds: float) -> None:
        """Gives every running exchange more time: this process was busy with something else for so long."""
        for deadline in self._deadlines:
            when = deadline.when()
            if when is not None and not deadline.expired():
                deadline.reschedule(when + seconds)

    async def aclose(self) -> None:
        """Closes what connections are kept."""
        await self._transport.aclose()
        self.queues.close()

    async def _ask(self, url: httpx.URL, ask: _Ask, seconds_left: float) -> _Answer:
        """One exchange, in the turn of its host, within what is left of the deadline."""
        async with self.queues.turn(str(url)) as turn:
            at, started = self._clock(), time.monotonic()
            answer: _Answer | None = None
            failure: FetchError | None = None
            deadline = asyncio.timeout(max(seconds_left, 0.0))
            try:
                async with deadline:
                    self._deadlines.add(deadline)
                    answer = await self._exchange(url, ask, started)
            except TimeoutError:
                failure = failures.too_slow(url.host, self._settings.deadline_seconds)
            except FetchError as error:
                failure, turn.asked = error, not isinstance(error, failures.UnaskedError)
            except (httpx.TransportError, OSError) as error:
                failure = _failure(url.host, error)
            finally:
                self._deadlines.discard(deadline)
            if ask.observer is not None:
                status = answer.status if answer else failure.http_status if failure else None
                length = len(answer.body) if answer else 0
                conditional = ask.validators is not None
                spent, wrong = time.monotonic() - started, str(failure) if failure else None
                ask.observer(RequestRecord(at, str(url), status, spent, length, conditional, ask.reason, wrong))
        if answer is None:
            raise failure or failures.broken(url.host, "there was no answer")
        return answer

    async def _exchange(self, url: httpx.URL, ask: _Ask, started: float) -> _Answer:
        # With a stream httpx takes the headers as they are; what it would add is the host alone.
        sent = [(b"Host", url.netloc), *self._headers(ask)]
        request = httpx.Request("GET", url, headers=sent, stream=_NO_BODY)
        response = await self._transport.handle_async_request(request)
        try:
            headers = joined(response.headers.raw)
            status = response.status_code
            wait = retry_after_seconds(headers, self._clock(), limited=is_limited(status, headers))
            if status in {429, 503} or (status == 403 and wait):
                self.queues.hold(str(url), wait)
            body = b""
            if 200 <= status < 300:
                body = await self._body(url, response, headers, ask.max_bytes)
            elif status >= 400:
                body = await said(response, headers)
            elif status == 304 or headers.get("content-length") == "0":
                await drain(response)
            return _Answer(status, headers, body, time.monotonic() - started)
        finally:
            await response.stream.aclose()  # type: ignore[union-attr]

    def _headers(self, ask: _Ask) -> list[tuple[bytes, bytes]]:
        wanted = {"user-agent": self._settings.agent, "accept": ask.accept, "accept-encoding": OFFERED}
        wanted |= {name.lower(): value for name, value in ask.headers.items()}
        if ask.validators is not None:
            wanted |= {"if-none-match": ask.validators.etag} if ask.validators.etag else {}
            wanted |= {"if-modified-since": ask.validators.last_modified} if ask.validators.last_modified else {}
        try:
            return [(name.encode("ascii"), opaque(value)) for name, value in wanted.items()]
        except UnicodeError:
            raise failures.bad_url("a header of the request cannot be written") from None

    async def _body(self, url: httpx.URL, response: httpx.Response, headers: Mapping[str, str], limit: int) -> bytes:
        length = headers.get("content-length", "")
        if length.isdigit() and int(length[:20]) > limit:
            raise failures.too_large(url.host, f"it announces {int(length[:20])} bytes; {limit} are read at most")
        undo = decoder(headers.get("content-encoding"))
        body, wire = bytearray(), 0
        async with Ticket(self._large) as ticket:
            async for chunk in stream(response):
                wire += len(chunk)
                body += chunk if undo is None else undo.feed(chunk, limit + 1 - len(body))
                if max(len(body), wire) > limit:
                    raise failures.too_large(url.host, f"more than {limit} bytes came")
                if len(body) > _LARGE_BYTES:
                    await ticket.take()
            return whole(body, undo, wire)

    def _fetched(
        self, asked: str, final: httpx.URL, answer: _Answer, ask: _Ask, permanent: str | None, seconds: float, *, redirected: bool
    ) -> Fetched:
        now, status = self._clock(), answer.status
        if status == 304 and ask.validators is None:
            raise failures.broken(final.host, "it says that nothing changed since an earlier answer, but there was none")
        if status == 206:
            raise failures.broken(final.host, "it is a part of something, and the whole was asked for")
        if status != 304 and not 200 <= status < 300:
            raise failures.status(
                status,
                final.host,
                wait_seconds=retry_after_seconds(answer.headers, now, limited=is_limited(status, answer.headers)),
                freshness_seconds=freshness_seconds(answer.headers, now),
                redirected=redirected,
                body=answer.body,
            )
        validators = kept_validators(answer.headers, ask.validators if status == 304 else None)
        return Fetched(asked, str(final), status, answer.headers, answer.body, validators, permanent, seconds)


def _without_secrets(ask: _Ask) -> _Ask:
    """What another origin may see: nothing that the caller added for the first one."""
    agent = {name: value for name, value in ask.headers.items() if name.lower() == "user-agent"}
    return replace(ask, headers=agent)


def _failure(host: str, error: Exception) -> FetchError:
    if isinstance(error, httpx.LocalProtocolError):
        return failures.bad_url(f"the request cannot be written: {error}")
    if isinstance(error, httpx.ConnectError):
        return failures.unreachable(host, str(error) or "no answer")
    if isinstance(error, httpx.TransportError):
        return failures.broken(host, str(error) or "the connection was lost")
    return failures.unreachable(host, str(error) or type(error).__name__)
