"""email/DATE.eml: the newest issues as messages (RFC 5322, MIME), ready for a mail server or a list manager."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from functools import partial
from urllib.parse import urlsplit

from aggregator.model import Issue, Publication
from aggregator.publish.content import IssueView, issue_day, publication_language, site_url
from aggregator.publish.edition import Edition, Format, Planned
from aggregator.publish.feeds import LAST_ISSUES
from aggregator.publish.letter import letter
from aggregator.text import clean_line

MEDIA_TYPE = "message/rfc822"
# A folded address is an encoded word to the standard library, and no address any more to a mail client.
_UNFOLDED = SMTP.clone(max_line_length=900)


class EmailRenderer(Format):
    """Writes the newest issues as mail; older ones are sent no more."""

    name = "email"

    def plan(self, edition: Edition) -> Iterator[Planned]:
        """One message an issue."""
        for issue in edition.issues[:LAST_ISSUES]:
            path = f"email/{issue_day(issue).isoformat()}.eml"
            key = edition.key(self.name, edition.full_key(issue))
            yield Planned(path, MEDIA_TYPE, key, partial(_message, edition, issue), edition.part(issue))


def _message(edition: Edition, issue: Issue) -> bytes:
    return message_bytes(edition.view(issue), edition.publication)


def message_bytes(view: IssueView, publication: Publication, *, to: str = "", sender: str = "") -> bytes:
    """An issue as a message; the same bytes for the same issue. `to` is one address, "" leaves the recipients to who sends it;
    `sender` stands in for the publication's `mail_from`."""
    made = letter(view, publication)
    message = EmailMessage(policy=SMTP)
    message["From"] = formataddr((clean_line(publication.name, 100), sender or sender_address(publication)))
    message["To"] = to or "undisclosed-recipients:;"
    message["Subject"] = made.subject
    message["Date"] = format_datetime(view.published_at)
    message["Message-ID"] = f"<{view.day.isoformat()}.{_digest(view.guid)[:16]}@{_host(publication)}>"
    message["List-Id"] = f"<{list_id(publication)}>"
    ways = [f"<{publication.unsubscribe_url}>"] if publication.unsubscribe_url else []
    ways += [f"<mailto:{publication.mail_from}?subject=unsubscribe>"] if publication.mail_from else []
    if ways:
        message["List-Unsubscribe"] = ", ".join(ways)
    if one_click(publication):
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["List-Archive"] = f"<{site_url(publication, 'archive/')}>"
    message.set_content(made.text, cte="base64")
    message.add_alternative(made.html, subtype="html", cte="base64")
    message["Content-Language"] = publication_language(publication)
    message.set_boundary(f"=_{_digest(view.guid)[:32]}")
    return message.as_bytes(policy=_UNFOLDED)


def one_click(publication: Publication) -> bool:
    """True where readers can leave with one click: a POST to an https address (RFC 8058, 3.1). No static page takes one."""
    return publication.unsubscribe_url.startswith("https://")


def sender_address(publication: Publication) -> str:
    """Who mails are from: the publication's word, else a name at its host."""
    return publication.mail_from or f"newsletter@{_host(publication)}"


def list_id(publication: Publication) -> str:
    """The list's name for ever (RFC 2919): the path and the host of the site, from the narrow to the wide."""
    parts = urlsplit(site_url(publication))
    labels = [part for part in reversed(parts.path.split("/")) if part]
    safe = ["".join(c if c.isascii() and c.isalnum() else "-" for c in label).strip("-") for label in labels]
    return ".".join([*filter(None, safe), _host(publication)]).lower()


def _host(publication: Publication) -> str:
    host = urlsplit(site_url(publication)).hostname or ""
    return host if host and host.isascii() else "localhost"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
