"""Errors that a person can act on: each says what happened, why, and how to mend it, under a code that scripts can match.

AggregatorError
├── ConfigError    E1xx  sources.yaml, the environment, the workspace       exit 2
├── FetchError     E2xx  one HTTP exchange                                  exit 1
├── ParseError     E25x  bytes that are not what the source kind reads      exit 1
├── StoreError     E3xx  the database                                       exit 1
├── QueueError     E4xx  candidates and decisions                           exit 1
├── IssueError     E5xx  drafting, reading and checking issues              exit 1
├── PublishError   E6xx  documents and files                                exit 1
├── UsageError     E7xx  the command line was used wrongly                  exit 2
└── BusyError      E75x  another run holds the lock                         exit 75
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a file; `line` and `column` count from 1, None where unknown."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)


class AggregatorError(Exception):
    """Base of all errors that are reported without a traceback."""

    default_code = "E000"
    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        why: str | None = None,
        fix: str | None = None,
        code: str | None = None,
        place: Place | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.fix = fix
        self.code = code or self.default_code
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}  " if self.place else ""
        return f"{where}{self.what}"

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive Exception's own pickling, and errors cross process boundaries.
        state = {"why": self.why, "fix": self.fix, "code": self.code, "place": self.place}
        return (_rebuild, (type(self), self.what, state))


def _rebuild(kind: type[AggregatorError], what: str, state: dict[str, object]) -> AggregatorError:
    return kind(what, **state)  # type: ignore[arg-type]


class ConfigError(AggregatorError):
    """sources.yaml, the environment or the workspace cannot be used. May carry further errors of the same file."""

    default_code = "E100"
    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        why: str | None = None,
        fix: str | None = None,
        code: str | None = None,
        place: Place | None = None,
        others: tuple[ConfigError, ...] = (),
    ) -> None:
        super().__init__(what, why=why, fix=fix, code=code, place=place)
        self.others = others


class FetchError(AggregatorError):
    """One HTTP exchange failed: refused address, timeout, too large, a status that is no success."""

    default_code = "E200"

    def __init__(
        self,
        what: str,
        *,
        why: str | None = None,
        fix: str | None = None,
        code: str | None = None,
        place: Place | None = None,
        http_status: int | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(what, why=why, fix=fix, code=code, place=place)
        self.http_status = http_status
        self.retry_after_seconds = retry_after_seconds

    def __reduce__(self) -> tuple[object, ...]:
        state = {
            "why": self.why,
            "fix": self.fix,
            "code": self.code,
            "place": self.place,
            "http_status": self.http_status,
            "retry_after_seconds": self.retry_after_seconds,
        }
        return (_rebuild, (type(self), self.what, state))


class ParseError(AggregatorError):
    """The bytes that came are not what the source kind reads: HTML for a feed, an empty body, a bridge's error page."""

    default_code = "E250"


class StoreError(AggregatorError):
    """The database cannot be opened, read or written."""

    default_code = "E300"


class QueueError(AggregatorError):
    """A candidate does not exist, or a decision cannot be taken on it."""

    default_code = "E400"


class IssueError(AggregatorError):
    """An issue cannot be drafted, read, checked or published."""

    default_code = "E500"


class CheckError(IssueError):
    """`issue check` found errors."""

    default_code = "E501"
    exit_code = 5


class PublishError(AggregatorError):
    """Documents cannot be rendered or written."""

    default_code = "E600"


class UsageError(AggregatorError):
    """The command line was used wrongly."""

    default_code = "E700"
    exit_code = 2


class BusyError(AggregatorError):
    """Another run holds the lock."""

    default_code = "E750"
    exit_code = 75


def is_interrupt(error: BaseException) -> bool:
    """True for Ctrl-C, in whatever it comes: before Python 3.12 what strikes while a class is made, as imports do, is wrapped."""
    struck = error.__cause__ if isinstance(error, RuntimeError) else error
    return isinstance(struck, KeyboardInterrupt)
