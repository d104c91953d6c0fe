"""kind: mailbox. Newsletters that arrive by mail: a Maildir, an mbox or a folder of .eml files on this machine, only read.

A mail is an entry, about its page on the web where it has one; or, with `entries: links`, each title that it links to is one.
Addresses that count clicks are replaced by what they lead to, where that can be told without asking anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from aggregator import text, urls
from aggregator.errors import ParseError
from aggregator.model import Source
from aggregator.poll import kind, mail, mailbody, mailfiles
from aggregator.poll.entries import normalise
from aggregator.poll.rawfeed import RawDate, RawEntry, RawFeed, RawText
from aggregator.protocols import Fetcher, Option, Polled

_ENTRIES = ("mails", "links")


class MailboxPoller:
    """A mail is known by its Message-ID, a link by that and its address. Nothing is asked for over the network."""

    kind = "mailbox"
    needs_url = False
    options: Sequence[Option] = (
        Option("path", Path, "a Maildir, an mbox file, or a folder of .eml files; relative to the folder of sources.yaml"),
        Option("entries", str, "`mails`: each mail is an entry; `links`: each title that a mail links to is one", "mails"),
        Option("lists", list, "only mails whose List-Id holds one of these, such as weekly.example.org", ()),
        Option("senders", list, "only mails whose sender's name or address holds one of these", ()),
        Option("subjects", list, "only mails whose subject holds one of these words", ()),
        Option("limit", int, "the newest mails that are looked at", 200),
    )

    def addresses(self, source: Source) -> tuple[str, ...]:
        """The path as a file: address, which names it in lists. Raises ConfigError E133 for no path."""
        kind.one_of(source, "entries", _ENTRIES)
        path = kind.word(source, "path")
        if not path:
            raise kind.wrong(source, "no mailbox is given", "add `path: ~/Maildir/.Newsletters`")
        return (Path(path).absolute().as_uri(),)

    def passes_on(self, source: Source) -> bool:
        """True for the titles that mails link to."""
        return kind.one_of(source, "entries", _ENTRIES) == "links"

    async def poll(self, source: Source, url: str, fetch: Fetcher, now: datetime) -> Polled:
        """Entries of the newest mails. Raises FetchError E213 for a mailbox that cannot be opened, ParseError E253 for none."""
        several = kind.one_of(source, "entries", _ENTRIES) == "links"
        limit = max(1, kind.number(source, "limit", 200))
        found: list[RawEntry] = []
        names: dict[str, None] = {}
        unread = total = 0
        for raw in mailfiles.newest(Path(kind.word(source, "path")), limit):
            total += 1
            one = mail.read(raw)
            if one is None:
                unread += 1
            elif _wanted(one, source):
                names.setdefault(one.list_name or one.sender)
                found += _entries(one, several=several)
        if unread and unread == total:
            raise ParseError("none of the files is a mail", why="no header was found", fix="check `path`", code="E253")
        feed = RawFeed("mailbox", RawText(next(iter(names)) if len(names) == 1 else source.name, "text"), entries=tuple(found))
        polled = normalise(feed, url=url, base="", source=source, now=now)
        notes = (*polled.notes, f"{unread} of {total} mails could not be read") if unread else polled.notes
        return replace(polled, notes=notes)


def _wanted(one: mail.Mail, source: Source) -> bool:
    for option, said in (
        ("lists", one.list_id),
        ("senders", f"{one.sender} {one.address}"),
        ("subjects", one.subject),
    ):
        words = kind.words(source, option)
        if words and not any(text.fold(word) in text.fold(said) for word in words):
            return False
    return True


def _entries(one: mail.Mail, *, several: bool) -> Iterator[RawEntry]:
    body = mailbody.read(one.html, one.plain, one.subject)
    guid = f"mail:{one.message_id or _digest(one)}"
    date = RawDate(one.date) if one.date else None
    if several and body.titled:
        for link in body.titled:
            yield RawEntry(
                guid=f"{guid}#{urls.canonical(link.url) or link.url}",
                link=link.url,
                title=RawText(link.title, "text"),
                summary=RawText(link.summary, "text") if link.summary else None,
                published=date,
            )
        return
    yield RawEntry(
        guid=guid,
        link=one.page or body.page or None,
        title=RawText(one.subject, "text"),
        summary=RawText(body.summary, "text") if body.summary else None,
        content=RawText(body.html, "html"),
        published=date,
        authors=tuple(filter(None, [one.sender or one.address])),
    )


def _digest(one: mail.Mail) -> str:
    return hashlib.sha256("\n".join((one.address, one.date, one.subject)).encode()).hexdigest()[:32]
