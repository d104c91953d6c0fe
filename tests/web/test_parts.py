"""What a script is answered, what comes from elsewhere, and the charts."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from aggregator.app import deciding, drafting
from aggregator.app.listing import SourceReport
from aggregator.app.loop import keep_polling
from aggregator.app.pulse import Pulse
from aggregator.errors import AggregatorError
from aggregator.model import PollState, RequestRecord, Source
from aggregator.web import charts
from tests.web.conftest import NOW, Browser
from tests.web.test_review import rows, selected


def test_a_script_gets_the_changed_parts_and_the_next_row(fresh: Browser) -> None:
    first, second = fresh.candidate("first", score=9), fresh.candidate("second", score=8)
    answer = fresh.script("/decide", id=first, action="approve", next=second, index=0, back="/")
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert rows(answer.text) == [second]
    assert selected(answer.text) == [second]
    assert "Approved into 论文: first" in answer.text
    assert fresh.status(first) == "approved"
    refused = fresh.script("/decide", id=999, action="approve", back="/")
    assert 'role="alert"' in refused.text
    assert fresh.script("/add", url="x", back="/sources").headers["hx-redirect"] == "/sources"


def test_news_cost_nothing_until_there_are_some(fresh: Browser) -> None:
    version = re.search(r'data-version="([^"]+)"', fresh.get("/").text)
    assert version
    assert fresh.get(f"/news?since={version[1]}").status_code == 204
    fresh.candidate("something new")
    news = fresh.get(f"/news?since={version[1]}")
    assert news.status_code == 200
    assert news.text != version[1]
    assert "something new" in fresh.get("/").text


def test_what_is_handed_over_only_fills_in_the_form(fresh: Browser) -> None:
    page = fresh.get("/share?title=A+page&text=Look:+https://example.org/a?b=1&url=").text
    assert 'value="https://example.org/a?b=1"' in page
    assert 'value="A page"' in page
    assert 'action="/add"' in page
    assert rows(fresh.get("/?status=all").text) == []
    assert 'value="javascript' not in fresh.get("/share?url=javascript:alert(1)").text
    assert fresh.client.post("/share", data={"url": "https://example.org/"}).status_code == 405
    manifest = json.loads(fresh.get("/manifest.webmanifest").text)
    assert manifest["share_target"]["action"] == "/share"
    assert manifest["share_target"]["method"] == "GET"


def test_markdown_is_shown_as_it_will_read_and_nothing_of_it_acts(fresh: Browser) -> None:
    shown = fresh.script(
        "/markdown", text="**bold** <script>x</script> ![alt](https://evil.example/p.png) [a](javascript:x)"
    ).text
    assert "<strong>bold</strong>" in shown
    assert "[alt]" in shown
    assert not re.search(r"<script|<img|href=.javascript:", shown)


def test_the_text_of_the_draft_is_saved_or_shown_again(fresh: Browser) -> None:
    number = fresh.candidate("An item", summary="What it says.")
    fresh.press("/decide", id=number, action="approve")
    text = drafting.text_of(fresh.workspace, drafting.draft(fresh.workspace))
    anchors = " ".join(item.anchor for item in drafting.draft(fresh.workspace).items)
    late = fresh.candidate("A late one")
    fresh.press("/decide", id=late, action="approve")
    fresh.press("/text", text=text.replace("What it says.", "What it now says."), anchors=anchors, back="/draft/text")
    items = drafting.draft(fresh.workspace).items
    assert [item.candidate_id for item in items] == [number, late]
    assert items[0].summary == "What it now says."
    lost = fresh.post("/text", text="nothing that is an issue", anchors=anchors, back="/draft/text")
    assert lost.status_code == 422
    assert "nothing that is an issue" in lost.text
    assert len(drafting.draft(fresh.workspace).items) == 2


def test_items_headline_and_lead_are_written_and_taken_back(fresh: Browser) -> None:
    fresh.press("/decide", id=fresh.candidate("An item", summary="Old."), action="approve")
    anchor = drafting.draft(fresh.workspace).items[0].anchor
    fresh.press(
        "/write", field="item", anchor=anchor, title="New title", summary="New.", url="https://example.org/new", back="/draft"
    )
    item = drafting.draft(fresh.workspace).items[0]
    assert (item.title, item.summary, item.url) == ("New title", "New.", "https://example.org/new")
    assert "E407" in fresh.press("/write", field="item", anchor=anchor, title="x", url="javascript:x", back="/draft")
    assert "E505" in fresh.press("/write", field="item", anchor=anchor, title=" ", back="/draft")
    fresh.press("/write", field="headline", text="Our headline", back="/draft")
    fresh.press("/write", field="lead", text="Our **lead**.", back="/draft")
    fresh.press("/write", field="briefs", text="- one\n- two\n", back="/draft")
    draft = drafting.draft(fresh.workspace)
    assert (draft.headline, draft.lead, draft.briefs) == ("Our headline", "Our **lead**.", ("one", "two"))
    for _ in range(4):
        fresh.press("/undo")
    again = drafting.draft(fresh.workspace)
    assert again.items[0].title == "An item"
    assert (again.headline, again.briefs) == ("", ())


def test_bulk_and_the_rest_are_one_event_each(fresh: Browser) -> None:
    numbers = [fresh.candidate(f"number {number}", score=number) for number in range(6)]
    fresh.press("/decide", id=f"{numbers[0]},{numbers[1]}", action="reject")
    fresh.press("/rest", back="/?q=number+5")
    assert [fresh.status(number) for number in numbers] == ["rejected"] * 2 + ["pending"] * 3 + ["rejected"]
    fresh.press("/undo")
    fresh.press("/undo")
    assert {fresh.status(number) for number in numbers} == {"pending"}
    fresh.press("/merge", id=numbers[0], into=numbers[1])
    assert deciding.get(fresh.workspace, numbers[0]).merged_into == numbers[1]


def test_the_log_takes_back_several_steps_at_once(fresh: Browser) -> None:
    numbers = [fresh.candidate(f"number {number}") for number in range(3)]
    for number in numbers:
        fresh.press("/decide", id=number, action="reject")
    page = fresh.get("/log").text
    event = re.search(r'name="event" value="(\d+)"><input type="hidden" name="count" value="2"', page)
    assert event
    fresh.press("/undo", event=event[1], count=2, back="/log")
    assert [fresh.status(number) for number in numbers] == ["rejected", "pending", "pending"]


def test_charts_are_shapes_with_words(fresh: Browser) -> None:
    records = tuple(
        RequestRecord(NOW + timedelta(hours=hour), "u", status, 0.5 + hour, 10, True, error=error)
        for hour, (status, error) in enumerate([(200, None), (304, None), (None, "timed out")])
    )
    pulse = Pulse(SourceReport(Source("s", "feed", ("https://example.org/",)), PollState("s")), records, (0, 3, 1))
    assert (pulse.failed, pulse.unchanged) == (1, 1)
    drawn = ET.fromstring(charts.polls(pulse, 'three <polls> & "more"'))  # noqa: S314
    kinds = [bar.get("class") for bar in drawn.iter("rect")]
    assert kinds == ["good", "same", "failed"]
    assert drawn.get("aria-label") == 'three <polls> & "more"'
    assert len(list(ET.fromstring(charts.arrivals(pulse.arrived, "x")).iter("rect"))) == 2  # noqa: S314
    assert '<svg class="chart" role="img"' in fresh.get("/sources").text


def test_a_server_that_died_ends_the_loop(fresh: Browser) -> None:
    def dead() -> None:
        raise AggregatorError("the web server stopped", code="E715")

    with pytest.raises(AggregatorError):
        keep_polling(
            fresh.workspace, clock=lambda: NOW, every_minutes=5, tell=lambda _: None, failed=lambda _: None, healthy=dead
        )
