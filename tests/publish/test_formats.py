"""All formats over the sample publication: registered, golden, the same bytes whatever the process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aggregator.errors import PublishError
from aggregator.model import IssueStatus
from aggregator.publish import formats
from tests.publish.regenerate import GOLDEN
from tests.publish.sample import ISSUES, PUBLICATION, house_print


def _rendered() -> dict[str, bytes]:
    return {document.path: document.body for document in formats.documents(PUBLICATION, ISSUES, house_print)}


def test_every_file_of_the_folder_is_in_the_registry() -> None:
    folder = Path(formats.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    registered = [type(renderer).__module__.rsplit(".", 1)[-1] for renderer in formats.renderers(house_print)]
    assert sorted(registered) == sorted(files)


def test_names_of_formats_are_distinct() -> None:
    names = [renderer.name for renderer in formats.renderers(house_print)]
    assert len(set(names)) == len(names)


def test_golden_files() -> None:
    golden = {str(path.relative_to(GOLDEN)): path.read_bytes() for path in GOLDEN.rglob("*") if path.is_file()}
    rendered = _rendered()
    assert sorted(rendered) == sorted(golden)
    different = [path for path, body in rendered.items() if body != golden[path]]
    assert different == []


def test_rendering_twice_gives_the_same_bytes() -> None:
    assert _rendered() == _rendered()


def test_bytes_depend_neither_on_hash_seed_nor_on_time_zone_nor_on_order() -> None:
    code = (
        "import hashlib\n"
        "from aggregator.publish.formats import documents\n"
        "from tests.publish.sample import ISSUES, PUBLICATION, house_print\n"
        "for d in documents(PUBLICATION, ISSUES[::-1], house_print): print(hashlib.sha256(d.body).hexdigest(), d.path)"
    )
    environment = os.environ | {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    expected = [f"{hashlib.sha256(body).hexdigest()} {path}" for path, body in _rendered().items()]
    assert run.stdout.splitlines() == expected


def test_every_promised_document_is_there() -> None:
    promised = {
        "feed.xml",
        "atom.xml",
        "feed.json",
        "items.xml",
        "items.atom",
        "items.json",
        "sections/papers/feed.xml",
        "sections/papers/index.html",
        "index.html",
        "archive/index.html",
        "subscribe/index.html",
        "404.html",
        "style.css",
        "sitemap.xml",
        "robots.txt",
        "issues/2026-06-15/index.html",
        "issues/2026-06-15.md",
        "issues/2026-06-15.json",
    }
    assert promised <= set(_rendered())


def test_pages_come_before_the_feeds_that_point_at_them() -> None:
    paths = list(_rendered())
    assert max(paths.index(path) for path in paths if path.startswith("issues/")) < paths.index("feed.xml")


def test_drafts_are_not_published() -> None:
    draft = replace(ISSUES[0], status=IssueStatus.DRAFT, headline="尚未发布")
    made = list(formats.documents(PUBLICATION, (draft, *ISSUES[1:]), house_print))
    assert not any("2026-06-15" in document.path or "尚未发布" in document.body.decode(errors="replace") for document in made)


def test_two_issues_of_one_date_are_an_error() -> None:
    twin = replace(ISSUES[1], date=date(2026, 6, 15), number=9)
    with pytest.raises(PublishError) as caught:
        list(formats.documents(PUBLICATION, (ISSUES[0], twin), house_print))
    assert caught.value.code == "E601"
    assert "2026-06-15" in caught.value.what


def test_one_changed_item_changes_only_what_shows_it() -> None:
    oldest = ISSUES[-1]
    part = oldest.sections[0]
    item = replace(part.items[0], summary="改过的摘要。")
    changed = replace(oldest, sections=(replace(part, items=(item,)), *oldest.sections[1:]))
    before = _rendered()
    after = {d.path: d.body for d in formats.documents(PUBLICATION, (*ISSUES[:-1], changed), house_print)}
    assert {path for path in after if after[path] != before[path]} == {
        "issues/2026-05-11.md",
        "issues/2026-05-11.json",
        "issues/2026-05-11/index.html",
        "email/2026-05-11.eml",
        "wechat/2026-05-11.html",
        "feed.json",
        "items.json",
        "sections/news/feed.json",
        "atom.xml",
        "items.atom",
        "sections/news/atom.xml",
        "feed.xml",
        "items.xml",
        "sections/news/feed.xml",
    }


def test_markdown_is_what_the_printer_printed() -> None:
    (first,) = [d for d in formats.documents(PUBLICATION, ISSUES, house_print) if d.path == "issues/2026-05-11.md"]
    assert first.body.decode() == house_print(ISSUES[-1], PUBLICATION)
