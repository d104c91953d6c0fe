"""The real archive: read as an independent reading reads it, and written back byte for byte."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from aggregator.issue.house import parse, render
from aggregator.model import Item, Publication, Section

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def newsletter() -> Publication:
    titles = {"news": "业界新闻", "papers": "论文", "projects": "开源项目", "posts": "博文"}
    sections = tuple(Section(slug, title) for slug, title in titles.items())
    return Publication("嵌入式AI简报", "", "zh-CN", "Asia/Shanghai", "https://example.org/", sections)


def test_every_file_is_written_back_byte_for_byte(shared: Path, newsletter: Publication) -> None:
    files = [*sorted((shared / "archive").glob("*.md")), *sorted((shared / "seeds").glob("*.txt"))]
    texts = {file.name: file.read_bytes().decode("utf-8") for file in files}
    written = {name: render(parse(text, publication=newsletter, path=name).issue, newsletter) for name, text in texts.items()}
    assert len(files) == 36
    assert [name for name in texts if texts[name] != written[name]] == []


def test_items_agree_with_an_independent_reading(shared: Path, newsletter: Publication) -> None:
    expected = json.loads((shared / "conformance" / "archive.json").read_text("utf-8"))["issues"]
    wanted = good = 0
    for one in expected:
        text = (shared / "archive" / one["file"]).read_text("utf-8")
        sections = parse(text, publication=newsletter, path=one["file"]).issue.sections
        assert [part["name"] for part in one["sections"]] == [part.name for part in sections]
        for part, read in zip(one["sections"], sections, strict=True):
            wanted += len(part["items"])
            good += sum(_same(item, mine) for item, mine in zip(part["items"], read.items, strict=True))
    assert wanted == 520
    assert good >= 518  # two summaries hold images, which the other reading leaves out


def _same(wanted: dict[str, object], item: Item) -> bool:
    return (
        (_plain(wanted["title"]), _plain(wanted["source"]), wanted["url"], wanted["prefixes"])
        == (_plain(item.title), _plain(item.source), item.url, list(item.tags))
        and {link["url"] for link in wanted["links"]} <= {link.url for link in item.links}  # type: ignore[attr-defined]
        and _words(" ".join(wanted["summary"])) == _words(re.sub(r"(?m)^\s*摘要：", "", item.summary))  # type: ignore[call-overload]
    )


def _plain(text: object) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", re.sub(r"\*\*|\\(?=[^\w\s])", "", str(text or "")))).strip()


def _words(text: str) -> str:
    return re.sub(r"\W+", "", _plain(text))
