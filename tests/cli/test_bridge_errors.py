"""What bridges answer when they fail, as the editor reads it."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Desk

RSSHUB = (
    "<html><head><title>RSSHub</title></head><body><h1>Looks like something went wrong</h1><details><summary>Error Message:"
    "</summary><code>ConfigNotFoundError: the cookie of this route is not set</code></details></body></html>"
)


@pytest.mark.parametrize(
    ("path", "status", "media_type", "body", "wanted"),
    [
        (
            "/hub/zhihu/zhuanlan/edge", 503, "text/html", RSSHUB,
            ("login has expired", "the cookie of this route is not set (HTTP 503)"),
        ),
        (
            "/wewe/feeds/MP_WXS_1.atom",
            500,
            "application/json",
            '{"statusCode": 500, "message": "暂无可用读书账号!"}',
            ("login has expired", "暂无可用读书账号! (HTTP 500)"),
        ),
        (
            "/b/?action=display",
            500,
            "text/html",
            "<title>RSS-Bridge</title><p>Message: <code>the page has changed</code></p>",
            ("an error instead of entries", "the page has changed (HTTP 500)"),
        ),
        ("/plain", 500, "text/html", "<h1>Oops</h1>", ("answered 500", "HTTP 500 Internal Server Error")),
    ],
)  # fmt: skip
def test_the_reason_is_told_whatever_the_status(
    desk: Desk, path: str, status: int, media_type: str, body: str, wanted: tuple[str, str]
) -> None:
    desk.upstream.expect_request(path.partition("?")[0]).respond_with_data(body, status=status, content_type=media_type)
    desk.configure(extra=f"  - {{name: one, kind: feed, url: '{desk.upstream.url_for(path)}'}}\n")
    checked = desk("sources", "check")
    assert checked.code == 1
    for part in wanted:
        assert part in checked.err
    desk("poll")
    (row,) = desk("sources", "list", "--json").json
    assert row["status"] == "failing"
    assert wanted[1] in row["last_error"]
