"""Mail: messages that clients and servers read, a real SMTP server, and listmonk's API over HTTP."""

from __future__ import annotations

import email
import json
import re
import socket
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import html5lib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from pytest_httpserver import HTTPServer

from aggregator.app import mailing
from aggregator.app.workspace import Workspace, open_workspace
from aggregator.errors import ConfigError, PublishError, UsageError
from aggregator.model import Issue, IssueSection, Item, Link
from aggregator.publish.content import issue_view
from aggregator.publish.formats.email import EmailRenderer, list_id, message_bytes
from aggregator.publish.letter import LIMIT_BYTES, letter
from tests.publish.sample import ISSUES, PUBLICATION

SOURCES = """
publication:
  name: 小周记
  language: zh
  base_url: https://letters.example.org/tiny/
  mail_from: news@letters.example.org
  unsubscribe_url: https://lists.example.org/leave
  sections: [{slug: news, title: News}]
sources: []
"""


def _message(issue: Issue) -> EmailMessage:
    message = email.message_from_bytes(message_bytes(issue_view(issue, PUBLICATION), PUBLICATION), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("issue", ISSUES)
def test_a_message_has_two_readable_parts_and_what_lists_need(issue: Issue) -> None:
    message = _message(issue)
    assert message.defects == []
    text, html = (part.get_content() for part in message.iter_parts())
    html5lib.HTMLParser(strict=True).parse(html)
    for item in issue.items:
        if item.url and item.url.startswith("https://posts"):
            assert item.url in text
            assert item.url in html
    assert "<img" not in html
    assert "<script" not in html
    assert 'href="javascript:' not in html
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"].startswith("<https://lists.example.org/leave?list=tiny>, <mailto:news@")
    assert "https://lists.example.org/leave?list=tiny" in text
    assert message["List-Id"] == "<tiny.letters.example.org>"
    assert message["From"].addresses[0].display_name == "小芯片周记"


@pytest.mark.parametrize("url", ["", "http://lists.example.org/leave"])
def test_one_click_is_promised_only_where_something_answers_it(url: str) -> None:
    publication = replace(PUBLICATION, unsubscribe_url=url)
    view = issue_view(ISSUES[1], publication)
    message = email.message_from_bytes(message_bytes(view, publication), policy=default)
    assert message["List-Unsubscribe-Post"] is None
    assert str(message["List-Unsubscribe"]).endswith("<mailto:news@letters.example.org?subject=unsubscribe>")
    nobody = replace(publication, unsubscribe_url="", mail_from="")
    assert email.message_from_bytes(message_bytes(view, nobody), policy=default)["List-Unsubscribe"] is None
    assert "退订" not in letter(view, nobody).text + letter(view, nobody).html


def test_lines_and_headers_are_such_as_servers_take() -> None:
    long = replace(PUBLICATION, unsubscribe_url="https://lists.example.org/" + "a" * 150, name="名" * 80)
    raw = message_bytes(issue_view(ISSUES[0], long), long)
    assert raw.isascii()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert f"<{long.unsubscribe_url}>".encode() in raw
    head, _, body = raw.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert b"Bcc" not in head


def test_styles_stand_in_the_elements() -> None:
    html = letter(issue_view(ISSUES[1], PUBLICATION), PUBLICATION).html
    assert '<h2 style="' in html
    assert "<style" not in html


@pytest.mark.parametrize("count", [1, 60, 900])
def test_every_letter_is_below_what_gmail_cuts(count: int) -> None:
    items = tuple(
        Item(title=f"标题{number}" * 4, url=f"https://example.org/{number}", anchor=f"a{number}", summary="很长的摘要。" * 150)
        for number in range(count)
    )
    issue = replace(ISSUES[0], sections=(IssueSection("博文", "posts", items),))
    raw = message_bytes(issue_view(issue, PUBLICATION), PUBLICATION)
    assert len(raw) < 102 * 1024
    assert letter(issue_view(issue, PUBLICATION), PUBLICATION).size_bytes <= LIMIT_BYTES
    assert f"issues/{issue.slug}/" in letter(issue_view(issue, PUBLICATION), PUBLICATION).text


@pytest.mark.parametrize("long", ["标题" * 5000, "x" * 10_000, "<b>&</b>" * 3000])
def test_no_part_of_an_issue_makes_its_letter_too_long(long: str) -> None:
    item = Item(
        title=long, url="https://example.org/1", source=long, tags=(long,) * 9, links=(Link(long, "code", "https://c.example/"),)
    )
    sections = (IssueSection(long, "", (replace(item, anchor="a"), replace(item, anchor="b")), note=long),)
    issue = replace(
        ISSUES[0], headline=long, lead=long, opener=long, briefs=(long,) * 30, notes=(long,), footer=long, sections=sections
    )
    assert len(message_bytes(issue_view(issue, PUBLICATION), PUBLICATION)) < 102 * 1024


def test_both_parts_carry_the_notes_and_the_footer() -> None:
    item = Item(
        title="One",
        url="https://example.org/1",
        anchor="a",
        summary="Steps:\n\n3. first\n4. second\n\n* [a & b](https://e.org/?x=1&y=2)",
    )
    sections = (IssueSection("博文", "posts", (item,), note="栏目的注。"),)
    issue = replace(
        ISSUES[0],
        notes=("开头的注。",),
        lead="",
        sections=sections,
        footer="[![许可 <b>](https://e.org/i.png)](https://e.org/by/)\n\n署名。",
    )
    made = letter(issue_view(issue, PUBLICATION), PUBLICATION)
    for words in ("开头的注。", "栏目的注。", "署名。"):
        assert words in made.text
        assert words in made.html
    assert "<img" not in made.html
    assert re.search(r">许可 &lt;b(?:&gt;|>)</a>", made.html)
    assert "许可 <b> <https://e.org/by/>" in made.text
    assert "  3. first\n  4. second\n  * a & b <https://e.org/?x=1&y=2>\n" in made.text


def test_only_the_newest_issues_are_mail_and_list_ids_are_names() -> None:
    (newest, *_) = EmailRenderer().render(PUBLICATION, ISSUES)
    assert newest.path == "email/2026-06-15.eml"
    assert list_id(replace(PUBLICATION, base_url="https://例子.example/a b/中/")).isascii()


# ---------------------------------------------------------------- sending


class _Inbox:
    def __init__(self) -> None:
        self.received: list[Envelope] = []
        self.refuse = ""

    async def handle_RCPT(self, server: object, session: object, envelope: Envelope, address: str, options: object) -> str:  # noqa: N802
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        self.received.append(envelope)
        return "250 OK"


def _login(server: object, session: object, envelope: object, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"editor", b"right"), handled=False)


@pytest.fixture
def inbox() -> _Inbox:
    return _Inbox()


@pytest.fixture
def server(inbox: _Inbox) -> Iterator[dict[str, str]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(
        inbox,
        hostname="127.0.0.1",
        port=port,
        authenticator=_login,
        auth_require_tls=False,
    )
    controller.start()
    yield {"AGGREGATOR_SMTP_HOST": "127.0.0.1", "AGGREGATOR_SMTP_PORT": str(port), "AGGREGATOR_SMTP_TLS": "none"}
    controller.stop()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    (tmp_path / "sources.yaml").write_text(SOURCES)
    opened = open_workspace(tmp_path, {})
    with opened.store.write() as unit:
        for issue in ISSUES[1:]:
            parts = [replace(part, items=tuple(replace(one, id=None) for one in part.items)) for part in issue.sections]
            unit.issues.save(replace(issue, sections=tuple(parts)))
    yield opened
    opened.close()


def test_the_newest_issue_reaches_one_address(
    workspace: Workspace, server: dict[str, str], inbox: _Inbox, tmp_path: Path
) -> None:
    secret = tmp_path / "password"
    secret.write_text("right\n")
    settings = server | {"AGGREGATOR_SMTP_USER": "editor", "AGGREGATOR_SMTP_PASSWORD_FILE": str(secret)}
    assert mailing.send(workspace, settings, None, "me@example.org", test=True).slug == "2026-06-01"
    (envelope,) = inbox.received
    assert (envelope.mail_from, envelope.rcpt_tos) == ("news@letters.example.org", ["me@example.org"])
    assert isinstance(envelope.content, bytes)
    message = email.message_from_bytes(envelope.content, policy=default)
    assert message["To"] == "me@example.org"
    assert message["List-Unsubscribe"].startswith("<https://lists.example.org/leave>")


def test_a_wrong_password_and_a_refused_recipient_are_said_without_the_password(
    workspace: Workspace, server: dict[str, str], inbox: _Inbox
) -> None:
    wrong = server | {"AGGREGATOR_SMTP_USER": "editor", "AGGREGATOR_SMTP_PASSWORD": "hunter2"}
    with pytest.raises(PublishError) as caught:
        mailing.send(workspace, wrong, None, "me@example.org", test=True)
    assert caught.value.code == "E620"
    assert "hunter2" not in f"{caught.value} {caught.value.why} {caught.value.fix}"
    inbox.refuse = "550 no such person"
    with pytest.raises(PublishError) as caught:
        mailing.send(workspace, server, "2026-05-11", "me@example.org", test=True)
    assert "550 no such person" in (caught.value.why or "")
    assert inbox.received == []


@pytest.mark.parametrize(
    "address", ["me@example.org\r\nBcc: all@example.org", "me", "a@b, c@d.org", "<me@example.org>", "", "x@" + "a" * 300]
)
def test_what_is_no_address_is_sent_nowhere(workspace: Workspace, server: dict[str, str], inbox: _Inbox, address: str) -> None:
    with pytest.raises(UsageError):
        mailing.send(workspace, server, None, address, test=True)
    assert inbox.received == []


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"AGGREGATOR_SMTP_HOST": "mail.example.org", "AGGREGATOR_SMTP_PORT": "0"},
        {"AGGREGATOR_SMTP_HOST": "mail.example.org", "AGGREGATOR_SMTP_TLS": "perhaps"},
        {"AGGREGATOR_SMTP_HOST": "mail.example.org", "AGGREGATOR_SMTP_USER": "me"},
        {
            "AGGREGATOR_SMTP_HOST": "mail.example.org",
            "AGGREGATOR_SMTP_USER": "me",
            "AGGREGATOR_SMTP_PASSWORD": "x",
            "AGGREGATOR_SMTP_TLS": "none",
        },
    ],
)
def test_settings_that_cannot_be_used(environ: dict[str, str]) -> None:
    with pytest.raises(ConfigError):
        mailing.smtp_settings(environ)


def test_missing_settings_have_their_own_exit_code() -> None:
    for read in (mailing.smtp_settings, lambda environ: mailing.listmonk_settings(environ, "")):
        with pytest.raises(ConfigError) as caught:
            read({})
        assert caught.value.exit_code == 4


def test_no_list_is_sent_to_that_readers_cannot_leave(workspace: Workspace, server: dict[str, str], inbox: _Inbox) -> None:
    assert mailing.send(workspace, server, None, "list@example.org", test=False)
    text = SOURCES.replace("  unsubscribe_url: https://lists.example.org/leave\n", "")
    (workspace.root / "sources.yaml").write_text(text)
    again = open_workspace(workspace.root, {})
    with pytest.raises(ConfigError) as caught:
        mailing.send(again, server, None, "list@example.org", test=False)
    assert caught.value.exit_code == 4
    assert len(inbox.received) == 1
    again.close()


# ---------------------------------------------------------------- listmonk


def _listmonk(httpserver: HTTPServer) -> dict[str, str]:
    return {
        "AGGREGATOR_LISTMONK_URL": httpserver.url_for("/").rstrip("/"),
        "AGGREGATOR_LISTMONK_USER": "api",
        "AGGREGATOR_LISTMONK_TOKEN": "secret",
        "AGGREGATOR_LISTMONK_LISTS": "3, 5",
    }


def test_a_campaign_is_made_and_not_started(workspace: Workspace, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/api/campaigns", "GET").respond_with_json({"data": {"results": []}})
    httpserver.expect_request("/api/campaigns", "POST", headers={"Authorization": "token api:secret"}).respond_with_json(
        {"data": {"id": 12}}
    )
    issue, number, is_new = mailing.to_listmonk(workspace, _listmonk(httpserver), "2026-05-11")
    assert (issue.slug, number, is_new) == ("2026-05-11", 12, True)
    sent = json.loads(httpserver.log[-1][0].data)
    assert sent["lists"] == [3, 5]
    assert sent["type"] == "regular"
    assert sent["from_email"] == "news@letters.example.org"
    assert 'href="{{ UnsubscribeURL }}"' in sent["body"]
    assert "退订: {{ UnsubscribeURL }}" in sent["altbody"]
    assert (sent["body"] + sent["altbody"]).count("{{") == 2
    assert len(httpserver.log) == 2


def test_a_draft_is_replaced_and_a_sent_one_is_not(workspace: Workspace, httpserver: HTTPServer) -> None:
    name = "小周记 2026-06-01"
    found = [{"id": 1, "name": "other", "status": "draft"}, {"id": 7, "name": name, "status": "draft"}]
    httpserver.expect_ordered_request("/api/campaigns", "GET").respond_with_json({"data": {"results": found}})
    httpserver.expect_ordered_request("/api/campaigns/7", "PUT").respond_with_json({"data": {"id": 7}})
    assert mailing.to_listmonk(workspace, _listmonk(httpserver), None)[1:] == (7, False)
    found[1]["status"] = "finished"
    httpserver.expect_ordered_request("/api/campaigns", "GET").respond_with_json({"data": {"results": found}})
    with pytest.raises(PublishError) as caught:
        mailing.to_listmonk(workspace, _listmonk(httpserver), None)
    assert "already" in caught.value.what


@pytest.mark.parametrize(("status", "body"), [(403, "no"), (200, "not json"), (200, "[]"), (200, "{}"), (500, "")])
def test_answers_that_are_none(workspace: Workspace, httpserver: HTTPServer, status: int, body: str) -> None:
    httpserver.expect_request("/api/campaigns").respond_with_data(body, status)
    with pytest.raises(PublishError) as caught:
        mailing.to_listmonk(workspace, _listmonk(httpserver), None)
    assert caught.value.code == "E621"
    assert "secret" not in f"{caught.value} {caught.value.why}"
