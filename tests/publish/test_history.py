"""Archive documents (RFC 5005) and the plan: everything is found from the newest document, and only what changed is made."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from aggregator.model import Document, Issue, IssueSection, IssueStatus, Item
from aggregator.publish.edition import Planned
from aggregator.publish.files import write_documents
from aggregator.publish.formats import documents, edition, plan
from aggregator.publish.manifest import MANIFEST
from tests.publish.sample import BASE_URL, PUBLICATION, house_print

ATOM = "{http://www.w3.org/2005/Atom}"


def _issue(number: int, slug: str = "news") -> Issue:
    day = date(2020, 1, 1) + timedelta(days=7 * number)
    item = Item(title=f"Item {number}", url=f"https://example.org/{number}", anchor="one", summary=f"Text {number}.")
    return Issue(
        slug=day.isoformat(),
        date=day,
        number=number,
        status=IssueStatus.PUBLISHED,
        name="Weekly",
        headline=f"No. {number}",
        sections=(IssueSection(slug, slug, (item,)),),
        guid=f"{BASE_URL}issues/{day.isoformat()}/",
        published_at=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )


def _made(count: int) -> dict[str, bytes]:
    issues = [_issue(number) for number in range(1, count + 1)]
    return {document.path: document.body for document in documents(PUBLICATION, issues, house_print)}


def _links(root: etree._Element) -> dict[str, str]:
    return {
        link.get("rel"): link.get("href").removeprefix(BASE_URL)
        for link in root.iter(f"{ATOM}link")
        if link.getparent().tag not in {f"{ATOM}entry", "item"}
    }


@pytest.mark.parametrize("first", ["feed.xml", "atom.xml", "items.xml", "items.atom", "sections/news/feed.xml"])
def test_every_issue_is_found_from_the_newest_document(first: str) -> None:
    made = _made(45)
    found: list[str] = []
    path: str | None = first
    walked = []
    while path:
        root = etree.fromstring(made[path])
        walked.append(path)
        found += [element.text for element in root.iter("guid") if element.text]
        found += [element.findtext(f"{ATOM}id") for element in root.iter(f"{ATOM}entry")]
        links = _links(root)
        assert links["self"] == path
        archive = root.find(".//{http://purl.org/syndication/history/1.0}archive")
        assert (archive is not None) == (path != first)
        assert links.get("current") == (first if path != first else None)
        path = links.get("prev-archive")
    assert len(walked) == 5
    assert len(set(found)) == 45
    newest = _links(etree.fromstring(made[walked[1]]))
    assert "next-archive" not in newest
    assert _links(etree.fromstring(made[walked[2]]))["next-archive"] == walked[1]


def test_json_feeds_lead_on_to_older_items() -> None:
    made = _made(45)
    path, found = "feed.json", set()
    while path:
        feed = json.loads(made[path])
        found |= {item["id"] for item in feed["items"]}
        path = feed.get("next_url", "").removeprefix(BASE_URL)
    assert len(found) == 45


@pytest.mark.parametrize(("count", "archives"), [(0, 0), (20, 0), (21, 2), (40, 4), (49, 4)])
def test_full_archive_documents_are_as_many_as_it_takes(count: int, archives: int) -> None:
    assert sum(path.startswith("archive/feed-") and path.endswith(".xml") for path in _made(count)) == archives


def test_a_new_issue_changes_no_full_archive_but_the_link_of_the_newest() -> None:
    before, after = _made(69), _made(70)
    assert {path for path in before if "-1." in path and before[path] != after[path]} == set()
    assert "archive/feed-7.xml" in after
    assert "archive/feed-7.xml" not in before


def test_all_documents_of_an_atom_feed_share_its_id() -> None:
    made = _made(45)
    ids = {
        etree.fromstring(made[path]).findtext(f"{ATOM}id") for path in ("atom.xml", "archive/atom-1.xml", "archive/atom-2.xml")
    }
    assert ids == {BASE_URL + "atom.xml"}


# ---------------------------------------------------------------- what is made again


def _publish(root: Path, issues: list[Issue], **changes: object) -> tuple[set[str], set[str]]:
    """Writes an edition; the documents that were made and those that were written."""
    made: set[str] = set()

    def watched(planned: Planned) -> Planned:
        def make() -> bytes:
            made.add(planned.path)
            return planned.make()

        return replace(planned, make=make)

    publication = replace(PUBLICATION, **changes)  # type: ignore[arg-type]
    report = write_documents(root, map(watched, plan(edition(publication, issues), house_print)))
    return made, set(report.written)


def test_nothing_is_made_twice_and_one_item_makes_only_what_shows_it(tmp_path: Path) -> None:
    issues = [_issue(number) for number in range(1, 46)]
    made, written = _publish(tmp_path, issues)
    assert made == written
    assert _publish(tmp_path, issues) == (set(), set())
    old = issues[1]
    item = replace(old.items[0], summary="Changed.")
    issues[1] = replace(old, sections=(replace(old.sections[0], items=(item,)),))
    made, written = _publish(tmp_path, issues)
    day = old.slug
    assert {f"issues/{day}/index.html", f"issues/{day}.md", f"issues/{day}.json", "archive/feed-1.xml"} <= written
    assert not [path for path in made if path in {"index.html", "feed.xml", "archive/index.html"} or path.endswith("-2.xml")]
    fresh = {document.path: document.body for document in documents(PUBLICATION, issues, house_print)}
    assert {path: (tmp_path / path).read_bytes() for path in fresh} == fresh


@pytest.mark.parametrize("change", [{"name": "Other"}, {"tagline": "Other"}, {"base_url": "https://other.example.org/"}])
def test_another_publication_makes_everything_again(tmp_path: Path, change: dict[str, object]) -> None:
    issues = [_issue(1)]
    everything, _ = _publish(tmp_path, issues)
    assert _publish(tmp_path, issues, **change)[0] == everything


def test_another_program_makes_everything_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    everything, _ = _publish(tmp_path, [_issue(1)])
    monkeypatch.setattr("aggregator.publish.edition.program_digest", lambda: "another")
    assert _publish(tmp_path, [_issue(1)]) == (everything, set())


def test_a_damaged_or_missing_file_is_made_again(tmp_path: Path) -> None:
    _publish(tmp_path, [_issue(1)])
    (tmp_path / "feed.xml").write_text("<rss")
    (tmp_path / "atom.xml").unlink()
    assert _publish(tmp_path, [_issue(1)]) == ({"feed.xml", "atom.xml"}, {"feed.xml", "atom.xml"})


def test_a_manifest_without_keys_is_still_a_manifest(tmp_path: Path) -> None:
    _publish(tmp_path, [_issue(1)])
    values = json.loads((tmp_path / MANIFEST).read_text())
    for broken in ({"files": values["files"]}, {"files": values["files"], "made_from": 7}):
        (tmp_path / MANIFEST).write_text(json.dumps(broken))
        made, written = _publish(tmp_path, [_issue(1)])
        assert made
        assert not written


def test_a_document_that_was_edited_by_hand_is_not_taken_for_ours(tmp_path: Path) -> None:
    _publish(tmp_path, [_issue(1)])
    (tmp_path / "robots.txt").write_text("mine")
    os.utime(tmp_path / "robots.txt", (1, 1))
    for _ in range(2):
        _publish(tmp_path, [_issue(1)])
        assert (tmp_path / "robots.txt").read_text() == "mine"


def test_plans_and_documents_may_be_mixed(tmp_path: Path) -> None:
    mixed = [Document("a.txt", "text/plain", b"a"), Planned("b.txt", "text/plain", "key", lambda: b"b")]
    assert write_documents(tmp_path, mixed).written == ("a.txt", "b.txt")
    assert sorted(write_documents(tmp_path, mixed).unchanged) == ["a.txt", "b.txt"]
