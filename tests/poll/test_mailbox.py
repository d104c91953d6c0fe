"""Newsletters by mail: files as they lie on a disk, what mailers make of headers, and where counted links lead."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.errors import FetchError, ParseError
from aggregator.model import PollState, Source
from aggregator.poll import mail, mailbody, trackers
from aggregator.poll.sources import KINDS
from aggregator.poll.state import succeeded
from aggregator.protocols import Polled
from tests.poll.feedcases import FileFetcher

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOLD = "import fcntl, sys; f = open(sys.argv[1], 'r+b'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"


def letter(number: int, sender: str = "Desk <desk@news.example>", list_id: str = "", subject: str = "") -> bytes:
    listed = f"List-Id: {list_id}\n" if list_id else ""
    head = f"From: {sender}\nSubject: {subject or f'Issue {number}'}\nMessage-ID: <{number}@news.example>\n{listed}"
    return f"{head}Date: Mon, 16 Nov 2026 08:0{number}:00 +0000\n\nThe text of issue {number}, which says something.\n".encode()


def poll(path: Path, **options: object) -> Polled:
    source = Source("weekly", "mailbox", (), options={"path": str(path), **options})
    poller = KINDS["mailbox"]
    return asyncio.run(poller.poll(source, poller.addresses(source)[0], FileFetcher(b""), NOW))


def maildir(folder: Path, *mails: bytes) -> Path:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, one in enumerate(mails):
        path = folder / ("cur" if number % 2 else "new") / f"17000000{number}.host:2,S"
        path.write_bytes(one)
        os.utime(path, (1_700_000_000 + number,) * 2)
    (folder / "tmp" / "half").write_bytes(b"From: x\n")
    return folder


def test_a_maildir_is_read_newest_first_and_left_as_it_is(tmp_path: Path) -> None:
    folder = maildir(tmp_path / "box", *(letter(number) for number in range(4)))
    before = sorted(path.as_posix() for path in folder.rglob("*"))
    assert [entry.title for entry in poll(folder, limit=3).entries] == ["Issue 3", "Issue 2", "Issue 1"]
    assert sorted(path.as_posix() for path in folder.rglob("*")) == before


def test_a_folder_of_saved_mails(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter(1))
    (tmp_path / "notes.txt").write_text("no mail")
    assert [entry.guid for entry in poll(tmp_path).entries] == ["mail:1@news.example"]


def test_mails_of_one_list_or_sender_or_subject(tmp_path: Path) -> None:
    mails = (
        letter(1, list_id='"Edge Weekly" <edge.weekly.example>'),
        letter(2, sender="=?utf-8?B?56uv5L6n5ZGo5oql?= <weekly@cn.example>"),
        letter(3, subject="Receipt of your order"),
    )
    folder = maildir(tmp_path, *mails)
    assert [entry.title for entry in poll(folder, lists=["edge.weekly.example"]).entries] == ["Issue 1"]
    assert [entry.author for entry in poll(folder, senders=["端侧周报"]).entries] == ["端侧周报"]
    assert [entry.author for entry in poll(folder, senders=["@CN.example"]).entries] == ["端侧周报"]
    assert [entry.title for entry in poll(folder, subjects=["receipt"]).entries] == ["Receipt of your order"]
    assert poll(folder, lists=["edge.weekly.example"]).feed_title == "Edge Weekly"


def test_what_is_no_mailbox_says_so(tmp_path: Path) -> None:
    with pytest.raises(FetchError) as missing:
        poll(tmp_path / "nowhere")
    assert (missing.value.code, missing.value.why) == ("E213", "No such file or directory")
    with pytest.raises(ParseError) as empty:
        poll(tmp_path)
    assert empty.value.code == "E253"
    (tmp_path / "box").write_bytes(b"")
    assert poll(tmp_path / "box").entries == ()


def test_an_mbox_that_is_being_written_waits(tmp_path: Path) -> None:
    path = tmp_path / "box"
    path.write_bytes(b"From a Mon Nov 16 08:00:00 2026\n" + letter(1))
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    holder.stdout.readline()
    try:
        with pytest.raises(FetchError) as caught:
            poll(path)
        assert "being written" in caught.value.what
    finally:
        holder.communicate()
    assert len(poll(path).entries) == 1


@pytest.mark.parametrize(
    ("subject", "wanted"),
    [
        (b"=?GBK?Q?=C1=BF=BB=AF?=", "量化"),
        ("量化周报".encode(), "量化周报"),
        ("量化周报".encode("gb18030"), "量化周报"),
        (b"=?utf-8?B?6YeP5YyW?= =?utf-8?B?5ZGo5oql?=", "量化周报"),
        (b"=?nonsense?B?6YeP5YyW?=", "量化"),
        (b"=?utf-8?B?broken", "=?utf-8?B?broken"),
        (b"folded\r\n over lines", "folded over lines"),
    ],
)
def test_subjects_as_mailers_write_them(subject: bytes, wanted: str) -> None:
    found = mail.read(b"Subject: " + subject + b"\r\nFrom: a@b.example\r\n\r\nx")
    assert found is not None
    assert found.subject == wanted


@pytest.mark.parametrize("raw", [b"", b"\x00\xff", b"no header at all", b"<html></html>"])
def test_what_is_no_mail_is_none(raw: bytes) -> None:
    assert mail.read(raw) is None


def test_a_mail_built_to_break_a_parser_breaks_nothing() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(3000))
    mail.read(f"From: a@b.example\n{deep}".encode())
    mailbody.read("<table><tr><td>" * 20_000, "", "")
    mailbody.read("<a href='https://a.example/" + "x" * 100_000, "", "")


def test_attachments_and_forwarded_mails_are_not_the_letter() -> None:
    raw = (
        b'From: a@b.example\nSubject: s\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/html\n'
        b"Content-Disposition: attachment\n\n<p>attached</p>\n--b\nContent-Type: message/rfc822\n\nSubject: other\n\nforwarded\n"
        b"--b\nContent-Type: text/plain\n\nthe letter\n--b--\n"
    )
    found = mail.read(raw)
    assert found is not None
    assert (found.html, found.plain.strip()) == ("", "the letter")


def packed(value: str) -> str:
    return base64.urlsafe_b64encode(value.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("counted", "wanted"),
    [
        ("https://track.a.example/CL0/https:%2F%2Fb.example%2Fp%3Fx=1/1/0100018f-0000-0000-0000-000000000000/sig=405", "https://b.example/p?x=1"),
        ("https://click.a.example/aa/bb/" + packed("https://b.example/p"), "https://b.example/p"),
        ("https://a.example/redirect/2/" + packed(json.dumps({"e": "https://b.example/p", "p": 1})) + ".c2ln", "https://b.example/p"),
        ("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fb.example%2Fp&data=x", "https://b.example/p"),
        ("https://urldefense.com/v3/__https://b.example/p?x=1__;!!abc", "https://b.example/p?x=1"),
        ("https://link.zhihu.com/?target=https%3A//b.example/p", "https://b.example/p"),
        # Only their servers know.
        ("https://a.list-manage.com/track/click?u=1&id=2", "https://a.list-manage.com/track/click?u=1&id=2"),
        ("https://substack.com/redirect/0b4c?j=abc", "https://substack.com/redirect/0b4c?j=abc"),
        # A page that has an address in its own is no counter.
        ("https://a.example/login?redirect=https://b.example/", "https://a.example/login?redirect=https://b.example/"),
        ("https://web.archive.org/web/2020/https://b.example/", "https://web.archive.org/web/2020/https://b.example/"),
        (f"https://click.a.example/x/{packed('javascript:a()')}", f"https://click.a.example/x/{packed('javascript:a()')}"),
        ("https://click.a.example/?url=javascript:alert(1)", "https://click.a.example/?url=javascript:alert(1)"),
    ],
)  # fmt: skip
def test_counted_links_lead_to_their_target(counted: str, wanted: str) -> None:
    assert trackers.target(counted) == wanted


def test_a_mailbox_is_looked_at_often(tmp_path: Path) -> None:
    source = Source("weekly", "mailbox", ("file:///x",))
    after = succeeded(source, PollState("weekly"), poll(maildir(tmp_path, letter(1), letter(2))), {}, NOW)
    assert after.next_poll_at == NOW + timedelta(minutes=15)
