"""Every mistake in sources.yaml: its place, its code, its words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aggregator.config import codes, load
from aggregator.errors import ConfigError
from tests.config.conftest import KINDS, PUBLICATION, Loader

Refused = Callable[..., list[str]]
ONE = "sources:\n  - name: a\n    url: https://a.example/feed\n"


def in_source(line: str) -> str:
    return f"{ONE}    {line}\n"


SOURCES = {
    "unknown key": (in_source("intervall: 1h"), "4:5 E101 unknown key `intervall` - did you mean `interval`?"),
    "unknown key, nothing like it": (in_source("zzz: 1h"), "4:5 E101 unknown key `zzz`"),
    "duplicate key": (in_source("url: https://b.example/"), "4:5 E110 the key `url` stands twice"),
    "unknown kind": (in_source("kind: paper"), "4:11 E120 unknown kind `paper` - did you mean `papers`?"),
    "kind of the wrong type": (in_source("kind: 5"), "4:11 E111 `kind` must be a text, but this is a number: `5`"),
    "option of another kind": (in_source("categories: [x]"), "4:5 E101 unknown key `categories`"),
    "misspelt options": (in_source("optons: {}"), "4:5 E101 unknown key `optons` - did you mean `options`?"),
    "too short to guess": (in_source("id: x"), "4:5 E101 unknown key `id`"),
    "no address": ("sources:\n  - name: a\n", "2:5 E121 source `a` has no address"),
    "no address, nor name": ("sources:\n  - weight: 2\n", "2:5 E121 a source has no address"),
    "no options for an address": ("sources:\n  - {name: p, kind: papers}\n", "2:5 E131 no categories are given"),
    "nothing to call it": (
        "sources:\n  - {kind: papers, categories: [x]}\n",
        "2:5 E112 a source has neither a name nor an address",
    ),
    "unusable name": (
        'sources:\n  - name: "a\\nb"\n    url: https://a.example/\n',
        "2:11 E127 `name`: `a�b` cannot name a source",
    ),
    "a number for an address": ("sources:\n  - url: 5\n", "2:10 E111 `url` must be an address, but this is a number: `5`"),
    "nothing for an address": ("sources:\n  - url: null\n", "2:5 E121 a source has no address"),
    "address and addresses": (in_source("urls: [https://b.example/]"), "4:5 E128 `url` and `urls` are both given"),
    "unknown section": (in_source("section: new"), "4:14 E124 there is no section `new` - did you mean `news`?"),
    "bad duration": (in_source("interval: soon"), "4:15 E160 `interval`: `soon` is no duration"),
    "duration without unit": (in_source("interval: 30"), "4:15 E160 `interval`: `30` is no duration"),
    "negative duration": (in_source("interval: -1"), "4:15 E160 `interval`: `-1` is no duration"),
    "infinite duration": (in_source("interval: 1e999"), "4:15 E160 `interval`: `inf` is no duration"),
    "no duration at all": (in_source("interval: 0s"), "4:15 E160 `interval`: `0s` is no time at all"),
    "far too long": (in_source("interval: 32d"), "4:15 E160 `interval`: `32d` is more than 31 days"),
    "bad zone": (
        in_source("time_zone: Asia/Shangai"),
        "4:16 E163 `time_zone`: `Asia/Shangai` is no time zone - did you mean `Asia/Shanghai`?",
    ),
    "zone outside": (in_source("time_zone: ../../etc/passwd"), "4:16 E163 `time_zone`: `../../etc/passwd` is no time zone"),
    "header injection": (
        in_source('user_agent: "x\\r\\nEvil: 1"'),
        "4:17 E168 `user_agent`: `x��Evil: 1` cannot stand in an HTTP header",
    ),
    "yes is no truth": (in_source("mute: 1"), "4:11 E111 `mute` must be true or false, but this is a number: `1`"),
    "no number": (in_source("weight: heavy"), "4:13 E111 `weight` must be a number, but this is a text: `heavy`"),
    "no list": (in_source("tags: ai"), "4:11 E111 `tags` must be a list, but this is a text: `ai`"),
    "options no mapping": (in_source("options: [a]"), "4:14 E111 `options` must be a mapping, but this is a list"),
    "unknown bridge": (
        "bridges: {wewe: https://w.example}\nsources:\n  - {name: a, url: '{wewee}/x'}\n",
        "3:20 E125 `url`: there is no bridge `wewee` - did you mean `wewe`?",
    ),
    "unclosed bridge": (
        "sources:\n  - {name: a, url: '{wewe/x'}\n",
        "2:20 E123 `url`: `{wewe/x` opens a brace and does not close it",
    ),
    "bad origin": ("bridges: {wewe: nowhere}\n", "1:17 E123 `wewe`: `nowhere` is no usable address"),
    "bad bridge name": ("bridges: {We We: https://w.example}\n", "1:18 E167 `We We`: `We We` is no name of a bridge"),
    "a list for a source": ("sources:\n  - [a]\n", "2:5 E111 a source must be a mapping, but this is a list"),
    "a word for a source": ("sources:\n  - no\n", "2:5 E111 a source must be a mapping, but this is a text: `no`"),
    "a date for a source": (
        "sources:\n  - 2025-01-01\n",
        "2:5 E111 a source must be a mapping, but this is a text: `2025-01-01`",
    ),
    "sources no list": ("sources: here\n", "1:10 E111 `sources` must be a list, but this is a text: `here`"),
    "group in a group": ("sources:\n  - group: x\n    sources:\n      - group: y\n", "4:9 E111 a group cannot hold a group"),
    "group with an unknown kind": (
        "sources:\n  - {group: x, kind: fed, sources: []}\n",
        "2:22 E120 unknown kind `fed` - did you mean `feed`?",
    ),
    "group in an unknown section": ("sources:\n  - {group: x, section: y, sources: []}\n", "2:25 E124 there is no section `y`"),
    "group with an unknown key": (
        "sources:\n  - {group: x, sectoin: y, sources: []}\n",
        "2:16 E101 unknown key `sectoin` - did you mean `section`?",
    ),
}

OPTIONS = {
    "wrong type of a list": ("categories: cs.CV", "4:17 E111 `categories` must be a list, but this is a text: `cs.CV`"),
    "wrong type of a text": ("query: 7", "4:12 E111 `query` must be a text, but this is a number: `7`"),
    "wrong type of a number": ("limit: many", "4:12 E111 `limit` must be a whole number, but this is a text: `many`"),
    "wrong type of a truth": ("strict: yes", "4:13 E111 `strict` must be true or false, but this is a text: `yes`"),
    "bad regex": ("skip: '(a'", "4:11 E164 `skip`: `(a` is no regular expression"),
    "unknown option": ("limits: 5", "4:5 E101 unknown key `limits` - did you mean `limit`?"),
    "unknown under options": ("options: {limits: 5}", "4:15 E101 unknown key `limits` - did you mean `limit`?"),
    "wrong type under options": ("options: {limit: x}", "4:22 E111 `limit` must be a whole number, but this is a text: `x`"),
    "given twice": ("options: {name: q}", "4:15 E128 `name` is given twice, once under `options`"),
}

PUBLICATIONS = {
    "no name": ("  name: 周报\n", "", "1:1 E112 `publication` has no `name`"),
    "no base_url": ("  base_url: https://example.org/weekly/\n", "", "1:1 E112 `publication` has no `base_url`"),
    "base_url without http": (
        "https://example.org/weekly/",
        "ftp://example.org",
        "3:13 E165 `base_url`: `ftp://example.org` is no usable address",
    ),
    "base_url with a query": ("/weekly/", "/?x=1", "3:13 E165 `base_url`: `https://example.org/?x=1` holds ? or #"),
    "language with underscore": ("zh-CN", "zh_CN", "4:13 E166 `language`: `zh_CN` is no language tag"),
    "unknown zone": (
        "Asia/Shanghai",
        "Shanghai",
        "5:14 E163 `time_zone`: `Shanghai` is no time zone - did you mean `Asia/Shanghai`?",
    ),
    "slug in Chinese": ("slug: news", "slug: 新闻", "7:14 E167 `slug`: `新闻` is no slug"),
    "slug twice": ("slug: papers", "slug: news", "8:14 E167 two sections have the slug `news`"),
    "section without title": (", title: 新闻", "", "7:7 E112 an item of `sections` has no `title`"),
    "unknown key": ("  language", "  langauge", "4:3 E101 unknown key `langauge` - did you mean `language`?"),
    "unknown key of a section": ("title: 新闻", "titel: 新闻", "7:20 E101 unknown key `titel` - did you mean `title`?"),
    "sections no list": (
        "  language: zh-CN\n",
        "  language: zh-CN\n  profile: simple\n",
        "5:12 E111 `profile` must be a mapping, but this is a text: `simple`",
    ),
    "form of past issues": (
        "  language: zh-CN\n",
        "  profile: {past_issues: tabel}\n",
        "4:26 E113 `past_issues`: `tabel` is no form of past issues - did you mean `table`?",
    ),
    "count without count": (
        "  language: zh-CN\n",
        "  profile: {count: 二十条}\n",
        "4:20 E113 `count` must hold {count} and no other braces",
    ),
    "unknown role": (
        "  language: zh-CN\n",
        "  profile: {link_labels: {papre: 论文}}\n",
        "4:26 E101 `link_labels`: `papre` is no role of a link - did you mean `paper`?",
    ),
    "weight of a keyword": (
        "  language: zh-CN\n",
        "  keywords: {量化: viel}\n",
        "4:13 E111 `keywords`: the weight of `量化` must be a number, but this is a text: `viel`",
    ),
    "empty sections": (
        "    - {slug: news, title: 新闻}\n    - {slug: papers, title: 论文}\n",
        "    []\n",
        "6:3 E112 `sections` is empty",
    ),
}

DEFAULTS = {
    "bad network": ("allow_private_networks: [127.0.0.300]", "2:27 E162 `allow_private_networks`: `127.0.0.300` is no network"),
    "host bits": ("allow_private_networks: [127.0.0.1/8]", "2:27 E162 `allow_private_networks`: `127.0.0.1/8` is no network"),
    "network no list": (
        "allow_private_networks: 10.0.0.0/8",
        "2:27 E111 `allow_private_networks` must be a list, but this is a text: `10.0.0.0/8`",
    ),
    "bad size": ("max_size: huge", "2:13 E161 `max_size`: `huge` is no size"),
    "bad gap": ("host_gap: 1 second", "2:13 E160 `host_gap`: `1 second` is no duration"),
    "no deadline": ("deadline: 0", "2:13 E160 `deadline`: `0` is no time at all"),
    "no worker": ("workers: 0", "2:12 E113 `workers` must be at least 1"),
    "unknown section": ("section: essays", "2:12 E124 there is no section `essays`"),
    "unknown key": ("intervals: 1h", "2:3 E101 unknown key `intervals` - did you mean `interval`?"),
    "secrets stay out": ("database_url: sqlite://", "2:3 E101 unknown key `database_url`"),
}

YAMLS = {
    "empty": ("", "1:1 E104 the file is empty"),
    "comments alone": ("# nothing\n\n", "1:1 E104 the file is empty"),
    "a list": ("- a\n", "1:1 E111 the file must be a mapping, but this is a list"),
    "a text": ("hello\n", "1:1 E111 the file must be a mapping, but this is a text"),
    "unknown top level": ("source: []\n", "1:1 E101 unknown key `source` - did you mean `sources`?"),
    "tab": ("sources:\n\t- url: https://a.example/f\n", "2:1 E108 a tab cannot indent"),
    "colon in a value": ("publication:\n  name: a: b\n", "2:10 E107 this is not YAML: "),
    "unclosed list": ("sources: [a,\n", "2:1 E107 this is not YAML: "),
    "unclosed quote": ("sources:\n  - url: 'https://a\n", "3:1 E107 this is not YAML: "),
    "bad indentation": ("sources:\n  - a\n - b\n", "3:2 E107 this is not YAML: "),
    "at sign": ("sources: @a\n", "1:10 E107 this is not YAML: "),
    "two documents": ("sources:\n---\nsources:\n", "2:1 E109 the file holds a second document"),
    "object tag": (
        "sources:\n  - !!python/object/apply:os.system ['true']\n",
        "2:5 E109 the YAML tag !!python/object/apply:os.system is not read here",
    ),
    "alias": ("sources: &a\n  - *a\n", "2:5 E109 YAML aliases are not read here"),
    "deep flow": ("sources: " + "[" * 100_000, "1:29 E109 nested deeper than 20 levels"),
    "deep blocks": ("- " * 50_000, "1:41 E109 nested deeper than 20 levels"),
    "deep keys": ("? " * 50_000, "1:3 E109 a key has to be a text"),
    "list as key": ("[a, b]: c\n", "1:1 E109 a key has to be a text"),
    "control character": (
        "sources:\n  - url: https://a\x07\n",
        "2:19 E106 the control character U+0007 cannot stand in the file",
    ),
    "line separator": ("# a\u2028b\n", "1:4 E106 the control character U+2028 cannot stand in the file"),
}


@pytest.mark.parametrize("case", SOURCES)
def test_mistakes_in_sources(case: str, refused: Refused) -> None:
    text, expected = SOURCES[case]
    assert refused(text) == [expected]


NOTES = {
    "duplicate name": (
        f"{ONE}  - name: a\n    url: https://b.example/x\n",
        "4:11 E122 two sources have the name `a`: this one is called `a (x)`",
    ),
    "duplicate name on one line": (
        "sources: [{name: a, url: https://a.example/}, {name: a, url: https://b.example/}]\n",
        "1:54 E122 two sources have the name `a`: this one is called `a (b.example)`",
    ),
    "no http": ("sources:\n  - {name: a, url: ftp://a.example/}\n", "2:20 E123 `url`: `ftp://a.example/` is no usable address"),
    "no scheme": ("sources:\n  - {name: a, url: a.example/feed}\n", "2:20 E123 `url`: `a.example/feed` is no usable address"),
    "credentials": (
        "sources:\n  - {name: a, url: 'https://u:geheim@a.example/'}\n",
        "2:20 E123 `url`: the address holds a user name or password",
    ),
    "one of several addresses": (
        "sources:\n  - name: a\n    urls: [https://a.example/, 'javascript:alert(1)']\n",
        "3:32 E123 `urls`: `javascript:alert(1)` is no usable address",
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_what_costs_one_source_its_news_stops_no_other(case: str, loaded: Loader) -> None:
    text, expected = NOTES[case]
    config = loaded(
        text + "  - {name: other, url: https://other.example/}\n" if text.endswith("\n") and "[{" not in text else text
    )
    (note,) = config.notes
    assert note.place is not None
    line = (note.place.line or 0) - PUBLICATION.count("\n")
    assert f"{line}:{note.place.column} {note.code} {note.what}" == expected
    assert note.fix
    assert len({source.name for source in config.sources}) >= 2


def test_a_password_in_an_address_goes_no_further(loaded: Loader) -> None:
    config = loaded("sources:\n  - {name: a, url: 'https://u:geheim@a.example/'}\n")
    assert "geheim" not in repr(config)
    assert config.sources[0].url == "https://@a.example/"


def test_the_same_source_twice_is_a_mistake(refused: Refused) -> None:
    assert refused(f"{ONE}  - name: a\n    url: https://a.example/feed\n") == ["4:11 E122 two sources have the name `a`"]


@pytest.mark.parametrize("case", OPTIONS)
def test_mistakes_in_options(case: str, refused: Refused) -> None:
    line, expected = OPTIONS[case]
    assert refused(f"sources:\n  - name: p\n    kind: papers\n    {line}\n")[-1] == expected


@pytest.mark.parametrize("case", PUBLICATIONS)
def test_mistakes_in_the_publication(case: str, refused: Refused) -> None:
    old, new, expected = PUBLICATIONS[case]
    assert old in PUBLICATION
    assert refused(
        PUBLICATION.replace(old, new, 1) + "sources:\n  - {name: a, section: news, url: https://a.example/}\n", whole=True
    )[-1:] == [expected]


@pytest.mark.parametrize("case", DEFAULTS)
def test_mistakes_in_defaults(case: str, refused: Refused) -> None:
    line, expected = DEFAULTS[case]
    assert refused(f"defaults:\n  {line}\n") == [expected]


@pytest.mark.parametrize("case", YAMLS)
def test_mistakes_in_yaml(case: str, refused: Refused) -> None:
    text, expected = YAMLS[case]
    found = refused(text, whole=True)
    assert len(found) == 1
    assert found[0] == expected or (expected.endswith(": ") and found[0].startswith(expected))


def test_an_alias_bomb_is_refused_at_once(refused: Refused) -> None:
    bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 10))
    found = refused(bomb + "sources:\n  - *a9\n", whole=True)
    assert found == ["2:10 E109 YAML aliases are not read here"]


def test_all_mistakes_are_told_at_once_in_their_order(refused: Refused) -> None:
    text = "defaults:\n  intervall: 1h\nsources:\n  - {name: a, url: x}\n  - {name: a, url: https://b.example/, section: z}\n"
    assert [line.split()[:2] for line in refused(text)] == [["2:3", "E101"], ["5:49", "E124"]]


def test_a_broken_publication_does_not_put_blame_on_sources(refused: Refused) -> None:
    text = (
        PUBLICATION.replace("Asia/Shanghai", "Mars/Olympus")
        + "sources:\n  - {name: a, url: https://a.example/, section: papers}\n"
    )
    assert [line.split()[1] for line in refused(text, whole=True)] == ["E163"]


def test_every_error_says_how_to_mend_it(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    for text, _ in [*SOURCES.values(), *YAMLS.values()]:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load(path, {}, KINDS)
        assert all(error.fix or error.why for error in (caught.value, *caught.value.others)), text


def test_an_option_of_another_kind_says_which(loaded: Callable[..., object]) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(in_source("categories: [x]"))
    assert caught.value.fix == "it is an option of the kind papers: add `kind: papers`"


def test_a_missing_file_names_its_place_and_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sources\.yaml is missing") as caught:
        load(tmp_path / "sources.yaml", {}, KINDS)
    assert caught.value.code == codes.UNREADABLE
    assert caught.value.fix is not None
    assert "aggregator init" in caught.value.fix


def test_a_folder_of_that_name_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "sources.yaml", {}, KINDS)
    assert caught.value.code == codes.UNREADABLE


def test_bytes_that_are_not_utf8_have_a_place(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes("# 周\nsources: 新".encode() + b"\xff\n")
    with pytest.raises(ConfigError) as caught:
        load(path, {}, KINDS)
    assert (str(caught.value.place), caught.value.code) == ("sources.yaml:2:11", codes.NOT_TEXT)


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sources.yaml"
    path.write_bytes(b"#" * (8 * 1024 * 1024 + 1))
    with pytest.raises(ConfigError) as caught:
        load(path, {}, KINDS)
    assert caught.value.code == codes.TOO_LARGE


def test_every_code_has_one_meaning() -> None:
    names = {name: value for name, value in vars(codes).items() if name.isupper() and name != "MEANINGS"}
    assert len(set(names.values())) == len(names)
    assert set(names.values()) == set(codes.MEANINGS)
    assert all(value.startswith("E1") and not value.startswith("E13") for value in names.values())
