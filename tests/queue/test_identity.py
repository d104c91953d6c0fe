"""One work once: what folds, what stays apart, and what a source has said before."""

from __future__ import annotations

from itertools import count
from random import Random

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


def test_an_entry_joins_what_is_stored_before_what_came_with_it_by_its_strongest_key() -> None:
    random = Random(5)  # noqa: S311
    for _ in range(300):
        keyed = [tuple(random.sample("abcdefgh", random.randint(1, 3))) for _ in range(random.randint(0, 6))]
        stored, made = {key: random.randint(1, 3) for key in random.sample("abcdefgh", 3)}, dict[str, int]()
        fresh = count(100)
        for keys, (owner, new) in zip(keyed, assign(keyed, stored, count(100)), strict=True):
            known = [stored[key] for key in keys if key in stored] + [made[key] for key in keys if key in made]
            assert (owner, new) == ((known[0], False) if known else (next(fresh), True))
            made = dict.fromkeys(keys, owner) | made


def test_a_link_is_new_where_a_document_has_it_for_several_titles() -> None:
    address = "https://example.org/status"
    entries = [entry("1", address, "first"), entry("2", address, "Second!"), entry("3", "https://example.org/a", "third")]
    assert unseen(entries, {"1"}, {address}) == entries[1:]
    assert unseen(entries, {"1"}, {address, "https://example.org/a"}) == [entries[1]]
    alike = [entry("1", address, "second"), entry("2", address, "Second!")]
    assert unseen(alike, {"1"}, {address}) == []
