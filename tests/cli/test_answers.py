"""What readers suggest, and the answer to paste."""

from __future__ import annotations

import json

from tests.cli.conftest import Desk, item, rss

SUGGESTED = [
    {"number": 3, "title": "推荐：四比特推理", "body": "https://blog.example.org/1?utm_source=x", "state": "open",
     "html_url": "https://github.com/acme/weekly/issues/3", "created_at": "2026-09-01T00:00:00Z", "user": {"login": "ann"}},
    {"number": 4, "title": "新东西", "body": "看 https://new.example/thing", "state": "open",
     "html_url": "https://github.com/acme/weekly/issues/4", "created_at": "2026-09-01T01:00:00Z", "user": {"login": "bo"}},
]  # fmt: skip


def test_a_suggestion_that_has_run_is_answered_with_its_issue(desk: Desk) -> None:
    api = desk.upstream.url_for("").rstrip("/")
    desk.configure("/a.xml", extra=f"  - {{name: 读者, kind: submissions, repository: acme/weekly, api_url: '{api}'}}\n")
    desk.serve("/a.xml", rss(item(1, "四比特推理开源", text="这一段讲的是四比特推理，速度快了一倍。")))
    desk.serve("/repos/acme/weekly/issues", json.dumps(SUGGESTED), "application/json")
    desk("poll", "a")
    assert desk("queue", "approve", "1", "--section", "news").code == 0
    published = desk("issue", "publish", "--yes", "--force", "--date", "2026-09-02")
    assert published.code == 0, published.err
    assert desk("poll", "读者").code == 0
    rows = {row["title"]: row for row in desk("sources", "answers", "--json").json}
    assert rows["推荐：四比特推理"]["issue"] == "2026-09-02"
    assert rows["推荐：四比特推理"]["page"] == "https://github.com/acme/weekly/issues/3"
    assert "https://example.org/brief/issues/2026-09-02/" in rows["推荐：四比特推理"]["text"]
    assert "已经登在" in rows["推荐：四比特推理"]["text"]
    assert (rows["新东西"]["status"], rows["新东西"]["issue"]) == ("pending", None)
    shown = desk("sources", "answers", "读者").out
    assert "谢谢推荐！这一条已经登在" in shown
    assert desk("sources", "answers", "a").code == 2
