"""Finding a workspace and making one."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import Kind, find_workspace, init, load, template
from aggregator.errors import ConfigError
from aggregator.protocols import Option

# The kinds that the templates use, as far as configuration knows them.
KINDS = {
    "feed": Kind(),
    "arxiv": Kind((Option("categories", list, ""), Option("query", str, "")), needs_url=False),
    "github": Kind((Option("repository", str, ""),), needs_url=False),
}


def test_found_upward(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").touch()
    inner = tmp_path / "feeds" / "issues"
    inner.mkdir(parents=True)
    assert find_workspace(inner) == tmp_path
    assert find_workspace(tmp_path, upward=False) == tmp_path


def test_none_found(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        find_workspace(tmp_path)
    assert caught.value.code == "E102"
    assert caught.value.fix is not None
    assert "aggregator init" in caught.value.fix


def test_a_named_folder_is_not_left(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").touch()
    (tmp_path / "sub").mkdir()
    with pytest.raises(ConfigError):
        find_workspace(tmp_path / "sub", upward=False)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_new_workspace_loads(tmp_path: Path, lang: str) -> None:
    folder = tmp_path / "new"
    made = init(folder, lang=lang)
    assert [path.name for path in made] == ["sources.yaml", ".gitignore", "feeds"]
    config = load(folder / "sources.yaml", {}, KINDS)
    assert 3 <= len(config.sources) <= 5
    assert len(config.publication.sections) == 4
    assert config.notes == ()
    assert config.publication.language.startswith(lang)
    assert 55 <= template(lang).count("\n") <= 85


def test_the_two_templates_tell_the_same() -> None:
    def keys(text: str) -> list[str]:
        return [line.strip().split(":")[0] for line in text.splitlines() if line and not line.startswith((" ", "#", "-"))]

    assert keys(template("en")) == keys(template("zh")) == ["publication", "bridges", "defaults", "rules", "sources"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_publication_and_bridges_stand_alone(tmp_path: Path, lang: str) -> None:
    kept, keep = [], True
    for line in template(lang).splitlines(keepends=True):
        if line[:1] not in (" ", "#", "\n", "-"):
            keep = not line.startswith(("sources:", "defaults:"))
        if keep:
            kept.append(line)
    own = '\ndefaults:\n  allow_private_networks: [127.0.0.1/32]\n  interval: 1h\nsources:\n  - name: "s1"\n    kind: feed\n'
    (tmp_path / "sources.yaml").write_text("".join(kept) + own + '    url: "http://127.0.0.1:8000/f"\n', encoding="utf-8")
    config = load(tmp_path / "sources.yaml", {}, KINDS)
    assert [source.name for source in config.sources] == ["s1"]
    assert len(config.publication.sections) == 4


def test_what_is_there_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("# mine\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        init(tmp_path)
    assert (caught.value.code, bool(caught.value.fix)) == ("E150", True)
    assert (tmp_path / "sources.yaml").read_text(encoding="utf-8") == "# mine\n"


def test_a_gitignore_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*.bak\n", encoding="utf-8")
    assert [path.name for path in init(tmp_path)] == ["sources.yaml", "feeds"]
    assert (tmp_path / ".gitignore").read_text(encoding="utf-8") == "*.bak\n"


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigError) as caught:
        init(tmp_path / "file" / "sub")
    assert caught.value.code == "E153"
