"""One mail -> its subject, sender, list and body as text. RFC 5322, MIME, and what mailers make of them. Pure.

Charsets are told wrongly, headers come unencoded, and a character may be cut in two between encoded words: what decodes is
believed before what is declared.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import errors
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parseaddr

from aggregator import text, urls
from aggregator.poll import encoding

MAX_PARTS = 200
MAX_HEADER_CHARS = 4000

_ID = re.compile(r"<([^<>\s]{3,500})>")


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail. Texts are decoded and clean, "" where it says nothing. `list_id` is what stands in the brackets of List-Id,
    `list_name` what stands before them; `page` is where the mail says that it is kept (Archived-At); `html` is as it came."""

    message_id: str
    subject: str
    sender: str
    address: str
    date: str
    list_id: str = ""
    list_name: str = ""
    page: str = ""
    html: str = ""
    plain: str = ""


def read(raw: bytes) -> Mail | None:
    """The mail in these bytes; None where there is none."""
    try:
        message = BytesParser(policy=compat32).parsebytes(raw)
        html, plain = _bodies(message)
    except (errors.MessageError, LookupError, ValueError, RecursionError):
        return None
    headers = {name.lower(): value for name, value in reversed(list(message.raw_items()))}
    if not headers.keys() & {"from", "subject", "message-id", "date"}:
        return None
    name, address = parseaddr(_words(headers.get("from", "")))
    listed = _words(headers.get("list-id", ""))
    list_id = _ID.search(listed)
    kept = _ID.search(headers.get("archived-at", ""))
    page = urls.safe_url(kept[1]) if kept else None
    return Mail(
        message_id=(found[1] if (found := _ID.search(headers.get("message-id", ""))) else ""),
        subject=text.clean_line(_words(headers.get("subject", ""))),
        sender=text.clean_line(name, 200),
        address=text.clean_line(address, 200),
        date=text.clean_line(headers.get("date", ""), 100),
        list_id=text.clean_line(list_id[1] if list_id else listed, 300),
        list_name=text.clean_line(listed.partition("<")[0].strip(' "'), 200) if list_id else "",
        page=page if page and urls.is_http(page) else "",
        html=html,
        plain=plain,
    )


def _words(value: object) -> str:
    """The text of a header: encoded words (RFC 2047) decoded, and bytes that stand there as they are."""
    written = str(value)[:MAX_HEADER_CHARS].encode("utf-8", "surrogateescape")
    line = re.sub(r"\r?\n[ \t]+", " ", encoding.decode(written, None).text)
    try:
        parts = decode_header(line)
    except (errors.HeaderParseError, ValueError):
        return line
    return "".join(
        part if isinstance(part, str) else encoding.decode(part, f"text/plain; charset={charset or 'utf-8'}").text
        for part, charset in parts
    )


def _bodies(message: Message) -> tuple[str, str]:
    """The longest HTML part, and the plain parts; what is attached is left out."""
    html, plain = "", list[str]()
    for part in _parts(message):
        media_type = part.get_content_type()
        if media_type not in {"text/html", "text/plain"} or part.get_content_disposition() == "attachment":
            continue
        payload = part.get_payload(decode=True)
        body = _decoded(payload, part) if isinstance(payload, bytes) else ""
        if media_type == "text/plain":
            plain.append(body)
        elif len(body) > len(html):
            html = body
    return html, "\n".join(plain)


def _parts(message: Message) -> Iterator[Message]:
    # A mail inside a mail is another's.
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part, seen = waiting.pop(), seen + 1
        inner = part.get_payload()
        if part.is_multipart() and isinstance(inner, list):
            if part.get_content_maintype() == "multipart":
                waiting += [one for one in reversed(inner) if isinstance(one, Message)]
        else:
            yield part


def _decoded(payload: bytes, part: Message) -> str:
    charset = part.get_content_charset() or ""
    return encoding.decode(payload, f"text/plain; charset={charset}" if charset else None).text.replace("\x00", "")
