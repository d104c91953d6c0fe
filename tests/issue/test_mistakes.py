"""Whole issues full of mistakes: each is found where it is marked, and nothing else is.

A line that a finding is expected on ends in its codes between ⟦ and ⟧, which are taken away before the text is checked. The
text above the marks is that of the file of 2024-03-05; past/ holds the archive.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.config.profiles import SHIPPED
from aggregator.issue.check import check
from aggregator.issue.fixing import fixable, fixed
from aggregator.issue.house import parse
from aggregator.issue.messages import MESSAGES, said
from aggregator.model import Finding, Issue, Publication

FOLDER = Path(__file__).parent / "mistakes"
MARK = re.compile(r" ⟦([C\d ]*)⟧$")
NAME = "issues/2024-03-05.md"


@pytest.fixture(scope="module")
def archive(publication: Publication) -> tuple[Issue, ...]:
    paths = sorted((FOLDER / "past").glob("*.md"))
    return tuple(parse(path.read_text("utf-8"), publication=publication, path=path.name).issue for path in paths)


def marked(path: Path) -> tuple[str, set[tuple[int, str]]]:
    """The text of a file without its marks, and the lines with their codes."""
    lines, expected = [], set()
    for number, line in enumerate(path.read_text("utf-8").split("\n"), 1):
        found = MARK.search(line)
        expected |= {(number, code) for code in (found[1].split() if found else ())}
        lines.append(MARK.sub("", line))
    return "\n".join(lines), expected


def findings(text: str, publication: Publication, archive: tuple[Issue, ...], language: str = "") -> tuple[Finding, ...]:
    issue = parse(text, publication=publication, path=NAME).issue
    return check(issue, publication, text, path=NAME, archive=archive, language=language)


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.md"))])
def test_what_is_marked_is_found_and_nothing_else(publication: Publication, archive: tuple[Issue, ...], name: str) -> None:
    text, expected = marked(FOLDER / f"{name}.md")
    found = {(one.line, one.code) for one in findings(text, publication, archive) if one.code != "C408"}
    assert found == expected


@pytest.mark.parametrize("name", ["clean", "digest"])
def test_another_form_in_another_language(english: Publication, name: str) -> None:
    text, expected = marked(FOLDER / "english" / f"{name}.md")
    publication = replace(english, profile=SHIPPED["digest-en"])
    found = findings(text, publication, ())
    assert {(one.line, one.code) for one in found} == expected
    assert not any(re.search("[\u4e00-\u9fff]", one.text + (one.fix or "")) for one in found)


@pytest.mark.parametrize("name", [path.stem for path in sorted(FOLDER.glob("*.md"))])
def test_mending_mends_and_breaks_nothing(publication: Publication, archive: tuple[Issue, ...], name: str) -> None:
    text, _ = marked(FOLDER / f"{name}.md")
    before = findings(text, publication, archive)
    mended = fixed(text, before)
    after = findings(mended, publication, archive)
    assert not {one.code for one in fixable(after)} & {one.code for one in fixable(before)} - {"C303", "C302"}
    assert {(one.code, one.severity) for one in after} <= {(one.code, one.severity) for one in before}
    assert len(parse(mended, publication=publication).issue.items) == len(parse(text, publication=publication).issue.items)
    assert fixed(mended, after) == mended


def test_a_cleaned_address_still_leads_to_its_place_in_the_page(publication: Publication) -> None:
    text = (FOLDER / "clean.md").read_text("utf-8")
    address = re.search(r"https://[^\s()]+", text)
    assert address
    tracked = text.replace(address[0], "https://a.example/now?utm_source=rss&id=7#a-place")
    mended = fixed(tracked, findings(tracked, publication, ()))
    assert "(https://a.example/now?id=7#a-place)" in mended


def test_findings_speak_the_language_of_the_publication(publication: Publication, archive: tuple[Issue, ...]) -> None:
    text, _ = marked(FOLDER / "items.md")
    assert all(re.search("[\u4e00-\u9fff]", one.text) for one in findings(text, publication, archive))
    english = findings(text, publication, archive, "en")
    assert "no summary: 没有摘要的一条" in [one.text for one in english]
    assert [(one.line, one.code) for one in english] == [(one.line, one.code) for one in findings(text, publication, archive)]


@pytest.mark.parametrize("key", MESSAGES)
def test_both_languages_say_the_same(key: str) -> None:
    english, chinese = MESSAGES[key]
    assert sorted(re.findall(r"\{\w+\}", english)) == sorted(re.findall(r"\{\w+\}", chinese))
    assert not re.search("[\u4e00-\u9fff]", english)
    assert re.search("[\u4e00-\u9fff]", chinese)
    values = dict.fromkeys(re.findall(r"\{(\w+)\}", english), "x")
    assert "{" not in said(key, "en", **values).replace("&#123; for {", "")


COUNTS = [
    "本期13条",
    "本期共13条",
    "本次内容１３条",
    "本期一共有13篇",
    "这一期十三条",
    "本期收录十三则",
    "共收录13条",
    "本期二十条",
]


@pytest.mark.parametrize("words", COUNTS)
def test_a_count_in_any_words(publication: Publication, words: str) -> None:
    text, _ = marked(FOLDER / "clean.md")
    wrong = [one.line for one in findings(text.replace("本期5条", words), publication, ()) if one.code == "C102"]
    assert wrong == [5]
    right = words.translate(str.maketrans({"1": "", "１": "", "3": "5", "３": "５", "十": "", "三": "五"})).replace("二条", "5条")
    assert [one for one in findings(text.replace("本期5条", right), publication, ()) if one.code == "C102"] == []
