"""A workspace of one file, and source kinds that show every type of option."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from aggregator.config import Config, Kind, load
from aggregator.errors import ConfigError
from aggregator.model import Source
from aggregator.protocols import Option

PUBLICATION = """\
publication:
  name: 周报
  base_url: https://example.org/weekly/
  language: zh-CN
  time_zone: Asia/Shanghai
  sections:
    - {slug: news, title: 新闻}
    - {slug: papers, title: 论文}
"""


def _paper_addresses(source: Source) -> Sequence[str]:
    if not source.options.get("categories"):
        raise ConfigError("no categories are given", fix="add `categories: [cs.CV]`", code="E131")
    return ("https://papers.example/" + "+".join(source.options["categories"]),)


KINDS = {
    "feed": Kind((), needs_url=True),
    "papers": Kind(
        (
            Option("categories", list, "categories"),
            Option("query", str, "words"),
            Option("limit", int, "how many", 100),
            Option("strict", bool, "only exact ones", default=False),
            Option("skip", re.Pattern, "titles to skip"),
        ),
        needs_url=False,
        addresses=_paper_addresses,
    ),
}

Loader = Callable[..., Config]


@pytest.fixture
def loaded(tmp_path: Path) -> Loader:
    """Loads a text as the sources.yaml of a workspace; the publication above stands before it unless `whole`."""

    def run(
        text: str, *, whole: bool = False, environ: dict[str, str] | None = None, flags: dict[str, str] | None = None
    ) -> Config:
        path = tmp_path / "sources.yaml"
        path.write_text(text if whole else PUBLICATION + text, encoding="utf-8")
        return load(path, environ or {}, KINDS, flags=flags)

    return run


@pytest.fixture
def refused(loaded: Loader) -> Callable[..., list[str]]:
    """Loads a text that must be refused; gives `line:column code what` of every error, lines counted from the text given."""

    def run(text: str, *, whole: bool = False, **more: object) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            loaded(text, whole=whole, **more)
        offset = 0 if whole else PUBLICATION.count("\n")
        errors = (caught.value, *caught.value.others)
        assert all(error.exit_code == 2 and "pydantic" not in f"{error} {error.why} {error.fix}" for error in errors)
        return [
            f"{error.place.line - offset}:{error.place.column} {error.code} {error.what}"
            if error.place and error.place.line
            else f"- {error.code} {error.what}"
            for error in errors
        ]

    return run
