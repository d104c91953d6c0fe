"""YAML to data with places; the parser in C and the one in Python agree."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.config.document import Block, Items
from aggregator.config.emit import emit
from aggregator.config.parse import HAS_FAST_PARSER, parse, scalar
from aggregator.errors import ConfigError

TEXT = """\
# 注释 😀
a: 嵌入式😀 x   # c
b: |
  行一

# after
c: 'q'
e:
  # inside
f: plain
  continued
g: {x: 1, y: [a, b] }  # fl
h:
  - a
  -
  - b   # end

# tail
"""


@pytest.mark.parametrize(
    "fast", [False, pytest.param(True, marks=pytest.mark.skipif(not HAS_FAST_PARSER, reason="not installed"))]
)
def test_every_value_knows_its_place(fast: bool) -> None:
    root = parse(TEXT, "f", fast=fast).root
    assert isinstance(root, Block)
    assert root == {
        "a": "嵌入式😀 x",
        "b": "行一\n",
        "c": "q",
        "e": None,
        "f": "plain continued",
        "g": {"x": 1, "y": ["a", "b"]},
        "h": ["a", None, "b"],
    }
    for key, at in root.keys_at.items():
        assert TEXT[at.start : at.end] == key
        assert TEXT.splitlines()[at.line][at.column :].startswith(key)
    assert TEXT[slice(*root.values_at["a"][2:])] == "嵌入式😀 x"
    assert TEXT[slice(*root.values_at["c"][2:])] == "'q'"
    assert TEXT[slice(*root.values_at["g"][2:])] == "{x: 1, y: [a, b] }"
    assert root.values_at["e"].start == root.keys_at["e"].end
    items = root["h"]
    assert isinstance(items, Items)
    assert TEXT[items.spot.start : items.spot.end].endswith("- b")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("12:30", "12:30"), ("2025-01-01", "2025-01-01"),
        ("1_000", "1_000"), ("0x1F", 31),
        ("0o17", 15),
        ("017", 17), ("-3", -3), ("+3", 3), ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), (".inf", math.inf), ("-.inf", -math.inf),
        ("true", True), ("False", False), ("~", None), ("null", None), ("", None), ("nothing", "nothing"), ("1.2.3", "1.2.3"),
        ("9" * 40, 1e40),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


_TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\x85\ufffe\uffff\ufeff"), max_size=30
)
_DATA = st.recursive(
    st.one_of(_TEXTS, st.integers(-(10**9), 10**9), st.booleans()),
    lambda inner: st.one_of(st.lists(inner, min_size=1, max_size=3), st.dictionaries(_TEXTS, inner, min_size=1, max_size=3)),
    max_leaves=6,
)


@given(st.dictionaries(_TEXTS, _DATA, min_size=1, max_size=4), st.booleans())
def test_what_is_emitted_reads_back_alike_in_both_parsers(data: dict[str, object], fast: bool) -> None:
    text = "".join(f"{emit(key)}: {emit(value)}\n" for key, value in data.items())
    document = parse(text, "f", fast=fast and HAS_FAST_PARSER)
    assert document.root == data
    assert document.problems == ()


@pytest.mark.skipif(not HAS_FAST_PARSER, reason="not installed")
@given(st.text(st.sampled_from("ab:- \n#'\"[]{},?|>&*!%@\t\\1~嵌"), max_size=40))
def test_both_parsers_agree_wherever_both_read(text: str) -> None:
    try:
        slow = parse(text, "f", fast=False)
        quick = parse(text, "f", fast=True)
    except ConfigError:
        return
    assert quick.root == slow.root
    if isinstance(quick.root, Block) and isinstance(slow.root, Block):
        assert quick.root.keys_at == slow.root.keys_at
        assert quick.root.values_at == slow.root.values_at
