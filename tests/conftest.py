"""Fixtures for all levels."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples at every run: a suite that fails by chance says nothing about the change at hand. HYPOTHESIS_PROFILE=search
# looks for new ones.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Programs that tests start and interrupt must not inherit a SIGINT that is ignored, as it is in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The data folder that lies beside the checkout in CI; tests that use it carry the mark `shared`."""
    path = Path(os.environ.get("AGGREGATOR_SHARED", ROOT.parent / "shared"))
    if not path.is_dir():
        pytest.skip(f"no data folder at {path}")
    return path
