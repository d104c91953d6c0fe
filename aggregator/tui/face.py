"""What the queue and the outline share: counters above, a message and keys below, and the keys that mean the same in both."""

from __future__ import annotations

import os
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.content import Content
from textual.events import Key as KeyEvent
from textual.screen import Screen
from textual.widgets import Static

from aggregator.errors import AggregatorError
from aggregator.model import Finding, Severity, Status
from aggregator.text import display_width
from aggregator.tui.desk import Desk, Said
from aggregator.tui.dialogues import Choice, Chooser, Fields, Reader, Written
from aggregator.tui.keys import MOVES, Key, bar, help_lines
from aggregator.tui.shown import block, line, narrow_key
from aggregator.urls import is_http, safe_url

if TYPE_CHECKING:
    from aggregator.tui.app import ReviewApp

PADDING = 2


class Face(Screen[None]):
    """A screen of the review. `TABLE` is its keys; `anew` draws what the desk holds."""

    TABLE: ClassVar[tuple[Key, ...]] = ()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.words = desk.words

    @property
    def review(self) -> ReviewApp:
        """The program."""
        return cast("ReviewApp", self.app)

    def anew(self, at: int | None = None) -> None:
        """Draw what the desk holds, with the cursor on a candidate where one is named."""
        raise NotImplementedError

    def look(self) -> None:
        """Show what someone else has changed."""
        try:
            changed = self.desk.moved_on()
        except AggregatorError as error:
            self.tell(Said(self.words.error(error), wrong=True))
            return
        if changed:
            self.anew()
            self.tell(Said(self.words("moved_on")))

    # ------------------------------------------------------------ bars

    def tell(self, said: Said) -> None:
        """The message of the last key."""
        shown = self.query_one("#said", Static)
        shown.update(Content(line(said.text, max(self.size.width - PADDING, 10))), layout=False)
        shown.set_class(said.wrong, "wrong")

    def done(self, said: Said) -> None:
        """What a key has changed, and its message."""
        self.anew(said.at)
        self.tell(said)

    def bars(self, extra: str = "") -> None:
        """Counters and keys, as many as fit."""
        width = max(self.size.width - PADDING, 10)
        counts = self.desk.counts
        before = f"{self.words('pending')} {counts.get(Status.PENDING, 0)}"
        after = [f"{self.words('deferred')} {counts.get(Status.DEFERRED, 0)}"] if counts.get(Status.DEFERRED) else []
        after += [extra] if extra else []
        # A count says more than the end of a section's title, so titles give way first.
        for room in (40, 12, 8, 4):
            named = [
                f"{index + 1} {line(section.title, room)} {count}" for index, (section, count) in enumerate(self.desk.sections)
            ]
            text = " | ".join((before, *named, *after))
            if display_width(text) <= width:
                break
        self.query_one("#counters", Static).update(Content(line(text, width)), layout=False)
        sections = len(self.desk.workspace.publication.sections)
        self.query_one("#keys", Static).update(Content(bar(self.TABLE, self.words, width, sections)), layout=False)

    # ------------------------------------------------------------ keys

    async def on_key(self, event: KeyEvent) -> None:
        """A Chinese input method may send a full-width sign for a key."""
        narrow = narrow_key(event.character)
        if narrow is None:
            return
        names = {"?": "question_mark", "*": "asterisk", "/": "slash"}
        for key in (*self.TABLE, *MOVES):
            if names.get(narrow, narrow) in key.keys.split(","):
                event.stop()
                await self.run_action(key.action)
                return
        if narrow.isdigit() and narrow != "0":
            event.stop()
            await self.run_action(f"approve_into({narrow})")

    def action_undo(self) -> None:
        """Take back the last event."""
        self.done(self.desk.undo())

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.done(self.desk.redo())

    def action_help(self) -> None:
        """All keys."""
        sections = len(self.desk.workspace.publication.sections)
        lines = help_lines((*MOVES, *self.TABLE), self.words, sections)
        pieces = [(f"{keys:<12} ", "bold") if index == 0 else (f"{word}\n", "") for keys, word in lines for index in (0, 1)]
        text = Content.assemble((f"{self.words('help.saved')}\n\n", "$foreground 70%"), *pieces)
        self._read("title.help", text)

    def action_menu(self) -> None:
        """Every action, for arrows and Enter."""
        keys = [key for key in self.TABLE if key.menu and key.word]
        choices = [Choice(key.action, self.words(f"key.{key.word}"), key.shown) for key in keys]

        def chosen(action: str | None) -> None:
            if action:
                self.call_later(self.run_action, action)

        self.app.push_screen(Chooser(self.words("title.menu"), "", choices), chosen)

    def action_lead(self) -> None:
        """The lead, in the person's editor or right here."""
        from aggregator.app import drafting

        lead = drafting.draft(self.desk.workspace).lead
        if self.review.editor is not None:
            self.hand_over(lead + "\n", self.desk.write_lead)
            return

        def written(result: Written | None) -> None:
            if result is not None and result.text != lead.strip():
                self.done(self.desk.write_lead(result.text))

        self.app.push_screen(Fields(self.words("title.lead"), self.words, None, lead), written)

    def hand_over(self, text: str, accept: Callable[[str], Said]) -> None:
        """Open a text in the person's own editor, which has the terminal to itself."""
        editor = self.review.editor
        if editor is None:
            return
        said = Said("")

        def take(edited: str) -> None:
            nonlocal said
            said = accept(edited)

        try:
            with self.app.suspend():
                editor(text, take)
        except AggregatorError as error:
            said = Said(self.words.error(error), wrong=True)
        self.done(said)

    def open_url(self, url: str | None) -> None:
        """A web address in the person's browser; a text browser gets the terminal to itself."""
        safe = safe_url(url) if url and is_http(url) else None
        if safe is None:
            self.tell(Said(self.words("unsafe"), wrong=True))
            return
        # BROWSER comes first, as webbrowser has it; without one and without a display nothing can open.
        try:
            webbrowser.get(os.environ.get("BROWSER") or None)
        except webbrowser.Error:
            self.tell(Said(self.words("no_browser", url=safe), wrong=True))
            return
        with self.app.suspend():
            opened = webbrowser.open(safe)
        self.tell(Said(self.words("did.open" if opened else "no_browser", url=safe), wrong=not opened))

    # ------------------------------------------------------------ the draft

    def action_preview(self) -> None:
        """The draft as it would be printed."""
        from aggregator.app import drafting

        text = drafting.text_of(self.desk.workspace, drafting.draft(self.desk.workspace))
        self._read("title.preview", Content(block(text)))

    def action_check(self) -> None:
        """What must not be published."""
        self._read("title.check", self._findings(self._checked()))

    def action_publish(self) -> None:
        """Ask once, then publish."""
        from aggregator.app import drafting

        draft, findings = drafting.draft(self.desk.workspace), self._checked()
        errors = sum(finding.severity is Severity.ERROR for finding in findings)
        day = drafting.local_date(self.desk.workspace.publication, self.desk.now).isoformat()
        asked = [
            line(draft.title),
            self.words("publish.ask", day=day, items=len(draft.items), briefs=len(draft.briefs)),
            self.words("publish.found", errors=errors, others=len(findings) - errors) if findings else self.words("check.clean"),
            self.words("publish.final"),
        ]
        yes = Choice("force", self.words("publish.force")) if errors else Choice("yes", self.words("publish.yes"))
        choices = [yes, Choice("check", self.words("publish.check")), Choice("no", self.words("publish.no"))]
        dialogue = Chooser(self.words("title.publish"), "\n".join(asked), choices, start=1 if errors else 0)
        self.app.push_screen(dialogue, self._publish)

    def _publish(self, answer: str | None) -> None:
        if answer == "check":
            self._read("title.check", self._findings(self._checked()), then=self.action_publish)
        elif answer in {"yes", "force"}:
            self.done(self.desk.publish(force=answer == "force"))

    def _checked(self) -> tuple[Finding, ...]:
        from aggregator.app import drafting

        return drafting.check(self.desk.workspace, None)

    def _findings(self, findings: tuple[Finding, ...]) -> Content:
        if not findings:
            return Content(self.words("check.clean"))
        styles = {Severity.ERROR: "$text-error bold", Severity.WARNING: "$text-warning"}
        pieces: list[tuple[str, str]] = []
        for one in findings:
            pieces.append((f"{self.words(f'severity.{one.severity.value}')} ", styles.get(one.severity, "$foreground 70%")))
            pieces.append((f"{line(one.text)} [{one.code}]\n", ""))
            if one.fix:
                pieces.append((f"    {line(one.fix)}\n", "$foreground 70%"))
        return Content.assemble(*pieces)

    def _read(self, title: str, text: Content, then: Callable[[], None] | None = None) -> None:
        def closed(_: None) -> None:
            if then is not None:
                then()

        self.app.push_screen(Reader(self.words(title), text, f"Esc {self.words('key.back')}"), closed)
