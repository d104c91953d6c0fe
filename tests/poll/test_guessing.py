"""Bytes whose encoding is declared wrongly or not at all."""

from __future__ import annotations

from datetime import datetime

import pytest

from aggregator.model import Source
from aggregator.poll import guessing
from aggregator.poll.encoding import decode
from aggregator.poll.parse import parse_feed
from tests.poll.feedcases import NOW, URL

HANS = "端侧推理：四比特量化的新方法，我们在这个月发布了第一个版本。"
HANT = "端側推理：四位元量化的新方法，我們在這個月發布了第一個版本。"
JAPANESE = "エッジ推論：四ビット量子化の新しい方法を今月リリースしました。"
KOREAN = "엣지 추론: 네 비트 양자화의 새로운 방법을 이번 달에 공개했습니다."
RUSSIAN = "Вывод на устройстве: новый способ квантования выпущен в этом месяце."
FRENCH = "L’été où l’élève reçut à l’hôtel le café déjà payé, naïveté oblige."

TEXTS = [
    (HANS, "gbk"),
    (HANS, "gb18030"),
    (HANT, "big5"),
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc_jp"),
    (KOREAN, "euc_kr"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8-r"),
]
DECLARED = [None, "utf-8", "iso-8859-1"]


def feed(text: str, declared: str | None) -> str:
    name = f' encoding="{declared}"' if declared else ""
    items = "".join(f"<item><title>{text} {at}</title><link>https://a.example/{at}</link></item>" for at in range(2))
    return f'<?xml version="1.0"{name}?><rss version="2.0"><channel><title>{text}</title>{items}</channel></rss>'


@pytest.mark.parametrize("declared", DECLARED)
@pytest.mark.parametrize(("text", "codec"), TEXTS)
def test_what_is_declared_wrongly_or_not_at_all_is_read_as_what_it_is(text: str, codec: str, declared: str | None) -> None:

    body = feed(text, declared).encode(codec)
    source = Source("a source", "feed", (URL,))
    polled = parse_feed(body, url=URL, content_type="text/xml", source=source, now=datetime.fromisoformat(NOW))
    assert [entry.title for entry in polled.entries] == [f"{text} 0", f"{text} 1"]
    assert polled.notes


@pytest.mark.parametrize(("text", "codec"), TEXTS)
def test_a_server_that_says_ascii_or_latin_does_not_outdo_the_document(text: str, codec: str) -> None:
    for said in ("us-ascii", "iso-8859-1"):
        found = decode(feed(text, codec).encode(codec), f"text/xml; charset={said}")
        assert text in found.text
        assert found.note is None


def test_big5_that_is_declared_as_gb2312_is_read_as_big5() -> None:
    assert HANT in decode(feed(HANT * 3, "gb2312").encode("big5")).text


@pytest.mark.parametrize("declared", [None, "iso-8859-1", "windows-1252"])
def test_western_text_stays_western(declared: str | None) -> None:
    assert FRENCH in decode(feed(FRENCH, declared).encode("cp1252"), "text/xml; charset=iso-8859-1").text
    assert guessing.best(FRENCH.encode("cp1252")) is None


WESTERN = [
    "Où êtes-vous allés ? La forêt était très belle, et à l’école les élèves étaient déjà là.",
    "Über die Größe der Häuser läßt sich streiten; die Bürger möchten schönere Plätze und mehr Grün.",
    "A informação não está disponível; as eleições são amanhã, e você também irá à reunião.",
    "Perché non c'è più tempo, la città è già piena e così è finita la novità.",
    "Över hela världen äter människor frukt på morgonen; våra små hundar är också där.",
]


@pytest.mark.parametrize("declared", [None, "utf-8"])
@pytest.mark.parametrize("text", WESTERN)
def test_western_text_needs_no_declaration(text: str, declared: str | None) -> None:
    found = decode(feed(text, declared).encode("cp1252"))
    assert text in found.text
    assert found.note


def test_western_letters_are_not_seen_in_texts_of_other_alphabets() -> None:
    polish = "Zażółć gęślą jaźń; Łódź jest miastem, największym pod względem liczby ludności w województwie."
    assert polish in decode(feed(polish, None).encode("cp1250")).text
    assert not any(guessing.is_western(text.encode(codec)) for text, codec in (*TEXTS, (polish, "cp1250")))


@pytest.mark.parametrize("text", ["朱镕基喆堃瑢昉赟", "量化", "㐀𠀀字", "ΑΒΓ αβγ 与 АБВ"])
def test_rare_characters_are_no_reason_to_doubt_what_is_declared(text: str) -> None:
    assert text in decode(feed(text, "gb18030").encode("gb18030")).text


@pytest.mark.parametrize(("text", "codec", "label"), [(KOREAN, "iso2022_kr", "iso-2022-kr"), (KOREAN, "johab", "johab"),
    (HANT, "big5hkscs", "big5hkscs"), (JAPANESE, "iso2022_jp", "iso-2022-jp")])  # fmt: skip
def test_names_that_are_rarely_met(text: str, codec: str, label: str) -> None:
    assert text in decode(feed(text, label).encode(codec)).text


@pytest.mark.parametrize(("text", "codec"), [(KOREAN, "iso2022_kr"), (JAPANESE, "iso2022_jp")])
def test_escapes_that_stand_in_no_other_text_need_no_declaration(text: str, codec: str) -> None:
    assert text in decode(feed(text, "utf-8").encode(codec)).text
