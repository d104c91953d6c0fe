"""Rows of what polls taught, and of what they asked, to nouns and back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aggregator.model import PollState, RequestRecord, Rhythm, SourceStatus, Validators
from aggregator.store.forms import CORE, Form
from aggregator.store.mapping import Row

_RHYTHM_INSTANTS = ("newest_at", "first_read_at")
_REQUEST_FIELDS = tuple(RequestRecord.__dataclass_fields__)


def state_out(state: PollState, form: Form = CORE) -> dict[str, Any]:
    """PollState -> row of source_state."""
    instant, json = form.instant, form.json
    return {
        "source": state.source,
        "status": state.status.value,
        "validators": json({url: [value.etag, value.last_modified] for url, value in state.validators.items()}),
        "moved": json(dict(state.moved)),
        "body_hashes": json(dict(state.body_hashes)),
        "item_hashes": json(dict(state.item_hashes)),
        "last_polled_at": state.last_polled_at and instant(state.last_polled_at),
        "last_ok_at": state.last_ok_at and instant(state.last_ok_at),
        "last_new_at": state.last_new_at and instant(state.last_new_at),
        "next_poll_at": state.next_poll_at and instant(state.next_poll_at),
        "next_poll_reason": state.next_poll_reason,
        "failures": state.failures,
        "last_error": state.last_error,
        "feed_title": state.feed_title,
        "feed_link": state.feed_link,
        "rhythm": json(_rhythm_out(state.rhythm)),
    }


def state_in(row: Row) -> PollState:
    """Row of source_state -> PollState."""
    values = dict(row)
    values["status"] = SourceStatus(values["status"])
    values["validators"] = {url: Validators(*pair) for url, pair in values["validators"].items()}
    values["rhythm"] = _rhythm_in(values["rhythm"])
    return PollState(**values)


def _rhythm_out(rhythm: Rhythm) -> dict[str, Any]:
    return {
        "entry_minutes": rhythm.entry_minutes,
        "ttl_minutes": rhythm.ttl_minutes,
        "skip_hours": rhythm.skip_hours,
        "skip_days": rhythm.skip_days,
        "usual_minutes": rhythm.usual_minutes,
        "longest_minutes": rhythm.longest_minutes,
        "newest_at": rhythm.newest_at and rhythm.newest_at.isoformat(),
        "first_read_at": rhythm.first_read_at and rhythm.first_read_at.isoformat(),
    }


def _rhythm_in(row: dict[str, Any]) -> Rhythm:
    # A row of an earlier version says less.
    instants = {name: datetime.fromisoformat(row[name]) for name in _RHYTHM_INSTANTS if row.get(name)}
    lists = {name: tuple(row[name]) for name in ("skip_hours", "skip_days")}
    return Rhythm(**row | lists | instants)


def request_out(source: str, record: RequestRecord, form: Form = CORE) -> dict[str, Any]:
    """RequestRecord -> row of request."""
    fields = {name: getattr(record, name) for name in _REQUEST_FIELDS}
    return {"source": source, **fields, "at": form.instant(record.at)}


def request_in(row: Row) -> RequestRecord:
    """Row of request -> RequestRecord."""
    return RequestRecord(**{name: row[name] for name in RequestRecord.__dataclass_fields__})
