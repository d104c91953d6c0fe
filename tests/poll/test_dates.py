"""Dates in the two forms of nearly all feeds: the short way says what the long way says."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

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


SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026年9月1日 14:05", "2026-09-01T06:05"),
        ("2026年9月1日（星期二）下午2点05分", "2026-09-01T06:05"),
        ("2026年9月1日 14:05 GMT+9", "2026-09-01T05:05"),
        ("2026年9月1日 午後2時5分", "2026-09-01T06:05"),
        ("2026년 9월 1일 오후 2:05", "2026-09-01T06:05"),
        ("2026년 9월 1일 오후 2시 5분", "2026-09-01T06:05"),
        ("9月 1, 2025", "2025-08-31T16:00"),
        ("9月 1, 2025 14:05", "2025-09-01T06:05"),
        ("9月11日2025年 下午2:05", "2025-09-11T06:05"),
        ("2026-09-01 2:05 PM", "2026-09-01T06:05"),
        ("2026-09-01 12:05 am EST", "2026-09-01T05:05"),
        ("2026. 9. 1. 14:05", "2026-09-01T06:05"),
        ("2026-09-01 오후 2:05:00", "2026-09-01T06:05"),
        ("2026-09-01 오전 12:05:00", "2026-08-31T16:05"),
        ("2026年9月1日 凌晨12:05", "2026-08-31T16:05"),
        ("2026-9-1 14:5", "2026-09-01T06:05"),
        ("发布时间：2026-09-01 14:05", "2026-09-01T06:05"),
        ("9月1日 14:05", "2026-09-01T06:05"),
        ("9月1日", "2026-08-31T16:00"),
        ("12月30日 14:05", "2025-12-30T06:05"),
        ("11月22日 14:05", "2026-11-22T06:05"),
        ("昨天 14:05", "2026-11-20T06:05"),
        ("今天 下午2:05", "2026-11-21T06:05"),
        ("3小时前", "2026-11-21T09:00"),
        ("2 days ago", "2026-11-19T12:00"),
        ("周二, 01 九月 2026 14:05:00 +0800", "2026-09-01T06:05"),
        ("星期二, 01 11月 2026 14:05:00 +0800", "2026-11-01T06:05"),
        ("2026-09-01 14:05:00 (北京时间)", "2026-09-01T06:05"),
        ("Tue, 01 Sep 2026 14:05:00 Asia/Tokyo", "2026-09-01T05:05"),
        ("2026-09-01T14:05:00[Asia/Tokyo]", "2026-09-01T05:05"),
        ("Tue Sep  1 14:05:00 +0900 2026", "2026-09-01T05:05"),
        ("Tue,01 Sep 2026 14:05:00 GMT", "2026-09-01T14:05"),
        ("Tue , 1 Sep 26 14:05 GMT", "2026-09-01T14:05"),
        ("1st September 2026 14:05 GMT", "2026-09-01T14:05"),
        ("Tue, 01 Sep 2026 14:05:00 AEST", "2026-09-01T04:05"),
        ("Tue, 01 Sep 2026 14:05:00 IST", "2026-09-01T08:35"),
        ("Tue, 01 Sep 2026 14:05:00 AT", "2026-09-01T18:05"),
        ("2026", "2026-01-01T00:00"),
    ],
)
def test_forms_that_are_met(text: str, instant: str) -> None:
    found = dates.read(text, default=SHANGHAI, china=True, now=NOW)
    assert found is not None
    assert found.astimezone(UTC).isoformat()[:16] == instant


@pytest.mark.parametrize(
    "text", ["9月31日", "13月1日", "共9月", "3小时", "2026年13月1日", "0000-00-00", "第5期", "31 13月 2026", "9月 2026"]
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.read(text, default=SHANGHAI, china=True, now=NOW) is None


@pytest.mark.parametrize("text", ["9月1日", "昨天 14:05", "3小时前"])
def test_what_stands_to_now_is_unreadable_without_it(text: str) -> None:
    assert dates.read(text, parsed=NOW) in {None, NOW}


@given(st.text("0123456789年月日年월일 :：.-/下午오후TZ+小时前昨天GMTSep,st", max_size=60))
def test_nothing_raises(text: str) -> None:
    dates.read(text, default=SHANGHAI, china=True, now=NOW)
