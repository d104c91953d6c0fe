"""The nouns can be asked for by name, whichever module they stand in."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

from aggregator import model


@pytest.mark.parametrize("name", model.__all__)
def test_a_noun_is_the_same_from_the_package_and_from_its_module(name: str) -> None:
    parts = ("archive", "document", "issue", "link", "publication", "queue", "upstream")
    found = [vars(importlib.import_module(f"aggregator.model.{part}")).get(name) for part in parts]
    assert any(getattr(model, name) is one for one in found)


def test_what_is_no_noun_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="Nonsense"):
        _ = model.Nonsense  # type: ignore[attr-defined]


def test_all_nouns_come_with_a_star_and_one_by_one_in_a_fresh_process() -> None:
    for code in ("from aggregator.model import *; Issue", "from aggregator.model import Issue, Candidate, Document, Section"):
        subprocess.run([sys.executable, "-c", code], check=True)
