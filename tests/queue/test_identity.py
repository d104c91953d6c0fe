"""One work once: what folds, what stays apart, and what a source has said before."""

from __future__ import annotations

from itertools import count

from aggregator.model import Entry, Item, Link
from aggregator.queue.identity import assign, entry_keys, item_keys, unseen


def entry(guid: str, url: str | None, title: str = "t", source: str = "s") -> Entry:
    return Entry(source, guid, url, title)


def owners_of(entries: list[Entry], known: dict[str, int]) -> list[tuple[int, bool]]:
    return assign([entry_keys(one) for one in entries], known, count(100))


def test_copies_of_one_paper_make_one_candidate() -> None:
    entries = [
        entry("1", "https://arxiv.org/abs/2401.00001v1"),
        entry("2", "https://huggingface.co/papers/2401.00001", source="hf"),
        entry("3", "https://example.org/about-it"),
    ]
    assert owners_of(entries, {}) == [(100, True), (100, False), (101, True)]


def test_what_the_store_knows_is_joined() -> None:
    entries = [entry("1", "http://www.example.org/a/"), entry("2", "https://example.org/a")]
    assert owners_of(entries, {"url:example.org/a": 7}) == [(7, False), (7, False)]


def test_an_entry_without_link_is_itself() -> None:
    one, other = entry("1", None), entry("1", None, source="other")
    assert entry_keys(one) != entry_keys(other)


def test_sections_of_a_changelog_are_works_of_their_own() -> None:
    assert entry_keys(entry("1", "https://example.org/log#v1.2")) != entry_keys(entry("2", "https://example.org/log#v1.3"))
    for noise in ("#rd", "#comments", "#utm_source=x", "#wechat_redirect"):
        assert entry_keys(entry("1", "https://example.org/log" + noise)) == entry_keys(entry("1", "https://example.org/log"))


def test_a_guid_that_changes_at_each_poll_brings_nothing_new() -> None:
    entries = [entry("new-1", "https://example.org/1"), entry("new-2", "https://example.org/2")]
    fresh = unseen(entries, set(), {"https://example.org/1"})
    assert [one.guid for one in fresh] == ["new-2"]


def test_entries_that_share_a_link_are_told_apart_by_guid() -> None:
    entries = [entry("2", "https://example.org/status", "second"), entry("1", "https://example.org/status", "first")]
    assert [one.guid for one in unseen(entries, {"1"}, {"https://example.org/status"})] == ["2"]


def test_an_item_is_met_again_by_link_paper_and_repository() -> None:
    item = Item(
        "t",
        "https://mp.weixin.qq.com/s/x",
        tags=("2006.16669",),
        links=(Link("代码", "code", "https://github.com/A/B"),),
    )
    assert item_keys(item) == [
        ("url:mp.weixin.qq.com/s/x", "same link"),
        ("arxiv:2006.16669", "same paper"),
        ("github:a/b", "same repository"),
    ]
