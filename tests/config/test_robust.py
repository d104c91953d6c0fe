"""Whatever a file holds, loading gives a configuration or a ConfigError."""

from __future__ import annotations

import contextlib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import read, template
from aggregator.errors import ConfigError
from aggregator.model import Source
from tests.config.test_workspace import KINDS

_LINES = [line for line in template("zh").splitlines() if line.strip() and not line.lstrip().startswith("#")]
_VALUES = [
    "",
    " 5",
    " -1.5",
    " true",
    " []",
    " {}",
    " [a, 1]",
    " {a: {b: c}}",
    " 'x'",
    " {wewe}/x",
    " https://a.example/",
    " 2025-01-01",
    " |\n  x",
]


@st.composite
def _files(draw: st.DrawFn) -> str:
    """The template with some lines dropped, doubled, moved inward or given another value."""
    lines: list[str] = []
    for line in _LINES:
        change = draw(st.sampled_from(["keep"] * 24 + ["drop", "double", "indent", "value", "value"]))
        if change == "value" and ":" in line:
            line = line.partition(":")[0] + ":" + draw(st.sampled_from(_VALUES))
        lines += {"drop": [], "double": [line, line], "indent": ["  " + line]}.get(change, [line])
    return "\n".join(lines)


@given(_files())
def test_any_file_is_read_or_refused(text: str) -> None:
    problems: tuple[ConfigError, ...] = ()
    sources: tuple[Source, ...] = ()
    try:
        sources = read(text, Path("sources.yaml"), {}, KINDS).sources
    except ConfigError as error:
        problems = (error, *error.others)
    assert all(problem.what and problem.code.startswith("E1") for problem in problems)
    assert len({source.name for source in sources}) == len(sources)
    assert all(source.urls or source.kind != "feed" for source in sources)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ConfigError):
        read(text, Path("sources.yaml"), {}, KINDS)
