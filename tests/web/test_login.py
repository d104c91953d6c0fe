"""A server that other machines reach: nothing without the password, and what the cookie of a session is worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from aggregator.app.access import keep_password, kept_password
from aggregator.app.workspace import Workspace
from aggregator.errors import UsageError
from aggregator.web import login
from aggregator.web.login import Door, hashed, is_hash, matches
from aggregator.web.server import Access, serving
from tests.web.conftest import NOW, make_workspace

PASSWORD = "正确的 horse battery"
HASHED = hashed(PASSWORD)
PATHS = ("/", "/draft", "/sources", "/log", "/feeds/", "/news", "/static/review.js", "/manifest.webmanifest", "/zebra")


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = make_workspace(tmp_path, "en")
    yield opened
    opened.close()


@pytest.fixture
def client(workspace: Workspace, clock: Clock) -> Iterator[httpx.Client]:
    with serving(workspace, host="0.0.0.0", port=0, clock=clock, access=Access(password=HASHED)) as address:
        port = address.rsplit(":", 1)[1].strip("/")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as opened:
            yield opened


def enter(client: httpx.Client, password: str = PASSWORD, **fields: str) -> httpx.Response:
    return client.post("/login", data={"password": password, **fields})


def cookie_of(answer: httpx.Response) -> str:
    return answer.headers["set-cookie"].partition(";")[0]


@pytest.mark.parametrize("path", PATHS)
def test_without_the_password_there_is_nothing_but_the_door(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?to=")
    assert client.get(path, headers={"HX-Request": "true"}).status_code == 401
    assert client.post("/decide", data={"id": "1", "action": "reject"}).status_code == 401
    page = client.get("/login").text
    assert 'type="password"' in page
    assert "端侧周报" not in page


def test_the_right_password_opens_a_session_whose_cookie_is_kept_safe(client: httpx.Client) -> None:
    answer = enter(client, to="/draft")
    assert (answer.status_code, answer.headers["location"]) == (303, "/draft")
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/"))
    inside = {"Cookie": cookie_of(answer)}
    page = client.get("/", headers=inside)
    assert page.status_code == 200
    token = page.text.partition('name="csrf" content="')[2].partition('"')[0]
    assert client.post("/undo", data={"csrf": token, "back": "/"}, headers=inside).status_code == 303
    assert client.post("/undo", data={"csrf": "0" * 64, "back": "/"}, headers=inside).status_code == 403
    other = {"Cookie": cookie_of(enter(client))}
    assert client.post("/undo", data={"csrf": token, "back": "/"}, headers=other).status_code == 403
    assert client.post("/leave", data={"csrf": token}, headers=inside).status_code == 303
    assert client.get("/", headers=inside).status_code == 303
    assert client.get("/", headers={"Cookie": "aggregator-1=made-up"}).status_code == 303


@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "/feeds/", "/login"])
def test_the_door_leads_to_our_own_pages_alone(client: httpx.Client, goal: str) -> None:
    assert enter(client, to=goal).headers["location"] == "/"


def test_a_form_of_another_site_cannot_log_in(client: httpx.Client) -> None:
    answer = client.post("/login", data={"password": PASSWORD}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_and_ends_a_while_later(client: httpx.Client, clock: Clock) -> None:
    for _ in range(login.FREE_TRIES):
        assert enter(client, "wrong").status_code == 403
    refused = enter(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    clock.now += timedelta(hours=1)
    assert enter(client).status_code == 303


def test_a_session_ends_by_itself() -> None:
    clock = Clock()
    door = Door(HASHED, clock)
    session = door.enter(PASSWORD, "a")
    assert door.is_open(session)
    clock.now += login.SESSION
    assert not door.is_open(session)
    assert not door.is_open(None)


def test_pauses_grow_and_other_addresses_are_not_shut_out() -> None:
    clock = Clock()
    door = Door(HASHED, clock)
    pauses = []
    for _ in range(8):
        assert door.enter("wrong", "a") is None
        pauses.append(door.wait_seconds("a"))
    assert pauses == sorted(pauses)
    assert pauses[-1] > pauses[login.FREE_TRIES] > 0
    assert door.wait_seconds("b") == 0


def test_a_password_is_kept_as_a_salted_hash() -> None:
    assert is_hash(HASHED)
    assert hashed(PASSWORD) != HASHED
    assert matches(PASSWORD, HASHED)
    assert not matches(PASSWORD + " ", HASHED)
    for broken in ("", "scrypt$1$2$3", "scrypt$99999999$8$1$AA==$AA==", HASHED[:-5], PASSWORD):
        assert not matches(PASSWORD, broken)


def test_the_hash_lies_where_git_and_others_do_not_look(workspace: Workspace, tmp_path: Path) -> None:
    assert kept_password(workspace, {}) is None
    keep_password(workspace, HASHED)
    file = workspace.root / ".aggregator.password"
    assert file.stat().st_mode & 0o077 == 0
    assert kept_password(workspace, {}) == HASHED
    secret = tmp_path / "secret"
    secret.write_text("from a file\n", encoding="utf-8")
    assert kept_password(workspace, {"AGGREGATOR_PASSWORD_FILE": str(secret)}) == "from a file"
    assert kept_password(workspace, {"AGGREGATOR_PASSWORD": "direct"}) == "direct"


def test_a_proxy_in_front_needs_the_password_too(workspace: Workspace, clock: Clock) -> None:
    access = Access(public_url="https://review.example.org")
    with pytest.raises(UsageError), serving(workspace, host="127.0.0.1", port=0, clock=clock, access=access):
        pass
    access = Access(password=HASHED, public_url="https://review.example.org")
    with (
        serving(workspace, host="127.0.0.1", port=0, clock=clock, access=access) as address,
        httpx.Client(base_url=address, trust_env=False, headers={"Host": "review.example.org"}) as client,
    ):
        origin = {"Origin": "https://review.example.org"}
        answer = client.post("/login", data={"password": PASSWORD}, headers=origin)
        assert answer.status_code == 303
        assert "secure" in answer.headers["set-cookie"].lower()
        assert client.get("/", headers={"Host": "evil.example"}).status_code == 421


def test_a_certificate_that_is_none_is_said(workspace: Workspace, clock: Clock, tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("nothing", encoding="ascii")
    access = Access(password=HASHED, certificate=tmp_path / "cert.pem")
    with pytest.raises(UsageError) as raised, serving(workspace, host="127.0.0.1", port=0, clock=clock, access=access):
        pass
    assert raised.value.code == "E713"
