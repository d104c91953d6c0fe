"""The site owner's repository, against a real git: nothing of the owner's is lost, nothing is pushed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator.app import handover
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.errors import PublishError
from aggregator.model import Issue
from aggregator.publish.formats import edition
from aggregator.publish.inert import inert_markdown, is_active
from aggregator.publish.repository import body_text, issue_folder, readme_text, repository_documents
from tests.publish.sample import ISSUES, PUBLICATION, house_print

SOURCES = """
publication:
  name: Tiny | Weekly
  language: en
  base_url: https://letters.example.org/tiny/
  sections:
    - {slug: news, title: News}
    - {slug: papers, title: Papers}
sources: []
"""
README = "# Mine\n\nBefore.\n\n<!-- aggregator:index -->\nold\n<!-- /aggregator:index -->\n\nAfter.\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "sources.yaml").write_text(SOURCES)
    opened = open_workspace(root, {})
    with opened.store.write() as unit:
        for issue in ISSUES[1:]:
            items = [replace(part, items=tuple(replace(one, id=None) for one in part.items)) for part in issue.sections]
            unit.issues.save(replace(issue, sections=tuple(items)))
    return opened


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    _git(folder, "init", "-q", "-b", "main")
    _git(folder, "config", "user.name", "Owner")
    _git(folder, "config", "user.email", "owner@example.org")
    (folder / "README.md").write_text(
        "# Mine\n\nBefore.\n\n<!-- aggregator:index -->\nold\n<!-- /aggregator:index -->\n\nAfter.\n"
    )
    _git(folder, "add", ".")
    _git(folder, "commit", "-q", "-m", "first")
    return folder


def _git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True)
    return run.stdout


def test_issues_index_and_a_commit_of_exactly_that(workspace: Workspace, repository: Path) -> None:
    done = handover.to_repository(workspace, repository, commit=True)
    assert done.commit
    assert done.files.written == ("issues/2026-06-01.md", "issues/2026-05-11.md")
    assert _git(repository, "status", "--porcelain") == ""
    assert _git(repository, "log", "-1", "--format=%s").strip() == "Issue No. 2, 2026-06-01"
    readme = (repository / "README.md").read_text()
    assert readme.startswith("# Mine\n\nBefore.\n\n<!-- aggregator:index -->\n")
    assert readme.endswith("<!-- /aggregator:index -->\n\nAfter.\n")
    assert re.findall(r"\]\((.*?)\)", readme) == ["issues/2026-06-01.md", "issues/2026-05-11.md"]
    assert "(2026-05-11.md)" in (repository / "issues/2026-06-01.md").read_text()


def test_a_second_time_nothing_changes(workspace: Workspace, repository: Path) -> None:
    handover.to_repository(workspace, repository, commit=True)
    head = _git(repository, "rev-parse", "HEAD")
    done = handover.to_repository(workspace, repository, commit=True)
    assert (done.commit, done.readme_changed, done.files.written) == ("", False, ())
    assert _git(repository, "rev-parse", "HEAD") == head


@pytest.mark.parametrize("kind", ["changed", "staged", "unknown"])
def test_a_dirty_tree_is_refused_and_untouched(workspace: Workspace, repository: Path, kind: str) -> None:
    (repository / ("note.md" if kind != "changed" else "README.md")).write_text("mine\n")
    if kind == "staged":
        _git(repository, "add", "note.md")
    before = _git(repository, "status", "--porcelain")
    for commit in (True, False):
        with pytest.raises(PublishError) as caught:
            handover.to_repository(workspace, repository, commit=commit)
        assert caught.value.code == "E610"
    assert _git(repository, "status", "--porcelain") == before


def test_nothing_is_pushed_and_no_other_repository_is_touched(
    workspace: Workspace, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _git(tmp_path, "init", "-q", "--bare", "remote.git")
    _git(repository, "remote", "add", "origin", str(tmp_path / "remote.git"))
    _git(repository, "push", "-q", "-u", "origin", "main")
    pushed = _git(tmp_path / "remote.git", "rev-parse", "main")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert handover.to_repository(workspace, repository, commit=True).commit
    monkeypatch.delenv("GIT_DIR")
    assert _git(tmp_path / "remote.git", "rev-parse", "main") == pushed
    assert not (tmp_path / "elsewhere").exists()


def test_a_commit_that_git_refuses_is_an_error_that_says_so(workspace: Workspace, repository: Path) -> None:
    hook = repository / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho no commits today >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(PublishError) as caught:
        handover.to_repository(workspace, repository, commit=True)
    assert caught.value.code == "E611"
    assert "no commits today" in (caught.value.why or "")


def test_a_folder_that_is_no_repository(workspace: Workspace, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    for commit in (True, False):
        with pytest.raises(PublishError):
            handover.to_repository(workspace, plain, commit=commit)
    plain.mkdir()
    with pytest.raises(PublishError):
        handover.to_repository(workspace, plain, commit=True)
    assert handover.to_repository(workspace, plain).readme_changed
    assert "# Tiny &#124; Weekly" in (plain / "README.md").read_text()


def test_issues_that_lie_there_already_are_taken_over_and_edited_ones_left(workspace: Workspace, repository: Path) -> None:
    handover.to_repository(workspace, repository)
    texts = {name: (repository / f"issues/{name}.md").read_text() for name in ("2026-06-01", "2026-05-11")}
    _git(repository, "clean", "-qfdx")
    _git(repository, "checkout", "-q", ".")
    (repository / "reports").mkdir()
    (repository / "reports/2026-06-01.md").write_text(body_text(texts["2026-06-01"]))
    (repository / "reports/2026-05-11.md").write_text("the owner's own words\n")
    _git(repository, "add", ".")
    _git(repository, "commit", "-q", "-m", "issues by hand")
    done = handover.to_repository(workspace, repository, commit=True)
    assert done.files.written == ("reports/2026-06-01.md",)
    assert done.files.edited == ("reports/2026-05-11.md",)
    assert (repository / "reports/2026-05-11.md").read_text() == "the owner's own words\n"
    assert "(reports/2026-06-01.md)" in (repository / "README.md").read_text()


def _text(issue: Issue, text: str) -> str:
    found = edition(PUBLICATION, [issue])
    (document,) = repository_documents(found, lambda *_: text, "issues")
    return document.body.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain | {curly} {\n", "plain | {curly} {\n"),
        ("{{ site.x }} and {% if\n", "&#123;{ site.x }} and &#123;% if\n"),
        ("`{{ x }}` {{ y }}\n", "`{% raw %}{{% endraw %}{ x }}` &#123;{ y }}\n"),
        ("a\n{: onclick=x}\n{::nomarkdown}", "a\n&#123;: onclick=x}\n&#123;::nomarkdown}\n"),
        ("`{:.2f}`\n", "`{:.2f}`\n"),
        ("```\n{% x\n{: y", "```\n&#123;% x\n&#123;: y\n"),
        ("```\n{% raw %}\n```\n{% x\n", "```\n{% raw %}{{% endraw %}% raw %}\n```\n&#123;% x\n"),
    ],
)
def test_liquid_finds_nothing_to_run(text: str, expected: str) -> None:
    assert _text(ISSUES[0], text) == expected


def test_neighbours_and_redirects_by_relative_links() -> None:
    renamed = replace(ISSUES[1], redirects=("2026-05-30",))
    found = edition(PUBLICATION, (ISSUES[0], renamed, ISSUES[2]))
    made = {document.path: document.body.decode() for document in repository_documents(found, house_print, "")}
    assert set(made) == {"2026-06-15.md", "2026-06-01.md", "2026-05-11.md", "2026-05-30.md"}
    assert made["2026-06-01.md"].endswith(
        "<!-- aggregator:around -->\n[← 上一期](2026-05-11.md) · [下一期 →](2026-06-15.md)\n<!-- /aggregator:around -->\n"
    )
    assert "redirect_to: 2026-06-01.html" in made["2026-05-30.md"]
    assert "](2026-06-01.md)" in made["2026-05-30.md"]


@pytest.mark.parametrize(
    "text",
    ["", "# A\n", "<!-- aggregator:index -->\nlost?\n", "<!-- /aggregator:index -->\n<!-- aggregator:index -->\nlost?\n"],
)
def test_an_index_never_loses_text_of_the_readme(text: str) -> None:
    found = edition(PUBLICATION, ISSUES)
    after = readme_text(text, found, "issues")
    assert after.startswith(text.rstrip())
    assert after.count("(issues/2026-06-15.md)") == 1


def test_titles_of_the_index_are_text() -> None:
    issue = replace(ISSUES[0], headline="[x](javascript:alert(1)) {{ y }} | <b> `z")
    index = readme_text(None, edition(PUBLICATION, [issue]), "issues")
    assert "javascript:" not in index or "](javascript:" not in index
    assert "{{" not in index.split("\n", 1)[1]
    assert "|" not in index
    assert "<b>" not in index


def test_the_folder_that_holds_the_issues() -> None:
    assert issue_folder([], ISSUES) == "issues"
    assert issue_folder(["2026-06-15.md"], ISSUES) == ""
    assert issue_folder(["a/2026-06-15.md", "b/2026-06-15.md", "b/2026-06-01.md", "c/other.md"], ISSUES) == "b"


def test_environment_is_left_alone(workspace: Workspace, repository: Path) -> None:
    before = dict(os.environ)
    handover.to_repository(workspace, repository)
    assert dict(os.environ) == before


def _has_kramdown() -> bool:
    asked = ["ruby", "-rkramdown", "-rkramdown-parser-gfm", "-e", "1"]
    return shutil.which("ruby") is not None and subprocess.run(asked, capture_output=True).returncode == 0


@pytest.mark.slow
@pytest.mark.skipif(not _has_kramdown(), reason="ruby with kramdown-parser-gfm is not installed")
@pytest.mark.parametrize(
    "text",
    [
        "```\n[x](javascript:alert(1))\n<script>alert(1)</script>",
        "- a\n\n      [x](javascript:alert(1))\n\n- ```\n  <img src=x onerror=alert(1)>\n  ```",
        '[x](https://example.org/){: onclick="alert(1)"}\n{: onclick="alert(2)"}',
        "{::nomarkdown}<b onclick=x>{:/}",
        "{:x: href='javascript:alert(1)'}\n\n[a][b]{:x}\n\n[b]: javascript:alert(1)",
        "~~~\nx\n~~~\n<iframe src=//x></iframe>\n    <svg onload=alert(1)>",
        "$$\\unicode{<img src=1 onerror=alert(1)>}$$",
    ],
)
def test_nothing_active_comes_out_of_jekylls_markdown(text: str) -> None:
    code = "print Kramdown::Document.new(STDIN.read.force_encoding('UTF-8'), input: 'GFM', math_engine: nil).to_html"
    command = ["ruby", "-rkramdown", "-rkramdown-parser-gfm", "-e", code]
    run = subprocess.run(command, input=body_text(inert_markdown(text)).encode(), capture_output=True, check=True)
    assert not is_active(run.stdout.decode())
