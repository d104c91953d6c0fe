"""Values are compared and hashed by their fields, and go from process to process as they are."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from aggregator.model import Entry, Link, Outcome, PollState, Reason, RequestRecord, Rhythm, Score, SourceStatus, Validators

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_ENTRY = Entry("s", "g", "https://a.example/", "一个标题", published_at=NOW, links=(Link("", "code", "https://b.example/"),))
_STATE = PollState(
    "s", SourceStatus.OK, {"u": Validators('"e"')}, last_ok_at=NOW, rhythm=Rhythm(skip_hours=(1, 2), newest_at=NOW)
)
_REQUEST = RequestRecord(NOW, "https://a.example/", 200, 0.5, 10, conditional=False)


@pytest.mark.parametrize(
    "value",
    [
        _ENTRY,
        _STATE,
        Outcome("s", "ok", _STATE, (_ENTRY,), requests=(_REQUEST,), blocked={"g": "a rule"}),
        Score(1.5, (Reason(1.5, "a term"),)),
    ],
)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_value_comes_out_of_a_pickle_as_it_went_in(value: object, protocol: int) -> None:
    found = pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - made in this line
    assert found == value
    assert type(found) is type(value)


def test_values_of_equal_fields_are_one() -> None:
    again = replace(_ENTRY)
    assert again is not _ENTRY
    assert {again, _ENTRY} == {_ENTRY}
    assert replace(_ENTRY, title="another") != _ENTRY


def test_a_value_has_its_fields_and_no_others() -> None:
    assert not hasattr(Reason(1.0, "a term"), "__dict__")
    assert repr(Reason(1.0, "a term")) == "Reason(points=1.0, text='a term')"
