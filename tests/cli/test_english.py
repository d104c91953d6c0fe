"""A newsletter in English: the house form of its language, from an empty draft to a published issue."""

from __future__ import annotations

from tests.cli.conftest import Desk

CONFIG = """\
publication:
  name: Edge Weekly
  tagline: Small devices, large models
  language: en
  time_zone: Europe/Berlin
  base_url: https://edge.example/
  sections:
    - {slug: news, title: News}
    - {slug: papers, title: Papers}
sources: []
"""
ITEMS = (
    "## News\\n\\n- [A board runs a model at half a watt | Some Site](https://a.example/board)  \\nSummary: It does.\\n"
    "- [Exclusive: A compiler for tiny devices, now open | Another](https://a.example/compiler)  \\n"
    "Code: <https://github.com/lab/tiny>  \\nSummary: It is."
)


def test_an_english_issue(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    desk.configure(text=CONFIG)
    editor(f"text = text.replace('## News', '{ITEMS}', 1)")
    assert desk("issue", "edit").code == 0
    items = desk("issue", "items", "--json").json
    assert [(one["source"], one["summary"]) for one in items] == [("Some Site", "It does."), ("Another", "It is.")]
    assert items[1]["links"][0]["role"] == "code"
    desk("issue", "star", items[0]["anchor"])
    shown = desk("issue", "show").out
    assert shown.startswith("# Edge Weekly: A board runs a model at half a watt\n")
    assert "In this issue: 2 items. News: A board runs a model at half a watt; A compiler for tiny devices." in shown.replace(
        "  \n> ", " "
    )
    assert not [one for one in desk("issue", "check", "--json").json if one["severity"] == "error"]
    done = desk("issue", "publish", "--yes")
    assert done.code == 0, done.err
    text = (desk.root / "feeds/issues/2026-09-02.md").read_text(encoding="utf-8")
    assert "# Edge Weekly (2026-09-02)" in text
    assert "## Papers" not in text
    assert not any("\u3000" <= char <= "\u9fff" or char >= "\uff00" for char in text)
