"""The documentation of source kinds: generated, complete, and true."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.poll.examples import EXAMPLES
from aggregator.poll.sources import KINDS
from tests.cli.conftest import Desk

PAGE = Path(__file__).parents[2] / "docs/sources.md"


def test_the_page_is_what_the_program_prints(desk: Desk) -> None:
    assert desk("sources", "kinds", "--markdown").out == PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_an_example_that_is_a_configuration(desk: Desk, kind: str) -> None:
    example = "".join(f"  {line}\n" for line in EXAMPLES[kind].splitlines())
    example = example.replace("UC" + "x" * 22, "UC" + "a" * 22)
    desk.configure(extra=example)
    path = desk.root / "sources.yaml"
    bridges = "bridges: {wewe: https://wewe.example, rsshub: https://hub.example}\n"
    path.write_text(bridges + path.read_text(encoding="utf-8"), encoding="utf-8")
    (row,) = desk("sources", "list", "--json").json
    assert row["kind"] == kind
    shown = desk("sources", "kinds", kind).out
    assert EXAMPLES[kind].splitlines()[0] in shown
    assert all(option.name in shown for option in KINDS[kind].options)


def test_a_kind_that_is_none(desk: Desk) -> None:
    assert desk("sources", "kinds", "telnet").code == 2
