"""The ping of a WebSub hub: after the files, for what changed, and never a reason to fail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from pytest_httpserver import HTTPServer

from aggregator.app import publishing
from aggregator.app.workspace import Workspace, open_workspace
from tests.publish.sample import ISSUES


@pytest.fixture
def workspace(tmp_path: Path, httpserver: HTTPServer) -> Iterator[Workspace]:
    text = (
        "publication:\n  name: Weekly\n  base_url: https://letters.example.org/\n"
        f"  hub: {httpserver.url_for('/hub')}\n  sections: [{{slug: news, title: News}}]\n"
        "defaults: {allow_private_networks: [127.0.0.0/8, '::1']}\nsources: []\n"
    )
    (tmp_path / "sources.yaml").write_text(text)
    opened = open_workspace(tmp_path, {})
    yield opened
    opened.close()


def test_the_hub_hears_of_feeds_that_changed_once_they_are_there(workspace: Workspace, httpserver: HTTPServer) -> None:
    there: list[bool] = []

    def answer(request: object) -> object:
        from werkzeug import Response

        there.append((workspace.feeds / "feed.xml").exists())
        return Response(status=204)

    httpserver.expect_request("/hub", "POST").respond_with_handler(answer)  # type: ignore[arg-type]
    report = publishing.write(workspace, ISSUES[1:])
    assert report.notices == ()
    told = [parse_qs(request.data.decode()) for request, _ in httpserver.log]
    assert told[0] == {
        "hub.mode": ["publish"],
        "hub.url": ["https://letters.example.org/feed.xml"],
        "hub.topic": ["https://letters.example.org/feed.xml"],
    }
    assert {one["hub.url"][0].rpartition("/")[2] for one in told} >= {"feed.xml", "atom.xml", "feed.json", "items.xml"}
    assert all(there)
    httpserver.clear_log()
    publishing.write(workspace, ISSUES[1:])
    assert httpserver.log == []


def test_a_hub_that_refuses_is_reported_and_the_files_stand(workspace: Workspace, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hub").respond_with_data("go\x07 away", 403)
    report = publishing.write(workspace, ISSUES[1:])
    assert "403 go away" in report.notices[0]
    assert report.remarks == report.notices
    assert (workspace.feeds / "feed.xml").exists()


def test_a_hub_inside_a_private_network_is_not_asked(workspace: Workspace, httpserver: HTTPServer) -> None:
    settings = replace(workspace.config.settings, allow_private_networks=(ip_network("192.0.2.0/24"),))
    workspace.config = replace(workspace.config, settings=settings)
    report = publishing.write(workspace, ISSUES[1:])
    assert len(report.notices) == 1
    assert "was not told" in report.notices[0]
    assert httpserver.log == []
