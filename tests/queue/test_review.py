"""The state machine, and undo and redo of any depth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import QueueError
from aggregator.model import Candidate, Publication, Section, Status
from aggregator.queue.review import decide, merge, steps

HOUSE = Publication("n", "", "en", "UTC", "https://example.org/", (Section("news", "News"), Section("papers", "Papers")))
ONE = Candidate(1, Status.PENDING, "t", "t", None, None, "news", 0.4, 0.0, "s")


def test_approving_into_the_predicted_section_changes_the_status_alone() -> None:
    assert decide(ONE, "approve", None, HOUSE) == {"status": "approved"}
    assert decide(ONE, "approve", "papers", HOUSE) == {"status": "approved", "section": "papers", "section_confidence": 1.0}


def test_deciding_twice_changes_nothing_and_another_decision_does() -> None:
    approved = replace(ONE, status=Status.APPROVED)
    assert decide(approved, "approve", None, HOUSE) == {}
    assert decide(approved, "approve", "news", HOUSE) == {}
    assert decide(approved, "reject", None, HOUSE) == {"status": "rejected"}


@pytest.mark.parametrize(
    ("candidate", "section", "code"),
    [(replace(ONE, status=Status.PUBLISHED), None, "E403"), (replace(ONE, merged_into=2), None, "E402"), (ONE, "sports", "E404")],
)
def test_what_cannot_be_decided_says_why(candidate: Candidate, section: str | None, code: str) -> None:
    with pytest.raises(QueueError) as caught:
        decide(candidate, "approve", section, HOUSE)
    assert caught.value.code == code
    assert caught.value.fix


def test_merging_into_itself_or_twice_is_refused() -> None:
    assert merge(ONE, replace(ONE, id=2))["merged_into"] == 2
    for loser, winner in (
        (ONE, ONE),
        (replace(ONE, merged_into=3), replace(ONE, id=2)),
        (ONE, replace(ONE, id=2, merged_into=1)),
    ):
        with pytest.raises(QueueError):
            merge(loser, winner)


def test_a_new_decision_ends_what_could_be_redone() -> None:
    heads = [(1, "approve", None), (2, "reject", None), (3, "undo", 2)]
    assert steps(heads).undone == (3,)
    assert steps([*heads, (4, "defer", None)]).undone == ()
    assert steps([*heads, (4, "redo", 3)]).done == (1, 2)
    assert steps([*heads, (4, "redo", 3), (5, "undo", 2)]).undone == (5,)


def test_publishing_ends_what_could_be_undone_and_importing_does_not() -> None:
    assert steps([(1, "approve", None), (2, "import", None), (3, "add", None)]).done == (1,)
    assert steps([(1, "approve", None), (2, "publish", None)]).done == ()


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=60))
def test_undo_and_redo_are_two_stacks(actions: list[str]) -> None:
    """Against the plainest model there is: two Python lists."""
    heads: list[tuple[int, str, int | None]] = []
    done: list[int] = []
    undone: list[int] = []
    origin: dict[int, int] = {}
    for number, action in enumerate(actions, 1):
        if action == "do":
            heads.append((number, "approve", None))
            done.append(number)
            undone.clear()
        elif action == "undo" and done:
            heads.append((number, "undo", done[-1]))
            origin[number] = done.pop()
            undone.append(number)
        elif action == "redo" and undone:
            heads.append((number, "redo", undone[-1]))
            done.append(origin[undone.pop()])
    assert steps(heads).done == tuple(done)
    assert steps(heads).undone == tuple(undone)
