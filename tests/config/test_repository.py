"""The repository's own sources.yaml: the newsletter's."""

from __future__ import annotations

from pathlib import Path

from aggregator.config import Config, Kind, load
from aggregator.poll.sources import KINDS

PATH = Path(__file__).parent.parent.parent / "sources.yaml"


def _load(environ: dict[str, str]) -> Config:
    return load(PATH, environ, {name: Kind(kind.options, kind.needs_url, kind.addresses) for name, kind in KINDS.items()})


def test_it_has_what_the_newsletter_needs() -> None:
    config = _load({})
    assert len(config.sources) >= 60
    assert {source.kind for source in config.sources} >= {"feed", "arxiv", "github", "hackernews", "huggingface"}
    assert all(source.urls for source in config.sources)
    assert [(section.title, section.lead_label) for section in config.publication.sections] == [
        ("业界新闻", "新闻"),
        ("论文", "论文"),
        ("开源项目", "开源"),
        ("博文", "博文"),
    ]
    assert (config.publication.time_zone, config.publication.language) == ("Asia/Shanghai", "zh-CN")
    assert not any(source.muted for source in config.sources)


def test_every_account_has_several_addresses_once_a_bridge_is_set_up() -> None:
    config = _load({"AGGREGATOR_BRIDGE_WEWE": "https://wewe.example.org"})
    accounts = [source for source in config.sources if "公众号" in source.tags]
    assert len(accounts) >= 25
    assert all(len(source.urls) >= 2 for source in accounts)
    assert config.notes == ()
