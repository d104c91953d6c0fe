"""Flag over environment over file over default, and where each value came from."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.config import secret
from aggregator.errors import ConfigError
from tests.config.conftest import PUBLICATION, Loader


def test_defaults_say_so(loaded: Loader, tmp_path: Path) -> None:
    settings = loaded("").settings
    assert settings.database_url == f"sqlite:///{tmp_path / 'aggregator.db'}"
    assert {settings.origin(name) for name, _, _ in settings.rows()} == {"default"}
    assert (settings.lang, settings.deadline_seconds, settings.max_bytes) == ("en", 20.0, 15 * 1024 * 1024)


def test_each_level_wins_over_the_next(loaded: Loader) -> None:
    text = "defaults:\n  deadline: 5s\n  contact: a@example.org\n  workers: 4\n"
    environ = {"AGGREGATOR_CONTACT": "b@example.org", "AGGREGATOR_WORKERS": "8"}
    settings = loaded(text, environ=environ, flags={"workers": "16"}).settings
    line = PUBLICATION.count("\n") + 2
    assert (settings.deadline_seconds, settings.origin("deadline_seconds")) == (5.0, f"sources.yaml:{line}")
    assert (settings.contact, settings.origin("contact")) == ("b@example.org", "AGGREGATOR_CONTACT")
    assert (settings.workers, settings.origin("workers")) == (16, "--workers")


def test_settings_from_the_environment_are_as_typed_as_those_of_the_file(loaded: Loader) -> None:
    environ = {
        "AGGREGATOR_INTERVAL": "2h",
        "AGGREGATOR_ALLOW_PRIVATE_NETWORKS": "127.0.0.1/32, 10.0.0.0/8",
        "AGGREGATOR_HOST_GAP": "0",
        "AGGREGATOR_MAX_SIZE": "2MiB",
        "AGGREGATOR_USER_AGENT": "Reader/2",
    }
    config = loaded("sources:\n  - url: https://a.example/\n", environ=environ)
    assert config.sources[0].interval_minutes == 120.0
    assert [str(one) for one in config.settings.allow_private_networks] == ["127.0.0.1/32", "10.0.0.0/8"]
    assert (config.settings.host_gap_seconds, config.settings.max_bytes) == (0.0, 2 * 1024 * 1024)
    assert config.settings.user_agent == "Reader/2"


@pytest.mark.parametrize(
    ("environ", "flags", "expected"),
    [
        ({"LANG": "zh_CN.UTF-8"}, {}, ("zh", "LANG")),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, {}, ("en", "LC_ALL")),
        ({"LANG": "de_DE.UTF-8", "AGGREGATOR_LANG": "zh-CN"}, {}, ("zh", "AGGREGATOR_LANG")),
        ({"AGGREGATOR_LANG": "zh"}, {"lang": "en"}, ("en", "--lang")),
    ],
)
def test_language(loaded: Loader, environ: dict[str, str], flags: dict[str, str], expected: tuple[str, str]) -> None:
    settings = loaded("", environ=environ, flags=flags).settings
    assert (settings.lang, settings.origin("lang")) == expected


def test_the_database_may_be_named_by_a_file(loaded: Loader, tmp_path: Path) -> None:
    held = tmp_path / "url"
    held.write_text("postgresql://ed:geheim@db.example/news\n", encoding="utf-8")
    settings = loaded("", environ={"AGGREGATOR_DATABASE_URL_FILE": str(held)}).settings
    assert settings.database_url == "postgresql://ed:geheim@db.example/news"
    assert settings.origin("database_url") == "AGGREGATOR_DATABASE_URL_FILE"
    shown = {name: value for name, value, _ in settings.rows()}["database_url"]
    assert shown == "postgresql://ed:***@db.example/news"


@pytest.mark.parametrize(
    ("environ", "code"),
    [
        ({"AGGREGATOR_WORKERS": "many"}, "E140"),
        ({"AGGREGATOR_LANG": "fr"}, "E140"),
        ({"AGGREGATOR_DATABASE_URL": "geheim"}, "E140"),
        ({"AGGREGATOR_DATABASE_URL": "sqlite://", "AGGREGATOR_DATABASE_URL_FILE": "/x"}, "E140"),
        ({"AGGREGATOR_DATABASE_URL_FILE": "/does/not/exist"}, "E141"),
        ({"AGGREGATOR_SECTION": "essays"}, "E124"),
    ],
)
def test_mistakes_in_the_environment(loaded: Loader, environ: dict[str, str], code: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded("", environ=environ)
    assert caught.value.code == code
    assert caught.value.fix
    assert "geheim" not in f"{caught.value} {caught.value.why}"


def test_mistakes_of_environment_and_file_come_together(loaded: Loader) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded("sources:\n  - 5\n", environ={"AGGREGATOR_LANG": "fr", "AGGREGATOR_WORKERS": "-1"})
    assert sorted(error.code for error in (caught.value, *caught.value.others)) == ["E111", "E140", "E140"]


def test_secrets(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("t0k3n\n", encoding="utf-8")
    assert secret({"TOKEN": "abc"}, "TOKEN") == ("abc", "TOKEN")
    assert secret({"TOKEN_FILE": str(tmp_path / "token")}, "TOKEN") == ("t0k3n", "TOKEN_FILE")
    assert secret({"TOKEN": ""}, "TOKEN") is None
