"""Dates in the two forms of nearly all feeds: the short way says what the long way says."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.poll import dates

_MONTHS = st.sampled_from(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
_YEARS = st.sampled_from([0, 1, 1969, 2020, 2024, 2026, 9999])
_PARTS = st.tuples(st.integers(0, 32), st.integers(0, 25), st.integers(0, 61), st.integers(0, 61))


@given(_YEARS, st.integers(0, 13), _PARTS, st.sampled_from(["Z", "+00:00", "-00:00", "+08:00", "-11:30", "+05:75", "+1:00", ""]))
def test_iso(year: int, month: int, parts: tuple[int, int, int, int], zone: str) -> None:
    day, hour, minute, second = parts
    clock = f"{hour:02d}:{minute:02d}:{second:02d}{zone}"
    # A blank in front is mended by the long way alone.
    assert dates.read(f"{year:04d}-{month:02d}-{day:02d}T{clock}") == dates.read(f" {year:04d}-{month:02d}-{day:02d}T{clock}")


@given(_YEARS, _MONTHS, _PARTS, st.sampled_from(["GMT", "+0000", "-0000", "+0800", "-1130", "+1999", "+0575", "EST"]))
def test_rfc(year: int, month: str, parts: tuple[int, int, int, int], zone: str) -> None:
    day, hour, minute, second = parts
    text = f"Mon, {day:02d} {month} {year:04d} {hour:02d}:{minute:02d}:{second:02d} {zone}"
    assert dates.read(text) == dates.read(f" {text}")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-09-01T08:30:00+08:00", "2026-09-01T00:30:00+00:00"),
        ("Tue, 01 Sep 2026 08:30:00 +0800", "2026-09-01T00:30:00+00:00"),
        ("Tue, 01 Sep 2026 08:30:00 GMT", "2026-09-01T08:30:00+00:00"),
        ("Wed, 30 Dec 2026 23:59:60 GMT", "2026-12-31T00:00:00+00:00"),
    ],
)
def test_instants(text: str, instant: str) -> None:
    found = dates.read(text)
    assert found is not None
    assert found.isoformat() == instant
    assert found.tzinfo is UTC
