"""Which entries of a source are let in: its keep and block rules. Pure.

A pattern is the editor's, but the text it meets is an upstream's, and the two together may take for ever: each search has
a time limit, and a rule that passes it is out of force for the rest of the reading, and said so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

import regex

from aggregator.model import Entry, Rule, Rules

SEARCH_SECONDS = 0.1
MAX_TEXT_CHARS = 2000


@dataclass(slots=True)
class Judge:
    """Judges the entries of one source. `disabled` are the rules that took too long, in words."""

    rules: Rules
    now: datetime
    disabled: dict[Rule, str] = field(default_factory=dict)

    def blocked(self, entry: Entry) -> str | None:
        """Why an entry is not let in, None when it is: any block rule that matches it, or no keep rule where there are some.
        A rule that is out of force blocks nothing."""
        for rule in self.rules.block:
            if self._matches(rule, entry):
                return f"block {described(rule)}"
        keep = self.rules.keep
        if not keep or any(self._matches(rule, entry) for rule in keep) or any(rule in self.disabled for rule in keep):
            return None
        return f"keep {described(keep[0])}" if len(keep) == 1 else f"none of {len(keep)} keep rules"

    def notes(self) -> tuple[str, ...]:
        """What is to be said of rules that are out of force."""
        return tuple(f"a rule is out of force: {why}" for why in self.disabled.values())

    def _matches(self, rule: Rule, entry: Entry) -> bool:
        """All that the rule names holds."""
        if rule in self.disabled:
            return False
        try:
            return all(test(rule, entry, self.now) for test in _TESTS)
        except TimeoutError:
            self.disabled[rule] = f"{described(rule)} took longer than {SEARCH_SECONDS:g} s on one entry"
            return False


def judged(rules: Rules, entries: Iterable[Entry], now: datetime) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The guids of the entries that are not let in, with the reason, and what is to be said of the rules themselves."""
    judge = Judge(rules, now)
    found = {entry.guid: why for entry in entries if (why := judge.blocked(entry)) is not None}
    return found, judge.notes()


def described(rule: Rule) -> str:
    """A rule as it stands in sources.yaml."""
    parts = [f"{name}: {value}" for name in ("title", "url", "author", "tag") if (value := getattr(rule, name))]
    ages = (("older_than", rule.older_minutes), ("newer_than", rule.newer_minutes))
    parts += [f"{name}: {_age(minutes)}" for name, minutes in ages if minutes is not None]
    return f"{{{', '.join(parts)}}}"


def _age(minutes: float) -> str:
    return next((f"{minutes / size:g}{unit}" for size, unit in ((1440, "d"), (60, "h")) if minutes % size == 0), f"{minutes:g}m")


def _any(pattern: str, texts: Iterable[str | None]) -> bool:
    return not pattern or any(
        _compiled(pattern).search(text[:MAX_TEXT_CHARS], timeout=SEARCH_SECONDS) is not None for text in texts if text
    )


@lru_cache(maxsize=1000)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE)


def _older(rule: Rule, entry: Entry, now: datetime) -> bool:
    age = _minutes(entry, now)
    return rule.older_minutes is None or (age is not None and age > rule.older_minutes)


def _newer(rule: Rule, entry: Entry, now: datetime) -> bool:
    age = _minutes(entry, now)
    return rule.newer_minutes is None or (age is not None and age <= rule.newer_minutes)


def _minutes(entry: Entry, now: datetime) -> float | None:
    """How old an entry was when it arrived, None for one without a date."""
    at = entry.published_at or entry.updated_at
    return None if at is None else ((entry.arrived_at or now) - at).total_seconds() / 60


_TESTS: tuple[Callable[[Rule, Entry, datetime], bool], ...] = (
    _older,
    _newer,
    lambda rule, entry, _: _any(rule.title, (entry.title,)),
    lambda rule, entry, _: _any(rule.url, (entry.url,)),
    lambda rule, entry, _: _any(rule.author, (entry.author, *entry.authors)),
    lambda rule, entry, _: _any(rule.tag, entry.tags),
)
