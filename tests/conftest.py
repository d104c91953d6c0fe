"""Fixtures for all levels."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder that lies beside the checkout in CI; tests that use it carry the mark `shared`."""
    path = Path(os.environ.get("AGGREGATOR_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"no data folder at {path}")
    return path
