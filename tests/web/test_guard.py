"""The pages as an attacker meets them."""

from __future__ import annotations

import http.client
import re

import pytest

from aggregator.web.security import Keys, back_to, names_of, own_request
from tests.web.conftest import Browser


def raw(browser: Browser, method: str, path: str, headers: list[tuple[str, str]]) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    finally:
        connection.close()


@pytest.mark.parametrize("path", ["/", "/feeds/", "/static/style.css", "/healthz"])
@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1:1", ""])
def test_a_foreign_host_is_refused_everywhere(browser: Browser, path: str, host: str) -> None:
    status, body = raw(browser, "GET", path, [("Host", host.format(port=browser.port))])
    assert status == 421
    assert "evil" not in body


def test_two_hosts_are_refused_and_our_names_are_taken(browser: Browser) -> None:
    own = f"127.0.0.1:{browser.port}"
    assert raw(browser, "GET", "/", [("Host", own), ("Host", "evil.example")])[0] in {400, 421}
    assert raw(browser, "GET", "/", [("Host", f"LOCALHOST:{browser.port}")])[0] == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Referer": "http://evil.example/page"},
    ],
)
def test_a_form_of_another_site_is_refused_even_with_the_token(browser: Browser, headers: dict[str, str]) -> None:
    number = browser.candidate()
    assert browser.post("/decide", id=number, action="reject", headers=headers).status_code == 403
    assert browser.status(number) == "pending"


def test_our_own_origin_is_taken(browser: Browser) -> None:
    number = browser.candidate()
    headers = {"Origin": browser.address.rstrip("/"), "Sec-Fetch-Site": "same-origin", "Referer": browser.address}
    assert browser.post("/decide", id=number, action="reject", headers=headers).status_code == 303
    assert browser.status(number) == "rejected"


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_without_the_token_nothing_is_done(browser: Browser, token: str) -> None:
    number = browser.candidate()
    browser.get("/")
    assert browser.client.post("/decide", data={"id": str(number), "action": "reject", "csrf": token}).status_code == 403
    assert browser.status(number) == "pending"


def test_without_the_cookie_the_token_is_worth_nothing(browser: Browser) -> None:
    number, token = browser.candidate(), browser.token()
    kept = dict(browser.client.cookies)
    browser.client.cookies.clear()
    answer = browser.client.post("/decide", data={"id": str(number), "action": "reject", "csrf": token})
    browser.client.cookies.update(kept)
    assert answer.status_code == 403
    assert browser.status(number) == "pending"


def test_only_small_forms_are_read(browser: Browser) -> None:
    for kind in ("text/plain", "application/json", "multipart/form-data; boundary=x"):
        assert browser.client.post("/decide", content=b"a=b", headers={"Content-Type": kind}).status_code == 415
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert browser.client.post("/decide", content=b"a" * 3_000_000, headers=form).status_code == 413
    assert browser.client.post("/decide", content=iter([b"a" * 1_500_000] * 2), headers=form).status_code == 413
    assert browser.client.post("/decide", content=b"a=%ff", headers=form).status_code == 400
    assert browser.client.post("/decide", content=b"&".join(b"a=%d" % n for n in range(1000)), headers=form).status_code == 400


@pytest.mark.parametrize(
    "path",
    ["/decide", "/rest", "/merge", "/edit", "/add", "/undo", "/redo", "/place", "/arrange", "/write", "/markdown", "/publish"],
)
def test_asking_for_a_page_never_acts(browser: Browser, path: str) -> None:
    assert browser.get(path).status_code == 405


def test_pages_carry_strict_headers_and_nothing_inline(browser: Browser) -> None:
    browser.candidate()
    browser.client.cookies.clear()
    answer = browser.get("/")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'")
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=", answer.text)


def test_an_error_page_repeats_nothing(browser: Browser) -> None:
    for path in ("/zebra", "/feeds/zebra", "/?status=zebra", "/candidate/zebra"):
        answer = browser.get(path)
        assert 400 <= answer.status_code < 500
        assert "zebra" not in answer.text
        assert "content-security-policy" in answer.headers
    assert browser.client.request("TRACE", "/").status_code == 405


def test_a_bug_is_a_page_without_details(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("aggregator.app.pulse.pulses", broken)
    answer = browser.get("/sources")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text


def test_names_of_a_server() -> None:
    here = names_of("127.0.0.1", 8000)
    assert all(here.knows(name) for name in ("127.0.0.1:8000", "LOCALHOST:8000"))
    assert not any(here.knows(name) for name in ("127.0.0.1", "192.0.2.7:8000", "evil.example:8000", "127.0.0.1:8001", "[", ""))
    assert names_of("::1", 80).knows("[::1]")
    everywhere = names_of("0.0.0.0", 8000, open_to_others=True, public_url="https://review.example.org/", machine="Desk")
    known = ("192.0.2.7:8000", "[2001:db8::1]:8000", "desk:8000", "desk.local:8000", "review.example.org")
    assert all(everywhere.knows(name) for name in known)
    assert not any(everywhere.knows(name) for name in ("evil.example:8000", "192.0.2.7:8001", "192.0.2.7.evil.example:8000"))
    assert everywhere.origins("192.0.2.7:8000") == {"http://192.0.2.7:8000", "https://review.example.org"}
    assert own_request({}, {"http://localhost:1"})
    assert not own_request({"origin": "http://localhost:2"}, {"http://localhost:1"})


def test_a_message_cannot_be_forged() -> None:
    keys, other = Keys(b"a" * 32), Keys(b"b" * 32)
    sealed = keys.seal({"text": "done"})
    assert keys.unseal(sealed) == {"text": "done"}
    assert other.unseal(sealed) == {}
    for broken in (None, "", ".", "x.y", sealed[:-1], "é.é", f"a{sealed}"):
        assert keys.unseal(broken) == {}
    assert not keys.is_form(keys.session, other.token(other.session))
    assert not keys.is_form("", keys.token(keys.session))
    assert back_to("/?q=%E4%B8%AD&status=all") == "/?q=%E4%B8%AD&status=all"
