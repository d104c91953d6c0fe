"""How the pages speak: their labels in one language, and how errors, times and decisions are said in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.errors import AggregatorError
from aggregator.text import clean_line
from aggregator.web.labels import TABLE

_STEPS = ((90, 1, "s"), (5400, 60, "min"), (129_600, 3600, "h"), (float("inf"), 86_400, "d"))


class Words:
    """The words of one language, and the clock of one place."""

    def __init__(self, language: str, time_zone: str) -> None:
        self.chinese = language.lower().replace("_", "-").split("-")[0] == "zh"
        self.tag = "zh-CN" if self.chinese else "en"
        self._words: Mapping[str, str] = {name: pair[0 if self.chinese else 1] for name, pair in TABLE.items()}
        self._zone = ZoneInfo(time_zone)

    def __call__(self, name: str, **values: object) -> str:
        """The words of that name, with values put in; those for one where `count` is 1."""
        name = f"{name}.one" if values.get("count") == 1 and f"{name}.one" in self._words else name
        return self._words[name].format(**values) if values else self._words[name]

    def maybe(self, name: str, otherwise: str) -> str:
        """The words of that name, or what an open set (actions, relations) says itself."""
        return self._words.get(name, otherwise)

    def error(self, error: AggregatorError) -> str:
        """An error in the language of the page where it is a usual one, else in the program's own words; with its code."""
        text = self._words.get(f"error.{error.code}")
        return f"{text or clean_line(str(error), 300)} [{error.code}]"

    def day(self, at: datetime | None) -> str:
        """The date where the newsletter is made."""
        return f"{at.astimezone(self._zone):%Y-%m-%d}" if at else ""

    def moment(self, at: datetime) -> str:
        """Date and time where the newsletter is made."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M}"

    def ago(self, at: datetime | None, now: datetime) -> str:
        """`3 h ago`, `in 20 min`; "never" for None."""
        if at is None:
            return self("never")
        seconds = (now - at).total_seconds()
        for limit, step, unit in _STEPS:
            if abs(seconds) < limit:
                return self("ago" if seconds >= 0 else "in", amount=self(unit, count=round(abs(seconds) / step)))
        return self("never")
