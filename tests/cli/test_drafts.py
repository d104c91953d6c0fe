"""Drafts of summaries by a language model on loopback."""

from __future__ import annotations

import json

import pytest
from werkzeug import Request, Response

from tests.cli.conftest import Desk, item, rss

pytest.importorskip("openai")
TEXT = "这一段讲的是端侧推理的四比特量化方法，以及它带来的速度和内存上的好处。"


@pytest.fixture
def asked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """The requests that a model has got; it answers every one."""
    got: list[dict[str, object]] = []

    def answer(request: Request) -> Response:
        got.append({"key": request.headers.get("Authorization"), **json.loads(request.data)})
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": " 模型写的\n摘要\x07。 "}}
        said = {"id": "x", "object": "chat.completion", "created": 1, "model": "small", "choices": [choice]}
        usage = {"prompt_tokens": 300, "completion_tokens": 20, "total_tokens": 320}
        return Response(json.dumps({**said, "usage": usage}), content_type="application/json")

    desk.upstream.expect_request("/v1/chat/completions").respond_with_handler(answer)
    desk.configure("/a.xml")
    desk.serve("/a.xml", rss(item(1, "四比特量化", text=TEXT), item(2, "又一篇讲编译器的文章", text=TEXT)))
    desk("poll")
    monkeypatch.setenv("AGGREGATOR_LLM_URL", desk.upstream.url_for("/v1"))
    monkeypatch.setenv("AGGREGATOR_LLM_MODEL", "small")
    monkeypatch.setenv("AGGREGATOR_LLM_KEY", "secret")
    return got


def shown(desk: Desk, number: int) -> dict[str, object]:
    found = {row["id"]: row for row in desk("queue", "list", "--status", "all", "--json").json}[number]
    return {name: found[name] for name in ("summary", "warnings")} if "warnings" in found else {"summary": found["summary"]}


def test_a_draft_is_marked_until_the_editor_changes_it(desk: Desk, asked: list[dict[str, object]]) -> None:
    before = shown(desk, 1)
    drafted = desk("queue", "draft", "1")
    assert drafted.code == 0, drafted.err
    assert "1 drafts · 320 of 20000 tokens" in drafted.err
    (request,) = asked
    assert (request["model"], request["key"]) == ("small", "Bearer secret")
    assert TEXT in str(request["messages"])
    assert "测试简报" in str(request["messages"])
    assert "zh-CN" in str(request["messages"])
    assert shown(desk, 1)["summary"] == "模型写的 摘要。"
    assert any("is a draft by small" in one for one in shown(desk, 1)["warnings"])  # type: ignore[attr-defined]
    assert shown(desk, 2)["summary"] == before["summary"]
    desk("queue", "edit", "1", "--summary", "我改过的摘要。")
    assert shown(desk, 1) == {"summary": "我改过的摘要。", "warnings": []}
    again = desk("queue", "draft", "1")
    assert again.code == 1
    assert "you wrote its summary yourself" in again.err
    assert len(asked) == 1


def test_a_draft_is_undone_and_printed_as_untouched(desk: Desk, asked: list[dict[str, object]]) -> None:
    before = shown(desk, 1)
    desk("queue", "draft", "1")
    assert desk("undo").code == 0
    assert shown(desk, 1) == before
    desk("queue", "draft", "1")
    desk("queue", "approve", "1")
    (draft,) = desk("issue", "show", "--json").json
    (printed,) = [one for section in draft["sections"] for one in section["items"]]
    assert printed["summary"] == "模型写的 摘要。"
    assert "summary" in printed["untouched"]


def test_the_budget_ends_a_run(desk: Desk, asked: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_LLM_TOKENS", "1000")
    spent = desk("queue", "draft", "1", "2")
    assert spent.code == 1
    assert "E415" in spent.err
    assert len(asked) == 1


def test_the_prompt_is_the_workspaces_own_where_it_has_one(desk: Desk, asked: list[dict[str, object]]) -> None:
    (desk.root / "prompts").mkdir()
    (desk.root / "prompts/summary.txt.j2").write_text("用一句话总结：{{ title }}", encoding="utf-8")
    desk("queue", "draft", "1")
    assert asked[0]["messages"] == [{"role": "user", "content": "用一句话总结：四比特量化"}]
    (desk.root / "prompts/summary.txt.j2").write_text("{{ title.__class__.__mro__ }}{% if %}", encoding="utf-8")
    assert "E172" in desk("queue", "draft", "1").err


def test_nothing_is_sent_unless_it_is_configured(
    desk: Desk, asked: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGGREGATOR_LLM_URL")
    refused = desk("queue", "draft", "1")
    assert refused.code == 4
    assert "AGGREGATOR_LLM_URL" in refused.err
    assert asked == []


def test_an_endpoint_that_fails_is_told(desk: Desk, asked: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGGREGATOR_LLM_URL", desk.upstream.url_for("/nothing"))
    before = shown(desk, 1)
    failed = desk("queue", "draft", "1")
    assert failed.code == 1
    assert "E413" in failed.err
    assert shown(desk, 1) == before
