"""The pages in a real browser: keys, order, focus, what others change. Debian's Chromium, driven by playwright."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from aggregator.app import deciding, drafting, history, publishing
from aggregator.model import CandidateFilter
from tests.publish.sample import ISSUES
from tests.web.conftest import NOW, Browser, make_workspace

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine"),
]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
PATIENCE = 20_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


class Tab:
    """One open page, and what its console complained of."""

    def __init__(self, chromium: Any, address: str, path: str = "", **options: Any) -> None:
        self.context = chromium.new_context(**options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.wrong: list[str] = []
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: self.wrong.append(message.text) if message.type == "error" else None)
        self.page.goto(address + path)
        self.page.wait_for_selector('#rows[aria-activedescendant], #rows .empty, [data-page="text"]')

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def says(self, text: str) -> None:
        self.page.wait_for_selector(f"#said :text({text!r})")

    def pending(self, count: int) -> None:
        self.page.wait_for_selector(f'.tabs li:first-child .count:text-is("{count}")')

    @property
    def cursor(self) -> str:
        found = self.page.get_attribute('#rows [aria-selected="true"]', "id")
        return str(found)

    @property
    def focus(self) -> str:
        return str(self.page.evaluate("document.activeElement.id"))


@pytest.fixture
def tab(chromium: Any, fresh: Browser) -> Iterator[Tab]:
    """The queue of twelve candidates."""
    for number in range(12):
        fresh.candidate(f"number {number}", score=50 - number, summary=f"What number {number} is about.")
    opened = Tab(chromium, fresh.address)
    yield opened
    opened.context.close()
    assert opened.wrong == []


def statuses(served: Browser) -> list[str]:
    found = deciding.find(served.workspace, CandidateFilter(statuses=()))
    return [one.status.value for one in sorted(found, key=lambda one: one.id)]


def events(served: Browser) -> list[tuple[str, str]]:
    return [(one.action, one.subject) for one in reversed(history.log(served.workspace, since=None, limit=None))]


def test_each_key_decides_on_the_row_and_goes_on_to_the_next(tab: Tab, fresh: Browser) -> None:
    tab.press("y", "n", "l", "1", "j", "ArrowLeft")
    tab.pending(7)
    decided = ["approved", "rejected", "deferred", "approved", "pending", "rejected"]
    assert statuses(fresh)[:6] == decided
    assert deciding.get(fresh.workspace, 4).section == "news"
    assert (tab.cursor, tab.focus) == ("r7", "rows")
    tab.press("u")
    tab.says("Undone")
    assert statuses(fresh)[5] == "pending"
    assert tab.cursor == "r6"
    tab.press("Control+r")
    tab.says("Done again")
    assert statuses(fresh)[5] == "rejected"


def test_a_hundred_fast_keys_are_a_hundred_decisions_in_order(chromium: Any, fresh: Browser) -> None:
    for number in range(130):
        fresh.candidate(f"number {number}", score=500 - number)
    tab = Tab(chromium, fresh.address)
    keys = ["yynlyn"[number % 6] for number in range(100)]
    tab.press(*keys)
    tab.pending(30)
    names = {"y": "approve", "n": "reject", "l": "defer"}
    assert events(fresh) == [(names[key], str(number)) for number, key in enumerate(keys, 1)]
    assert tab.cursor == "r101"
    tab.context.close()


def test_what_is_typed_or_composed_is_no_key(tab: Tab, fresh: Browser) -> None:
    tab.page.evaluate("""() => { const rows = document.querySelector('#rows');
        for (const more of [{isComposing: true}, {keyCode: 229}])
            rows.dispatchEvent(new KeyboardEvent('keydown', {key: 'n', bubbles: true, ...more})); }""")
    tab.press("e")
    assert tab.focus == "edit-title"
    tab.page.keyboard.type(" y n l")
    tab.press("Escape")
    assert tab.focus == "rows"
    tab.press("/")
    tab.page.keyboard.type("number 11")
    tab.page.wait_for_selector("#rows a.line:first-child#r12")
    assert events(fresh) == []


def test_title_and_summary_are_edited_with_the_effect_beside(tab: Tab, fresh: Browser) -> None:
    tab.press("e")
    tab.page.fill("#edit-summary", "**bold** ![p](http://evil.example/p.png) <script>alert(1)</script>")
    tab.page.wait_for_selector("#edit-shown strong")
    assert "<img" not in tab.page.inner_html("#edit-shown")
    assert "<script" not in tab.page.inner_html("#edit-shown")
    tab.page.fill("#edit-title", "another title")
    tab.press("Control+Enter")
    tab.says("Edited")
    assert deciding.get(fresh.workspace, 1).title == "another title"
    assert tab.focus == "rows"


def test_marks_make_one_decision_and_the_rest_is_one_step(tab: Tab, fresh: Browser) -> None:
    tab.press("x", "j", "x", "n")
    tab.pending(10)
    assert [number for number, status in enumerate(statuses(fresh), 1) if status == "rejected"] == [1, 3]
    assert len(events(fresh)) == 1
    tab.press("N")
    tab.pending(0)
    tab.page.click("#said button")
    tab.pending(10)
    assert tab.focus == "rows"


def test_buttons_do_what_keys_do_and_focus_is_never_lost(tab: Tab, fresh: Browser) -> None:
    tab.page.click(".decide .no")
    tab.pending(11)
    assert tab.focus == "rows"
    tab.page.click("#rows a.line:nth-child(3)")
    tab.page.wait_for_selector("#c4")
    tab.press("h")
    tab.pending(10)
    assert drafting.draft(fresh.workspace).briefs == ("number 3",)
    tab.press("0")
    tab.press("Escape")
    assert tab.focus == "rows"


def test_what_others_decide_appears_and_the_cursor_stays(tab: Tab, fresh: Browser) -> None:
    tab.press("j", "j")
    deciding.decide(fresh.workspace, "reject", [1], now=NOW, who="other")
    tab.pending(11)
    assert tab.cursor == "r3"


def test_the_outline_is_arranged_by_keys_and_by_hand(tab: Tab, fresh: Browser) -> None:
    tab.press("y", "y", "1")
    tab.pending(9)
    tab.press("Tab")
    tab.page.wait_for_url("**/draft")
    tab.page.wait_for_selector('#rows a.line[tabindex="-1"]')

    def order() -> list[tuple[str, list[int | None]]]:
        return [(part.slug, [item.candidate_id for item in part.items]) for part in drafting.draft(fresh.workspace).sections]

    assert order() == [("news", [3]), ("papers", [1, 2])]
    shown = "() => [...document.querySelectorAll('#rows a.line')].map(line => line.dataset.id).join()"
    begun = tab.page.evaluate(shown)
    tab.press("j", "Alt+ArrowDown")
    tab.says("Moved down")
    assert order() == [("news", [3]), ("papers", [2, 1])]
    tab.press("*")
    tab.says("In the headline")
    lines = tab.page.locator("#rows a.line")
    lines.nth(2).drag_to(lines.nth(0), target_position={"x": 40, "y": 3})
    tab.says("Moved to")
    assert order() == [("news", [1, 3]), ("papers", [2])]
    tab.press("u", "u", "u")
    tab.page.wait_for_function(f"begun => ({shown})() === begun", arg=begun)
    assert order() == [("news", [3]), ("papers", [1, 2])]


def test_a_walk_of_decisions_and_back_leaves_the_store_as_it_was(tab: Tab, fresh: Browser) -> None:
    drafting.draft(fresh.workspace)
    everything = CandidateFilter(statuses=())
    before = deciding.find(fresh.workspace, everything)
    text = drafting.text_of(fresh.workspace, drafting.draft(fresh.workspace))
    chance = random.Random(11)  # noqa: S311 - the same walk at every run
    tab.press(*(chance.choice(["y", "n", "l", "1", "2", "h", "*", "j", "k", "x"]) for _ in range(14)), "N")
    tab.says("Rejected the remaining")
    steps = len(events(fresh))
    assert steps >= 5
    tab.press(*["u"] * (steps + 1))
    tab.says("nothing to undo")
    assert deciding.find(fresh.workspace, everything) == before
    assert drafting.text_of(fresh.workspace, drafting.draft(fresh.workspace)) == text
    tab.wrong.clear()


def test_two_tabs_and_a_script_decide_at_once(chromium: Any, fresh: Browser) -> None:
    for number in range(40):
        fresh.candidate(f"number {number}", score=100 - number)
    tabs = [Tab(chromium, fresh.address), Tab(chromium, fresh.address, "?section=papers")]
    for _ in range(5):
        for one in tabs:
            one.press("n")
    deciding.decide(fresh.workspace, "approve", [40], now=NOW, who="script")
    for one in tabs:
        one.page.wait_for_timeout(1500)
    left = statuses(fresh).count("pending")
    for one in tabs:
        one.pending(left)
        one.context.close()
    assert statuses(fresh)[39] == "approved"
    assert statuses(fresh).count("rejected") == len(events(fresh)) - 1


def test_kill_9_loses_nothing_that_was_shown(chromium: Any, tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path, "en")
    served = Browser(workspace, "", None)  # type: ignore[arg-type]
    for number in range(60):
        served.candidate(f"number {number}", score=100 - number)
    command = [sys.executable, "-m", "aggregator", "-C", str(tmp_path), "serve", "--port", "0", "--lang", "en"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://\S+", process.stdout.readline())
            assert found
            tab = Tab(chromium, found[0])
            tab.press(*"ny" * 10)
            tab.page.wait_for_selector("#rows a.line:first-child:not(#r1):not(#r2):not(#r3)")
        finally:
            process.send_signal(signal.SIGKILL)
    tab.press(*"nn")
    tab.says("Not saved")
    shown = int(tab.page.inner_text(".tabs li:first-child .count"))
    pending = statuses(served).count("pending")
    # What was on its way may have been written and not shown; what was shown is written.
    assert shown - 1 <= pending <= shown
    assert [subject for _, subject in events(served)] == [str(number) for number in range(1, 61 - pending)]
    tab.context.close()
    workspace.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_wider_than_the_screen(chromium: Any, fresh: Browser, width: int, scheme: str) -> None:
    number = fresh.candidate("无空格的长标题" * 30, summary="w" * 400)
    deciding.decide(fresh.workspace, "approve", [number], now=NOW, who="tester")
    fresh.candidate("a title " * 40)
    tab = Tab(chromium, fresh.address, viewport={"width": width, "height": 844}, color_scheme=scheme)
    for path in ("", "draft", "sources", "log", "share", "keys", "draft/check", "draft/preview", "draft/finish", "draft/text"):
        tab.page.goto(fresh.address + path)
        assert tab.page.evaluate("document.documentElement.scrollWidth") <= width, path
    tab.context.close()


def test_the_scripts_of_published_pages_run_under_serve(chromium: Any, fresh: Browser) -> None:
    pytest.importorskip("pagefind", reason="the extra `site` is not installed")
    fresh.workspace.feeds.mkdir(exist_ok=True)
    publishing.write(fresh.workspace, ISSUES)
    context = chromium.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(f"{fresh.address}feeds/search/?q=纽扣电池")
    page.wait_for_selector("#results a[href*='2026-05-11']", timeout=PATIENCE)
    page.goto(f"{fresh.address}feeds/wechat/2026-05-11.html")
    page.click("#copy")
    page.wait_for_selector("#copied:not(:empty)")
    assert "纽扣电池" in page.evaluate("navigator.clipboard.readText()")
    assert not wrong
    context.close()
