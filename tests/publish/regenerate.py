"""Writes the golden files anew: `python -m tests.publish.regenerate`. Look at the difference before keeping it."""

from __future__ import annotations

import shutil
from pathlib import Path

from aggregator.publish.formats import documents
from tests.publish.sample import ISSUES, PUBLICATION, house_print

GOLDEN = Path(__file__).parent / "golden"


def main() -> None:
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for document in documents(PUBLICATION, ISSUES, house_print):
        place = GOLDEN / document.path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(document.body)


if __name__ == "__main__":
    main()
