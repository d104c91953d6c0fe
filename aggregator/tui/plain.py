"""The review without a screen: one line a candidate, one answer a line. For pipes and screen readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from aggregator.model import Candidate, Severity, Status
from aggregator.tui.desk import Desk, Said
from aggregator.tui.preview import pieces
from aggregator.tui.queue_list import note
from aggregator.tui.shown import line, narrow_key

ANSWERS = "y,n,l,1-9,s,h,*,m,e,w,u,r,N,c,P,q,?"


def run(desk: Desk, answers: TextIO, out: TextIO, talk: TextIO, *, asking: bool) -> int:
    """Go through the queue until it or the answers end. `asking` prompts on `talk`; else nothing is asked. Gives the exit
    code: 1 when an answer was refused and nobody was there to be told, else 0."""
    sitting = Sitting(desk, out, asking=asking)
    desk.load()
    while (one := sitting.current()) is not None:
        sitting.show(one)
        if asking:
            talk.write(f"[{ANSWERS}] ")
            talk.flush()
        answer = answers.readline()
        if not answer or not sitting.take(one, answer.strip()):
            break
    left = desk.counts.get(Status.PENDING, 0)
    talk.write(desk.words("plain.end", done=sitting.taken, pending=left) + "\n")
    return 1 if sitting.refused and not asking else 0


@dataclass
class Sitting:
    """Where one is. `skipped` are candidates to come back to another time."""

    desk: Desk
    out: TextIO
    asking: bool
    taken: int = 0
    refused: int = 0
    skipped: set[int] = field(default_factory=set)
    _shown: int | None = None

    def current(self) -> Candidate | None:
        """The best candidate that was not skipped."""
        if self.desk.reach(len(self.skipped)):
            self._shown = None
        return next((row for row in self.desk.rows if row.id not in self.skipped), None)

    def show(self, one: Candidate) -> None:
        """One line, once, until something else comes up."""
        if self._shown == one.id:
            return
        self._shown = one.id
        pending = self.desk.counts.get(Status.PENDING, 0)
        title = line(one.title) or self.desk.words("untitled")
        section = line(self.desk.section_title(one.section))
        self._put(f"{one.id} ({pending}) {one.score:.1f} {section} | {line(one.source)} | {title}{note(one, 'ran')}")

    def take(self, one: Candidate, answer: str) -> bool:
        """Do what was answered; False to stop."""
        word, _, rest = answer.partition(" ")
        word = narrow_key(word) or word
        if word in {"q", "quit"}:
            return False
        if word in {"?", "help"}:
            self._put(self.desk.words("plain.help", more=self.desk.words("plain.more")))
        elif word == "w":
            self._put("".join(text for text, _ in pieces(self.desk, one)).rstrip())
        elif word == "c":
            self._check()
        elif word == "s":
            self.skipped.add(one.id)
        else:
            self._act(one, word, rest.strip(), answer)
        return True

    def _act(self, one: Candidate, word: str, rest: str, answer: str) -> None:
        act = self._acts(one, rest).get(word)
        if act is None and word.isascii() and word.isdigit() and len(word) == 1:
            act = self._into(one, int(word))
        if act is None:
            said = Said(self.desk.words("plain.unknown", answer=line(answer, 40)), wrong=True)
        else:
            said = act()
            self.taken += not said.wrong
        self.refused += said.wrong
        if said.at is not None:
            self.skipped.discard(said.at)
            self._shown = None
        self._put(line(said.text))

    def _acts(self, one: Candidate, rest: str) -> dict[str, Callable[[], Said]]:
        desk = self.desk
        acts: dict[str, Callable[[], Said]] = {
            "y": lambda: desk.decide("approve", [one.id]),
            "n": lambda: desk.decide("reject", [one.id]),
            "l": lambda: desk.decide("defer", [one.id]),
            "h": lambda: desk.brief([one.id]),
            "*": lambda: desk.star([one.id]),
            "u": desk.undo,
            "r": desk.redo,
            "N": desk.reject_rest,
            "P": desk.publish,
        }
        if rest.isascii() and rest.isdigit() and len(rest) < 19:
            acts["m"] = lambda: desk.merge([one.id], int(rest))
        if rest:
            acts["e"] = lambda: desk.edit(one.id, rest, one.summary)
        return acts

    def _into(self, one: Candidate, digit: int) -> Callable[[], Said]:
        section = self.desk.section_at(digit)
        if section is None:
            return lambda: Said(self.desk.words("no_section", count=digit), wrong=True)
        return lambda: self.desk.decide("approve", [one.id], section)

    def _check(self) -> None:
        from aggregator.app import drafting

        findings = drafting.check(self.desk.workspace, None)
        for finding in sorted(findings, key=lambda finding: finding.severity is not Severity.ERROR):
            self._put(f"{self.desk.words(f'severity.{finding.severity.value}')} {line(finding.text)} [{finding.code}]")
        if not findings:
            self._put(self.desk.words("check.clean"))

    def _put(self, text: str) -> None:
        self.out.write(text + "\n")
        self.out.flush()
