"""One work once: what folds, what stays apart, and what a source has said before."""

from __future__ import annotations

from aggregator.model import Entry, Item, Link, NewCandidate, Score, SectionGuess
from aggregator.queue.identity import arrange, entry_keys, item_keys, unseen


def entry(guid: str, url: str | None, title: str = "t", source: str = "s") -> Entry:
    return Entry(source, guid, url, title)


def make(one: Entry, keys: tuple[str, ...]) -> NewCandidate:
    return NewCandidate(keys, one.title, one.url, one.url, SectionGuess("news", 1), Score(0), one.source)


def test_copies_of_one_paper_make_one_candidate() -> None:
    entries = [
        entry("1", "https://arxiv.org/abs/2401.00001v1"),
        entry("2", "https://huggingface.co/papers/2401.00001", source="hf"),
        entry("3", "https://example.org/about-it"),
    ]
    first, second, third = arrange(entries, {}, make)
    assert first.new is not None
    assert (second.new, second.joins) == (None, 0)
    assert third.new is not None


def test_what_the_store_knows_is_joined() -> None:
    (arrival,) = arrange([entry("1", "http://www.example.org/a/")], {"url:example.org/a": 7}, make)
    assert (arrival.candidate_id, arrival.new) == (7, None)


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
