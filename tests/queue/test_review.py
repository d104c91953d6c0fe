"""The state machine, and undo and redo of any depth."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import QueueError
from aggregator.model import Candidate, Publication, Section, Status
from aggregator.queue.review import decide, merge, standing, taken_back

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


Heads = list[tuple[int, str, int | None]]


def done(heads: Heads) -> list[int]:
    """What can be undone, oldest first."""
    return list(standing(reversed(heads)))[::-1]


def undone(heads: Heads) -> list[int]:
    """What can be redone, oldest first."""
    return list(taken_back(reversed(heads)))[::-1]


def test_a_new_decision_ends_what_could_be_redone() -> None:
    heads: Heads = [(1, "approve", None), (2, "reject", None), (3, "undo", 2)]
    assert undone(heads) == [3]
    assert undone([*heads, (4, "defer", None)]) == []
    assert done([*heads, (4, "redo", 3)]) == [1, 2]
    assert undone([*heads, (4, "redo", 3), (5, "undo", 2)]) == [5]


def test_publishing_ends_what_could_be_undone_and_importing_does_not() -> None:
    assert done([(1, "approve", None), (2, "import", None), (3, "add", None)]) == [1]
    assert done([(1, "approve", None), (2, "publish", None)]) == []


@given(st.lists(st.sampled_from(["do", "undo", "redo"]), max_size=60))
def test_undo_and_redo_are_two_stacks(actions: list[str]) -> None:
    """Against the plainest model there is: two Python lists."""
    heads: Heads = []
    stack: list[int] = []
    back: list[int] = []
    origin: dict[int, int] = {}
    for number, action in enumerate(actions, 1):
        if action == "do":
            heads.append((number, "approve", None))
            stack.append(number)
            back.clear()
        elif action == "undo" and stack:
            heads.append((number, "undo", stack[-1]))
            origin[number] = stack.pop()
            back.append(number)
        elif action == "redo" and back:
            heads.append((number, "redo", back[-1]))
            stack.append(origin[back.pop()])
    assert done(heads) == stack
    assert undone(heads) == back
