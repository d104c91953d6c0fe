"""One message to a mail server (SMTP), over TLS wherever a password or a foreign network is in play."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass

from aggregator.errors import PublishError
from aggregator.text import clean_line

_SECONDS = 30.0
TLS_MODES = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server: `tls` is one of TLS_MODES. `user` "" sends without logging in."""

    host: str
    port: int = 587
    user: str = ""
    password: str = ""
    tls: str = "starttls"


def send(settings: Smtp, message: bytes, sender: str, recipient: str) -> None:
    """Send one message to one address. Raises PublishError E620 that says what the server said; no password is ever in it."""
    try:
        with _connected(settings) as server:
            if settings.user:
                server.login(settings.user, settings.password)
            server.sendmail(sender, [recipient], message)
    except (smtplib.SMTPException, OSError) as error:
        raise PublishError(
            f"the mail was not sent: {settings.host}:{settings.port}",
            why=clean_line(_said(error), 300) or type(error).__name__,
            fix="check AGGREGATOR_SMTP_HOST, _PORT, _USER, _PASSWORD and _TLS, and that the server lets you send as " + sender,
            code="E620",
        ) from error


def _connected(settings: Smtp) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if settings.tls == "tls":
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=_SECONDS, context=context)
    server = smtplib.SMTP(settings.host, settings.port, timeout=_SECONDS)
    if settings.tls == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {said.decode(errors='replace')}" for code, said in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return f"{error.smtp_code} {said.decode(errors='replace') if isinstance(said, bytes) else said}"
    return str(error)
