"""Digests of items: what they tell apart, and what they do not."""

from __future__ import annotations

import json

import pytest

from aggregator.poll.items import all_known, digests

HEAD = '<rss version="2.0"><channel><title>t</title><lastBuildDate>{date}</lastBuildDate>'
ONE, TWO = "<item><title>one</title></item>", "<item><title>two</title></item>"


def rss(*items: str, date: str = "Mon", head: str = HEAD, tail: str = "") -> bytes:
    return (head.format(date=date) + "".join(items) + "</channel></rss>" + tail).encode()


def known(new: bytes, old: bytes, *, way: str = "w", old_way: str = "w") -> bool:
    return all_known(digests(new, way), digests(old, old_way))


@pytest.mark.parametrize(
    "new",
    [
        rss(ONE, TWO),
        rss(ONE, TWO, date="Tue"),
        rss(TWO, ONE, date="Tue"),
        rss(TWO),
        rss(ONE, TWO, tail="\n<!-- made in 0.3 s -->"),
    ],
)
def test_nothing_new(new: bytes) -> None:
    assert known(new, rss(ONE, TWO))


@pytest.mark.parametrize(
    "new",
    [
        rss(ONE, TWO, "<item><title>three</title></item>"),
        rss(ONE, TWO.replace("two", "2")),
        rss(ONE, TWO, head=HEAD.replace("t</title>", "T</title>")),
        rss(ONE, TWO, head=HEAD.replace("<rss", '<rss xml:lang="zh"')),
        rss(ONE, TWO, "<ttl>600</ttl>"),
        rss(ONE, TWO, "<item><title>cut"),
        rss(),
        b"",
        b"{",
    ],
)
def test_something_new(new: bytes) -> None:
    assert not known(new, rss(ONE, TWO))


def test_another_way_of_reading_wants_everything_again() -> None:
    assert not known(rss(ONE), rss(ONE), way="v", old_way="w")


def test_items_of_a_channel_that_names_another_vocabulary_first() -> None:
    head = HEAD.replace("<title>", '<feedburner:info uri="x"/><title>')
    assert known(rss(ONE, date="Tue", head=head), rss(ONE, head=head))
    assert not known(rss(TWO, head=head), rss(ONE, head=head))


def test_json_that_nests_deeply_has_no_digests_or_has_them_again() -> None:
    for depth in (500, 3000):
        body = b'{"items": [' + b"[" * depth + b"]" * depth + b"]}"
        assert digests(body, "w") == digests(body, "w")


def test_equal_items_of_json_are_known_again_whatever_else_they_share() -> None:
    item = {"id": "a", "tags": ["a", "a", "x" * 40], "n": 10**30, "f": 0.1}
    one = json.dumps({"items": [item]}).encode()
    two = json.dumps({"items": [item, item]}, indent=2).encode()
    assert known(two, one)
    assert not known(json.dumps({"items": [{**item, "f": 0.2}]}).encode(), one)


def test_atom_and_json_feeds() -> None:
    entry = "<entry><id>{}</id></entry>"
    atom = "<feed><updated>{}</updated>" + entry.format(1) + "{}</feed>"
    assert known(atom.format("b", "").encode(), atom.format("a", "").encode())
    assert not known(atom.format("b", entry.format(2)).encode(), atom.format("a", "").encode())

    def feed(*ids: int, **other: object) -> bytes:
        return json.dumps({"version": "v", "items": [{"id": one} for one in ids], **other}).encode()

    assert known(feed(1, 2, _made="now"), feed(2, 1))
    assert not known(feed(1, 2), feed(1))
    assert not known(feed(1, language="zh"), feed(1))


@pytest.mark.parametrize("body", [b"<html>page</html>", b'{"items": 3}', b"[1]", b"{" * 5000, b'{"items": []}', b"<item " * 9000])
def test_bodies_without_items_have_no_digests(body: bytes) -> None:
    assert digests(body, "w") is None
