"""Against the data beside the checkout: schemas, and hostile markup through every format."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from aggregator.model import Issue, IssueSection, IssueStatus, Item, Link
from aggregator.publish.files import write_documents
from aggregator.publish.formats import documents
from tests.publish.sample import ENGLISH, ISSUES, PUBLICATION, house_print

pytestmark = pytest.mark.shared


@pytest.mark.parametrize("publication", [PUBLICATION, ENGLISH, replace(PUBLICATION, hub="https://hub.example.org/")])
def test_feeds_obey_their_grammars(shared: Path, publication: object) -> None:
    grammars = {name: etree.RelaxNG(etree.parse(shared / "conformance" / f"{name}.rng")) for name in ("rss20", "atom")}
    for issues in (ISSUES, ()):
        for document in documents(publication, issues, house_print):  # type: ignore[arg-type]
            if document.media_type in {"application/rss+xml", "application/atom+xml"}:
                grammar = grammars["rss20" if "rss" in document.media_type else "atom"]
                grammar.assertValid(etree.fromstring(document.body))


def _issue(text: str, day: date) -> Issue:
    item = Item(title=text, url=text, source=text, tags=(text,), links=(Link(text, "code", text),), summary=text, anchor=text)
    return Issue(
        slug=text,
        date=day,
        status=IssueStatus.PUBLISHED,
        name=text,
        headline=text,
        notes=(text,),
        lead=text,
        opener=text,
        briefs=(text,),
        sections=(IssueSection("业界新闻", "news", (item,), note=text), IssueSection(text, text, (item,))),
        footer=text,
        guid=text,
        published_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


def test_nothing_active_survives_in_any_output(shared: Path, tmp_path: Path) -> None:
    payloads = [entry["payload"] for entry in json.loads((shared / "hostile" / "xss.json").read_text())["payloads"]]
    first = date(2020, 1, 1)
    issues = [_issue(text, first + timedelta(days=day)) for day, text in enumerate(payloads)]
    for start in range(0, len(issues), 60):
        write_documents(tmp_path / "out" / str(start), documents(PUBLICATION, issues[start : start + 60], house_print))
    benign = [_issue("plain", first + timedelta(days=day)) for day in range(3)]
    write_documents(tmp_path / "benign", documents(PUBLICATION, benign, house_print))
    check = [sys.executable, shared / "hostile" / "check_active.py", "--dir", tmp_path / "out", "--baseline", tmp_path / "benign"]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert [line for line in run.stdout.splitlines() if line.startswith("active ")] == []
    assert run.stdout.splitlines()[-1].startswith("active=0 ")
