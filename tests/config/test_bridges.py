"""Addresses that begin with a bridge."""

from __future__ import annotations

import pytest

from aggregator.errors import ConfigError
from tests.config.conftest import Loader

ACCOUNT = "sources:\n  - name: 号\n    urls: ['{wewe}/feeds/1.atom', 'https://public.example/1.xml']\n"
ONLY = "sources:\n  - name: 号\n    url: '{wewe}/feeds/1.atom'\n"


def test_an_origin_is_filled_in(loaded: Loader) -> None:
    [source] = loaded("bridges: {wewe: 'https://w.example/sub/'}\n" + ACCOUNT).sources
    assert source.urls == ("https://w.example/sub/feeds/1.atom", "https://public.example/1.xml")


def test_several_origins_are_several_addresses_in_order(loaded: Loader) -> None:
    [source] = loaded("bridges:\n  wewe: ['https://w1.example', 'http://w2.example:4000']\n" + ACCOUNT).sources
    assert source.urls == (
        "https://w1.example/feeds/1.atom",
        "http://w2.example:4000/feeds/1.atom",
        "https://public.example/1.xml",
    )


def test_the_environment_overrides_origins(loaded: Loader) -> None:
    environ = {"AGGREGATOR_BRIDGE_WEWE": "https://e1.example, https://e2.example/"}
    [source] = loaded("bridges: {wewe: 'https://w.example'}\n" + ONLY, environ=environ).sources
    assert source.urls == ("https://e1.example/feeds/1.atom", "https://e2.example/feeds/1.atom")


def test_without_an_origin_the_other_addresses_serve(loaded: Loader) -> None:
    config = loaded("bridges:\n  wewe:\n" + ACCOUNT)
    assert config.sources[0].urls == ("https://public.example/1.xml",)
    assert not config.sources[0].muted
    [note] = config.notes
    assert (note.code, note.what) == ("E126", "the bridge `wewe` has no origin: 1 on other addresses")
    assert note.place is not None


def test_without_any_address_left_the_source_is_muted_with_the_reason(loaded: Loader) -> None:
    config = loaded("bridges:\n  wewe:\n" + ONLY)
    [source] = config.sources
    assert (source.muted, source.mute_reason) == (True, "the bridge wewe has no origin")
    assert source.urls == ("{wewe}/feeds/1.atom",)
    assert [note.what for note in config.notes] == ["the bridge `wewe` has no origin: 1 muted (号)"]
    assert config.notes[0].fix is not None
    assert "AGGREGATOR_BRIDGE_WEWE" in config.notes[0].fix


def test_a_bridge_that_nobody_uses_needs_no_origin(loaded: Loader) -> None:
    assert loaded("bridges:\n  wewe:\n").notes == ()


def test_a_bad_origin_in_the_environment_is_named_as_such(loaded: Loader) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded("bridges:\n  wewe:\n" + ONLY, environ={"AGGREGATOR_BRIDGE_WEWE": "nowhere"})
    assert "AGGREGATOR_BRIDGE_WEWE" in caught.value.what


def test_a_bridge_does_not_smuggle_in_another_host(loaded: Loader) -> None:
    [source] = loaded("bridges: {w: 'https://w.example'}\nsources:\n  - {name: a, url: '{w}@evil.example/x'}\n").sources
    assert source.urls == ("https://w.example/@evil.example/x",)
