"""What a file that is right becomes."""

from __future__ import annotations

import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path

import pytest

from aggregator.config import Kind, load
from aggregator.model import Profile
from tests.config.conftest import KINDS, PUBLICATION, Loader


def test_publication(loaded: Loader) -> None:
    config = loaded(
        PUBLICATION.replace("/weekly/", "/weekly")
        + "  tagline: 每周一读\n  hub: https://hub.example/\n  keywords: {量化: 2, edge: 0.5, 8: 1}\n"
        + "  profile: {past_issues: table, link_labels: {code: 源码}, past_limit: 5}\n",
        whole=True,
    )
    publication = config.publication
    assert (publication.name, publication.tagline, publication.hub) == ("周报", "每周一读", "https://hub.example/")
    assert publication.base_url == "https://example.org/weekly/"
    assert [section.slug for section in publication.sections] == ["news", "papers"]
    assert publication.keywords == {"量化": 2.0, "edge": 0.5, "8": 1.0}
    assert (publication.profile.past_issues, publication.profile.past_limit) == ("table", 5)
    assert publication.profile.link_labels["code"] == "源码"
    assert publication.profile.link_labels["paper"] == "论文"
    assert publication.profile.lead_label == Profile().lead_label


def test_an_english_publication_speaks_english(loaded: Loader) -> None:
    profile = loaded(PUBLICATION.replace("zh-CN", "en"), whole=True).publication.profile
    assert profile.language == "en"
    assert all(text.isascii() for text in (profile.lead_label, profile.count, profile.colon, *profile.link_labels.values()))


def test_keywords_as_a_list_weigh_one(loaded: Loader) -> None:
    assert loaded(PUBLICATION + "  keywords: [a, b]\n", whole=True).publication.keywords == {"a": 1.0, "b": 1.0}


def test_a_source_with_everything(loaded: Loader) -> None:
    [source] = loaded(
        "sources:\n  # the best one\n  - name: no\n    url: https://a.example/feed\n    section: papers\n    interval: 1h30m\n"
        "    weight: -1\n    tags: [x, y]\n    time_zone: Asia/Shanghai\n    user_agent: Reader/1.0\n    mute: 等恢复\n"
    ).sources
    assert (source.name, source.kind, source.url, source.section) == ("no", "feed", "https://a.example/feed", "papers")
    assert (source.interval_minutes, source.weight, source.tags) == (90.0, -1.0, ("x", "y"))
    assert (source.time_zone, source.user_agent) == ("Asia/Shanghai", "Reader/1.0")
    assert (source.muted, source.mute_reason) == (True, "等恢复")
    assert source.line == PUBLICATION.count("\n") + 3


@pytest.mark.parametrize("text", ["sources:\n", "sources: []\n", "defaults:\n", ""])
def test_no_sources_yet(text: str, loaded: Loader) -> None:
    assert loaded(text).sources == ()


def test_a_name_is_made_from_the_address(loaded: Loader) -> None:
    assert loaded("sources:\n  - url: https://www.a.example/blog/\n").sources[0].name == "a.example/blog"


def test_options_beside_and_below(loaded: Loader) -> None:
    text = "sources:\n  - {name: p, kind: papers, categories: [cs.CV], options: {skip: '^Re', strict: true}}\n"
    [source] = loaded(text).sources
    skip = source.options["skip"]
    assert source.options == {"categories": ("cs.CV",), "skip": skip, "strict": True, "limit": 100}
    assert skip.match("Reply")
    assert source.urls == ("https://papers.example/cs.CV",)


def test_a_kind_that_no_source_has_is_not_looked_up(tmp_path: Path) -> None:
    class Known(dict[str, Kind]):
        def __getitem__(self, name: str) -> Kind:
            assert name == "other"
            return super().__getitem__(name)

    (tmp_path / "sources.yaml").write_text(PUBLICATION + "sources:\n  - {name: p, kind: other}\n", encoding="utf-8")
    known = Known(other=Kind((), needs_url=False), never=Kind())
    [source] = load(tmp_path / "sources.yaml", {}, known).sources
    assert source.urls == ()


def test_defaults_groups_and_sources_each_closer_to_home(loaded: Loader) -> None:
    config = loaded(
        "defaults: {interval: 1d, section: news, time_zone: UTC, host_gap: 2s, max_size: 1MB,\n"
        "           allow_private_networks: [127.0.0.1/32]}\n"
        "sources:\n"
        "  - {name: plain, url: https://a.example/1}\n"
        "  - group: 期刊\n    kind: papers\n    section: papers\n"
        "    interval: 2h\n    tags: [g]\n    weight: 2\n    mute: true\n    sources:\n"
        "      - {name: inner, categories: [x]}\n"
        "      - {name: own, kind: feed, url: https://a.example/2, section: news, interval: auto,\n"
        "          tags: [o], weight: 0, mute: false}\n"
    )
    plain, inner, own = config.sources
    assert (plain.section, plain.interval_minutes, plain.time_zone) == ("news", 1440.0, "UTC")
    assert (inner.kind, inner.section, inner.interval_minutes, inner.tags, inner.weight) == (
        "papers",
        "papers",
        120.0,
        ("g",),
        2.0,
    )
    assert inner.muted
    assert inner.mute_reason
    assert (own.kind, own.section, own.interval_minutes, own.tags, own.weight, own.muted) == (
        "feed",
        "news",
        None,
        ("g", "o"),
        0.0,
        False,
    )
    settings = config.settings
    assert (settings.host_gap_seconds, settings.max_bytes) == (2.0, 1024 * 1024)
    assert settings.allow_private_networks == (ip_network("127.0.0.1/32"),)


def test_addresses_in_braces_of_yaml(loaded: Loader) -> None:
    assert loaded("sources: [{url: https://a.example/x, name: a}]\n").sources[0].url == "https://a.example/x"


def test_without_a_publication_it_still_polls_and_says_so(loaded: Loader) -> None:
    config = loaded("sources:\n  - url: https://a.example/f\n", whole=True)
    assert len(config.sources) == 1
    assert config.publication.sections
    assert [note.code for note in config.notes] == ["E112"]


def test_a_byte_order_mark_and_foreign_line_ends_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    text = PUBLICATION + "sources:\n  - url: https://a.example/f\n"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(path, {}, KINDS).sources[0].line == text[: text.index("url: https://a.ex")].count("\n") + 1


def test_thousands_of_sources_load(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_text(
        "sources:\n" + "".join(f"  - url: https://s{i}.example/feed.xml\n    name: Source {i}\n" for i in range(2000))
    )
    sources = load(path, {}, {"feed": Kind()}).sources
    assert len(sources) == 2000
    assert sources[-1].url == "https://s1999.example/feed.xml"


def test_importing_it_brings_neither_yaml_nor_validation() -> None:
    code = "import sys, aggregator.config; print({'ruamel.yaml', 'pydantic', 'difflib', 'zoneinfo'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "set()"
