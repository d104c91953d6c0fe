"""The form of an issue as data of the publication: another that ships, forms of earlier years, templates of one's own."""

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
    - {{slug: news, title: News}}
    - {{slug: papers, title: Papers}}
  profile:
    base: digest-en
    ids: {{Mastodon: "@edge@social.example"}}
    licence: CC BY 4.0
{more}
sources: []
"""
FORMER = """\
  former:
    - {base: brief-en, name: first year, until: 2025-12-31}
"""
OLD = """\
# Edge Weekly (2025-03-01): A first one

**Small devices, large models**

> In this issue: 1 items. News: A thing.

## News

- [A thing | Some Site](https://a.example/thing)
  Summary: It is one.
"""


def configured(desk: Desk, more: str = "") -> None:
    desk.configure(text=CONFIG.format(more=more.rstrip()))


def test_an_issue_of_another_shape(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    configured(desk)
    head = "### [A board runs a model](https://a.example/board) — Some Site"
    item = f"{head}\\n\\nCode: <https://github.com/lab/tiny>\\n\\nIt does.\\n"
    editor(f"text = text.replace('## News\\n', '## News\\n\\n{item}', 1)")
    done = desk("issue", "edit")
    assert done.code == 0, done.err
    (one,) = desk("issue", "items", "--json").json
    assert (one["title"], one["source"], one["summary"]) == ("A board runs a model", "Some Site", "It does.")
    assert [link["role"] for link in one["links"]] == ["code"]
    assert not [finding for finding in desk("issue", "check", "--json").json if finding["severity"] == "error"]
    assert desk("issue", "publish", "--yes").code == 0
    text = (desk.root / "feeds/issues/2026-09-02.md").read_text(encoding="utf-8")
    assert 'title: "Edge Weekly (2026-09-02)"\ndate: 2026-09-02\n' in text
    assert "# Edge Weekly, 2026-09-02\n" in text
    assert "In this issue: 1 worth your time. News: A board runs a model." in text.replace("  \n", " ")
    assert "Published under [CC BY 4.0](https://creativecommons.org/licenses/by/4.0/)." in text
    copy = desk.root / "2026-09-09.md"
    copy.write_text(text.replace("2026-09-02", "2026-09-09"), encoding="utf-8")
    assert [(file["outcome"], file["items"], file["findings"]) for file in desk("import", str(copy), "--json").json] == [
        ("imported", 1, [])
    ]
    assert desk("issue", "show", "2026-09-09").out == copy.read_text(encoding="utf-8")


def test_earlier_forms_are_recognised(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    configured(desk, FORMER)
    path = desk.root / "2025-03-01.md"
    path.write_text(OLD, encoding="utf-8")
    (file,) = desk("import", str(path), "--json").json
    assert (file["profile"], file["items"], file["findings"]) == ("first year", 1, [])
    assert desk("issue", "show", "2025-03-01", "--json").json[0]["lead"] == "1 items. News: A thing."
    editor("text = text.replace('It is one.', 'It is two.')")
    desk("issue", "amend", "2025-03-01")
    assert desk("issue", "show", "2025-03-01").out == OLD.replace("It is one.", "It is two.")


def test_templates_of_ones_own(desk: Desk, editor) -> None:  # type: ignore[no-untyped-def]
    folder = desk.root / "house"
    folder.mkdir()
    (folder / "tagline.md.j2").write_text("**{{ tagline }}**\n", encoding="utf-8")
    (folder / "footer.md.j2").write_text("***\n\n{{ footer }}\n", encoding="utf-8")
    configured(desk, "    templates: house\n")
    assert "\n***\n\n- Mastodon: @edge@social.example\n" in desk("issue", "show").out
    (folder / "heading.md.j2").write_text("# {{ dated }}\n\n{{ nothing }}\n", encoding="utf-8")
    done = desk("issue", "show")
    assert (done.code, "heading.md.j2:3" in done.err, "E514" in done.err) == (1, True, True)
    (folder / "heading.md.j2").write_text("# {{ dated }}\n", encoding="utf-8")
    assert "cannot be read back: headline" in desk("issue", "show").err
    assert "cannot be read back: headline" in desk("doctor").out
    (folder / "heading.md.j2").rename(folder / "headings.md.j2")
    done = desk("issue", "show")
    assert (done.code, "heading" in done.err) == (2, True)


def test_a_form_that_is_none(desk: Desk) -> None:
    desk.configure(text=CONFIG.format(more="").replace("digest-en", "digest"))
    done = desk("issue", "show")
    assert done.code == 2
    assert "did you mean `digest-en`" in done.err
    assert "sources.yaml:11" in done.err
