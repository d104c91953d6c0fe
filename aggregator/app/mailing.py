"""An issue as mail: to one address for a look, to a list's address, or to listmonk as a campaign that a person starts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aggregator.app import publishing
from aggregator.app.workspace import Workspace
from aggregator.config.secretfile import secret
from aggregator.errors import ConfigError, PublishError, UsageError
from aggregator.model import Issue
from aggregator.publish import mailer, notify
from aggregator.publish.edition import Edition
from aggregator.publish.formats.email import message_bytes, one_click, sender_address
from aggregator.publish.letter import letter

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_CODE = "E170"
_MISSING = 4


class MissingSettingError(ConfigError):
    """A setting without which nothing can be sent: exit 4."""

    exit_code = _MISSING


def send(workspace: Workspace, environ: Mapping[str, str], slug: str | None, address: str, *, test: bool) -> Issue:
    """Send an issue (None for the newest) to one address; the issue. A list is only sent to where readers can leave it.

    Raises UsageError for what is no address, ConfigError for settings that are missing or wrong, PublishError for what the
    server refuses.
    """
    if not _ADDRESS.fullmatch(address) or len(address) > 254:
        raise UsageError(f"this is no mail address: {address[:100]!r}", fix="write it like me@example.org", code="E711")
    edition, issue = _chosen(workspace, slug)
    publication = workspace.publication
    settings = smtp_settings(environ)
    if not test and not (one_click(publication) and publication.mail_from):
        raise MissingSettingError(
            "mail to a list needs `mail_from` and an https `unsubscribe_url`",
            why="readers must be able to leave with one click (RFC 8058), and mail servers ask for it",
            fix="set both under `publication:` in sources.yaml; --test ADDRESS works without",
            code=_CODE,
        )
    sender = environ.get("AGGREGATOR_SMTP_FROM", "") or sender_address(publication)
    if not _ADDRESS.fullmatch(sender):
        raise ConfigError("AGGREGATOR_SMTP_FROM is no mail address", fix="write it like news@example.org", code=_CODE)
    mailer.send(settings, message_bytes(edition.view(issue), publication, to=address, sender=sender), sender, address)
    return issue


def to_listmonk(workspace: Workspace, environ: Mapping[str, str], slug: str | None) -> tuple[Issue, int, bool]:
    """Hand an issue to listmonk; the issue, the number of its campaign, and whether that is new."""
    edition, issue = _chosen(workspace, slug)
    settings = listmonk_settings(environ, workspace.publication.mail_from)
    made = letter(edition.view(issue), workspace.publication, notify.UNSUBSCRIBE)
    number, is_new = notify.hand_to_listmonk(settings, f"{workspace.publication.name} {issue.slug}", made)
    return issue, number, is_new


def _chosen(workspace: Workspace, slug: str | None) -> tuple[Edition, Issue]:
    edition = publishing.edition_of(workspace, publishing.published(workspace))
    found = next((issue for issue in edition.issues if slug is None or issue.slug == slug), None)
    if found is None:
        what = f"there is no published issue `{slug}`" if slug else "there is no published issue yet"
        raise PublishError(what, fix="`aggregator issue list` shows them", code="E607")
    return edition, found


def smtp_settings(environ: Mapping[str, str]) -> mailer.Smtp:
    """AGGREGATOR_SMTP_HOST, _PORT, _USER, _PASSWORD (or _PASSWORD_FILE) and _TLS (starttls, tls or none). Raises ConfigError."""
    host = environ.get("AGGREGATOR_SMTP_HOST", "").strip()
    if not host:
        raise _missing("AGGREGATOR_SMTP_HOST", "the name of your mail server")
    port = environ.get("AGGREGATOR_SMTP_PORT", "").strip() or "587"
    tls = environ.get("AGGREGATOR_SMTP_TLS", "").strip().lower() or ("tls" if port == "465" else "starttls")
    if not re.fullmatch(r"[0-9]{1,5}", port) or not 0 < int(port) < 65536:
        raise ConfigError("AGGREGATOR_SMTP_PORT is no port", fix="587 with starttls, 465 with tls", code=_CODE)
    if tls not in mailer.TLS_MODES:
        raise ConfigError(f"AGGREGATOR_SMTP_TLS is none of {', '.join(mailer.TLS_MODES)}", fix="leave it out", code=_CODE)
    user, password = environ.get("AGGREGATOR_SMTP_USER", ""), secret(environ, "AGGREGATOR_SMTP_PASSWORD")
    if user and password is None:
        raise _missing("AGGREGATOR_SMTP_PASSWORD", "the password, or AGGREGATOR_SMTP_PASSWORD_FILE to the file that holds it")
    if user and tls == "none" and host not in {"localhost", "127.0.0.1", "::1"}:
        raise ConfigError(
            "a password would go over the network in the clear", fix="use AGGREGATOR_SMTP_TLS=starttls or tls", code=_CODE
        )
    return mailer.Smtp(host, int(port), user, password[0] if password else "", tls)


def listmonk_settings(environ: Mapping[str, str], sender: str) -> notify.Listmonk:
    """AGGREGATOR_LISTMONK_URL, _USER, _TOKEN (or _TOKEN_FILE) and _LISTS (numbers, by commas). Raises ConfigError."""
    values = {name: environ.get(f"AGGREGATOR_LISTMONK_{name}", "").strip() for name in ("URL", "USER", "LISTS")}
    for name, value in values.items():
        if not value:
            raise _missing(f"AGGREGATOR_LISTMONK_{name}", "what listmonk's settings and its page of API users say")
    token = secret(environ, "AGGREGATOR_LISTMONK_TOKEN")
    if token is None:
        raise _missing("AGGREGATOR_LISTMONK_TOKEN", "the token, or AGGREGATOR_LISTMONK_TOKEN_FILE to the file that holds it")
    lists = [one.strip() for one in values["LISTS"].split(",")]
    if not values["URL"].startswith(("https://", "http://")) or not all(re.fullmatch(r"[0-9]{1,9}", one) for one in lists):
        raise ConfigError(
            "AGGREGATOR_LISTMONK_URL or _LISTS cannot be used", fix="write https://lists.example.org and 1,2", code=_CODE
        )
    return notify.Listmonk(values["URL"], values["USER"], token[0], tuple(map(int, lists)), sender)


def _missing(name: str, what: str) -> MissingSettingError:
    return MissingSettingError(f"{name} is not set", why="nothing can be sent without it", fix=f"set it to {what}", code=_CODE)
