"""Edits change what was asked for and keep every other byte."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config import add_source, remove_source, set_source
from aggregator.config.parse import parse
from aggregator.config.splice import add, remove, set_key
from aggregator.errors import ConfigError

FILE = """\
# 第一行注释

publication:   # 名字和地址
    name:   "嵌入式"       # 对齐的注释
    sections: [ {slug: news,title: 新闻} ]

sources:
  # ---- 新闻 ----
  - name: 机器之心   # 最好的
    urls:            # 依次尝试
      - "{wewe}/feeds/1.atom"
      # 公开服务
      - 'https://public.example/1.xml'
    weight:   2

  # ---- 英文 ----
  - {name: flow, url: "https://flow.example/", tags: [a,  b]}   # 一行
  - url: https://unnamed.example/feed
    mute:
  - group: 组   # 一组
    sources:
      # 组内
      - name: inner
        note: |
          两行
          文字

      - name: inner two
        url: https://inner.example/

# 尾注
"""
ORDER = ["机器之心", "flow", "unnamed.example/feed", "inner", "inner two"]


def diff(old: str, new: str) -> tuple[list[str], list[str]]:
    """(lines that went, lines that came), when nothing else moved."""
    before, after = old.splitlines(), new.splitlines()
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return before[start : len(before) - end], after[start : len(after) - end]


SETS = {
    "a new key": ("机器之心", "mute", True, [], ["    mute: true"]),
    "a value beside blanks": ("机器之心", "weight", 3, ["    weight:   2"], ["    weight:   3"]),
    "a value before a comment": (
        "机器之心",
        "name",
        "机器 之心",
        ["  - name: 机器之心   # 最好的"],
        ["  - name: 机器 之心   # 最好的"],
    ),
    "a key without value": ("unnamed.example/feed", "mute", "坏了", ["    mute:"], ["    mute: 坏了"]),
    "inside braces": (
        "flow",
        "mute",
        True,
        ['  - {name: flow, url: "https://flow.example/", tags: [a,  b]}   # 一行'],
        ['  - {name: flow, url: "https://flow.example/", tags: [a,  b], mute: true}   # 一行'],
    ),
    "in a group": ("inner two", "section", "news", [], ["        section: news"]),
    "behind a text of several lines": ("inner", "mute", True, [], ["        mute: true"]),
    "a text that needs quotes": ("inner two", "mute", "no: #1", [], ['        mute: "no: #1"']),
    "a word that others read as a truth": ("inner two", "mute", "no", [], ['        mute: "no"']),
    "a list": ("inner two", "tags", ["甲", "b,c"], [], ['        tags: [甲, "b,c"]']),
    "away with a key": ("机器之心", "weight", None, ["    weight:   2"], []),
    "away with the first key": (
        "unnamed.example/feed",
        "url",
        None,
        ["  - url: https://unnamed.example/feed", "    mute:"],
        ["  - mute:"],
    ),
    "away with what is not there": ("inner two", "mute", None, [], []),
}


@pytest.mark.parametrize("case", SETS)
def test_set(case: str) -> None:
    name, key, value, gone, come = SETS[case]
    assert diff(FILE, set_key(FILE, "sources.yaml", name, key, value)) == (gone, come)


REMOVALS = {
    "机器之心": [
        "  - name: 机器之心   # 最好的",
        "    urls:            # 依次尝试",
        '      - "{wewe}/feeds/1.atom"',
        "      # 公开服务",
        "      - 'https://public.example/1.xml'",
        "    weight:   2",
    ],
    "flow": ['  - {name: flow, url: "https://flow.example/", tags: [a,  b]}   # 一行'],
    "unnamed.example/feed": ["  - url: https://unnamed.example/feed", "    mute:"],
    "inner": ["      - name: inner", "        note: |", "          两行", "          文字"],
    "inner two": ["      - name: inner two", "        url: https://inner.example/"],
}


@pytest.mark.parametrize("name", REMOVALS)
def test_remove(name: str) -> None:
    assert diff(FILE, remove(FILE, "sources.yaml", name)) == (REMOVALS[name], [])


def test_add_stands_last_and_before_the_closing_comment() -> None:
    fields = {"name": "新", "kind": None, "url": "https://new.example/feed?a=1&b=2", "tags": ("x",)}
    gone, come = diff(FILE, add(FILE, "sources.yaml", fields))
    assert gone == []
    assert come == ["  - name: 新", "    url: https://new.example/feed?a=1&b=2", "    tags: [x]"]


STARTS = {
    "nothing at all": ("", "sources:\n  - name: a\n"),
    "only a publication": ("publication:\n  name: x", "publication:\n  name: x\n\nsources:\n  - name: a\n"),
    "no source yet": ("sources:   # none yet\n# end\n", "sources:   # none yet\n  - name: a\n# end\n"),
    "an empty list": ("sources: []  # none yet\n", "sources:\n  - name: a  # none yet\n"),
    "a list in brackets": ("sources: [{name: b}, ]\n", "sources: [{name: b}, {name: a}, ]\n"),
    "no line end": ("sources:\n- name: b", "sources:\n- name: b\n- name: a\n"),
    "another indentation": ("sources:\n    -   name: b\n", "sources:\n    -   name: b\n    - name: a\n"),
    "foreign line ends": ("sources:\r\n  - name: b\r\n", "sources:\r\n  - name: b\r\n  - name: a\r\n"),
    "something behind": ("sources:\n  - name: b\n\ndefaults:\n", "sources:\n  - name: b\n  - name: a\n\ndefaults:\n"),
}


@pytest.mark.parametrize("case", STARTS)
def test_add_wherever_sources_stand(case: str) -> None:
    before, after = STARTS[case]
    assert add(before, "sources.yaml", {"name": "a"}) == after


@pytest.mark.parametrize("text", ["sources: [{name: a}, {name: b}, {name: c}]\n", "sources:\n- name: a\n- name: b\n- name: c"])
@pytest.mark.parametrize("name", ["a", "b", "c"])
def test_remove_first_middle_and_last(text: str, name: str) -> None:
    root = parse(remove(text, "f", name), "f").root
    assert isinstance(root, dict)
    assert [source["name"] for source in root["sources"]] == [other for other in "abc" if other != name]


def test_the_last_source_may_go() -> None:
    assert remove("sources:\n  - name: a\n# end\n", "f", "a") == "sources:\n# end\n"
    assert remove("sources: [{name: a}]\n", "f", "a") == "sources: []\n"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: add(text, "f", {"name": "flow", "url": "https://x.example/"}), "E151"),
        (lambda text: add(text, "f", {"url": "https://unnamed.example/feed/"}), "E151"),
        (lambda text: add(text, "f", {"name": "x" * 101, "url": "https://x.example/"}), "E127"),
        (lambda text: add(text, "f", {"name": "a\nb", "url": "https://x.example/"}), "E127"),
        (lambda text: remove(text, "f", "机器之"), "E152"),
        (lambda text: set_key(text, "f", "flaw", "mute", True), "E152"),
        (lambda text: set_key("sources: [{name: a}]", "f", "a", "name", None), "E154"),
        (lambda text: add("- a\n", "f", {"name": "x"}), "E154"),
        (lambda text: add("sources: {a: b}\n", "f", {"name": "x"}), "E154"),
        (lambda text: add("{publication: {name: x}}\n", "f", {"name": "x"}), "E154"),
        (lambda text: add("sources:\n  - a: 1\n    a: 2\n", "f", {"name": "x"}), "E110"),
    ],
)
def test_what_cannot_be_done_is_said(change: object, code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        change(FILE)  # type: ignore[operator]
    assert caught.value.code == code
    assert caught.value.fix


_VALUES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=20),
    st.integers(-99, 99),
    st.booleans(),
    st.lists(st.sampled_from(["a", "no", "1", "{x}", "a: b", "#", "甲", "-", ""]), min_size=1, max_size=3),
)


@given(st.sampled_from(ORDER), st.sampled_from(["mute", "weight", "tags", "name2"]), _VALUES)
def test_setting_and_unsetting_brings_the_file_back(name: str, key: str, value: object) -> None:
    changed = set_key(FILE, "f", name, key, value)
    kept = [line for line in FILE.splitlines() if "#" in line]
    assert [line for line in kept if line.partition("#")[2] not in changed] == []
    again = set_key(changed, "f", name, key, None)
    if key in {"mute", "name2"} and name != "unnamed.example/feed":
        assert again == FILE


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), max_size=12))
def test_any_sequence_of_additions_and_removals_keeps_the_comments(steps: list[tuple[bool, int]]) -> None:
    text, names = FILE, set(ORDER)
    for adding, number in steps:
        name = f"源 {number}"
        if adding and name not in names:
            text, names = add(text, "f", {"name": name, "url": f"https://s.example/{number}"}), names | {name}
        elif not adding and name in names:
            text, names = remove(text, "f", name), names - {name}
    for name in names - set(ORDER):
        text = remove(text, "f", name)
    assert text == FILE


def test_files_are_replaced_whole_with_their_mode_and_mark(tmp_path: Path) -> None:
    path, link = tmp_path / "sources.yaml", tmp_path / "link.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    link.symlink_to(path)
    add_source(link, {"name": "x", "url": "https://x.example/"})
    set_source(path, "x", "mute", True)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf#")
    assert raw.count(b"\n") == raw.count(b"\r\n") == FILE.count("\n") + 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert link.is_symlink()
    remove_source(path, "x")
    assert path.read_bytes() == b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()
    assert sorted(one.name for one in tmp_path.iterdir()) == ["link.yaml", "sources.yaml"]


def test_an_edit_that_does_not_validate_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(FILE, encoding="utf-8")
    seen: list[str] = []

    def refuse(text: str) -> None:
        seen.append(text)
        raise ConfigError("no")

    with pytest.raises(ConfigError, match="no"):
        add_source(path, {"name": "x"}, validate=refuse)
    assert "- name: x" in seen[0]
    assert path.read_text(encoding="utf-8") == FILE


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        remove_source(tmp_path / "sources.yaml", "x")
    assert caught.value.code == "E103"
