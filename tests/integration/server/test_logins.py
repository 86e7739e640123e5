"""Doors that hold: what ends a session, whom failed logins slow, whose word counts for an address, and who is left."""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.cli import main as cli
from assistant.errors import AccessError, LimitError, LoginError, SettingsError, StoreError, UsersError
from assistant.server.auth import users
from assistant.server.auth.access import AccessControl, check_binding
from assistant.server.auth.ended_sessions import EndedSessions
from assistant.server.auth.sessions import SessionSigner
from assistant.server.auth.users import UserFile
from assistant.settings import load_settings
from tests.support.assistant_server import RunningAssistant, serve_assistant

TOKEN = "a-very-secret-token"  # noqa: S105 — an invented one
PASSWORD = "correct horse battery"  # noqa: S105 — an invented one


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a password costs is not tested here: a quarter of a second each would be minutes."""
    monkeypatch.setattr(users, "_COST", 16)
    monkeypatch.setattr(users, "_NOBODY_HASH", users._NOBODY_HASH.replace("$32768$", "$16$"))


@contextmanager
def client_at(served: RunningAssistant, address: str = "127.0.0.1", **headers: str) -> Iterator[httpx.Client]:
    """A client that comes from one of this machine's own addresses."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(base_url=served.url, transport=transport, headers=headers, timeout=60) as client:
        yield client


def login_status(client: httpx.Client, name: str, password: str, **headers: str) -> int:
    """The HTTP status of a login over the API."""
    return client.post("/api/v1/login", json={"name": name, "password": password}, headers=headers).status_code


# Sessions


def test_logging_out_ends_the_session_for_a_copied_cookie_too(tmp_path: Path) -> None:
    """Also after the server was started again; other sessions of the same user go on."""
    with serve_assistant(tmp_path, api_token=TOKEN) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        cookies = []
        for _ in range(2):
            with client_at(served) as browser:
                assert 303 == browser.post("/login", data={"name": "rita", "password": PASSWORD}).status_code
                cookies.append(f"assistant_session={browser.cookies['assistant_session']}")
        copied, other = cookies
        assert 200 == served.client.get("/api/v1/documents", headers={"cookie": copied}).status_code
        assert 303 == served.client.post("/logout", headers={"cookie": copied}).status_code
        token = {"authorization": f"Bearer {copied.partition('=')[2]}"}
        for headers in ({"cookie": copied}, token):
            assert 401 == served.client.get("/api/v1/documents", headers=headers).status_code
        assert 200 == served.client.get("/api/v1/documents", headers={"cookie": other}).status_code
    again = AccessControl(load_settings(home=tmp_path, api_token=TOKEN))
    assert again.authenticate({"cookie": copied}, "127.0.0.1") is None
    assert again.authenticate({"cookie": other}, "127.0.0.1")


def test_a_session_over_the_api_can_be_ended_too(tmp_path: Path) -> None:
    """By the header that it is used with; what is no session ends nothing."""
    UserFile(tmp_path).add("rita", "reader", PASSWORD)
    access = AccessControl(load_settings(home=tmp_path))
    bearer = {"authorization": f"Bearer {access.login('rita', PASSWORD, '127.0.0.1')[1]}"}
    for headers in ({}, {"authorization": "Bearer x.y"}, {"authorization": "Basic eA=="}, {"cookie": "a=b;;="}):
        access.logout(headers)
    assert access.authenticate(bearer, "127.0.0.1")
    access.logout(bearer)
    with pytest.raises(LoginError):
        access.authenticate(bearer, "127.0.0.1")


def test_very_many_ended_sessions_stay_few(tmp_path: Path) -> None:
    """Who ends a thousand sessions ends all: the list stays small, and none comes back."""
    ended = EndedSessions(tmp_path)
    (tmp_path / "ended_sessions.json").write_text(
        json.dumps({"rita": [0, {str(number): 10**10 + number for number in range(1_000)}]})
    )
    assert ended.contains("rita", "7", 10**10 + 7)
    ended.add("rita", "last", 10**10 + 2_000)
    assert (tmp_path / "ended_sessions.json").stat().st_size < 100
    assert ended.contains("rita", "7", 10**10 + 7)
    assert ended.contains("rita", "last", 10**10 + 2_000)
    assert not ended.contains("rita", "new", 10**10 + 2_001)
    assert not ended.contains("rosa", "7", 10**10 + 7)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rita": 5}', '{"rita": [0, {"a": "b"}]}', "[" * 100_000])
def test_a_damaged_list_of_ended_sessions_revives_none(tmp_path: Path, content: str) -> None:
    """Nobody comes in by a session, and the error says what to do."""
    signer = SessionSigner(tmp_path)
    token = signer.issue("rita", "")
    assert signer.read(token)
    (tmp_path / "ended_sessions.json").write_text(content)
    with pytest.raises(UsersError, match=r"ended_sessions\.json' is no list of ended sessions.*session\.key"):
        signer.read(token)


def test_a_session_that_can_not_be_ended_says_so(tmp_path: Path) -> None:
    """Nobody believes that a session is over while it isn't."""
    signer = SessionSigner(tmp_path)
    (tmp_path / "ended_sessions.lock").mkdir()
    with pytest.raises(StoreError, match="can't be ended"):
        signer.end(signer.issue("rita", ""))


# Failed logins


def test_an_attacker_elsewhere_does_not_lock_the_owner_out(tmp_path: Path) -> None:
    """Whoever guesses has to wait; the right password from another address comes in meanwhile, again and again."""
    with serve_assistant(tmp_path, api_token=TOKEN) as served, client_at(served, "127.0.0.2") as attacker:
        served.access.users.add("rita", "reader", PASSWORD)
        assert [401] * 8 + [429] == [login_status(attacker, "rita", "wrong") for _ in range(9)]
        assert 429 == login_status(attacker, "rita", PASSWORD)
        assert 200 == login_status(served.client, "rita", PASSWORD)
        assert 200 == login_status(served.client, "rita", PASSWORD)


def test_a_name_that_is_guessed_from_everywhere_is_slowed(tmp_path: Path) -> None:
    """From then on each address gets one try with it in five minutes; who is right with it comes in."""
    for name in ("rita", "rosa"):
        UserFile(tmp_path).add(name, "reader", PASSWORD)
    access = AccessControl(load_settings(home=tmp_path))
    for number in range(8):
        with pytest.raises(LoginError):
            access.login("rita", "wrong", f"10.0.0.{number}")
    with pytest.raises(LimitError):
        access.login("rita", "wrong again", "10.0.0.1")
    with pytest.raises(LoginError):
        access.login("rita", "wrong", "10.0.0.99")
    with pytest.raises(LimitError):
        access.login("rita", PASSWORD, "10.0.0.99")
    assert access.login("rita", PASSWORD, "10.0.0.100")
    assert access.login("rita", PASSWORD, "10.0.0.100")
    assert access.login("rosa", PASSWORD, "10.0.0.1")


def test_addresses_of_one_site_count_together(tmp_path: Path) -> None:
    """Whoever has one IPv6 address has 2⁶⁴ of them."""
    UserFile(tmp_path).add("rita", "reader", PASSWORD)
    access = AccessControl(load_settings(home=tmp_path))
    for number in range(8):
        with pytest.raises(LoginError):
            access.login("rita", "wrong", f"2001:db8::{number}")
    with pytest.raises(LimitError):
        access.login("rita", PASSWORD, "2001:db8::ffff:1")
    assert access.login("rita", PASSWORD, "2001:db8:0:1::1")


# Proxies


def test_a_forwarded_address_counts_only_from_a_proxy_that_is_named(tmp_path: Path) -> None:
    """Else whoever guesses would come from a new address each time, and anybody could be made to wait."""
    with serve_assistant(tmp_path / "none", api_token=TOKEN) as served:
        served.access.users.add("rita", "reader", PASSWORD)
        codes = [
            login_status(served.client, "rita", "wrong", **{"x-forwarded-for": f"10.0.0.{number}"})
            for number in range(9)
        ]
        assert [401] * 8 + [429] == codes
        with client_at(served, "127.0.0.2") as owner:
            assert 200 == login_status(owner, "rita", PASSWORD, **{"x-forwarded-for": "127.0.0.1"})
    with serve_assistant(tmp_path / "named", api_token=TOKEN, proxies="10.1.0.0/16, 127.0.0.1") as served:
        served.access.users.add("rita", "reader", PASSWORD)
        codes = [
            login_status(served.client, "rita", "wrong", **{"x-forwarded-for": f"1.1.1.{number}, 10.0.0.1, 10.1.2.3"})
            for number in range(9)
        ]
        assert [401] * 8 + [429] == codes, "the last address that no named proxy has counts"
        assert 200 == login_status(served.client, "rita", PASSWORD, **{"x-forwarded-for": "10.0.0.2"})
        with client_at(served, "127.0.0.2") as stranger:
            assert 429 == login_status(served.client, "rita", PASSWORD, **{"x-forwarded-for": "10.0.0.1"})
            assert 200 == login_status(stranger, "rita", PASSWORD, **{"x-forwarded-for": "10.0.0.1"})


def test_https_is_believed_of_a_named_proxy_alone(tmp_path: Path) -> None:
    """The cookie is for HTTPS alone where the proxy that is named says so."""
    for proxies, is_secure in (("", False), ("127.0.0.1", True)):
        with serve_assistant(tmp_path / proxies, api_token=TOKEN, proxies=proxies) as served:
            form, headers = {"name": "", "password": TOKEN}, {"x-forwarded-proto": "https"}
            cookie = served.client.post("/login", data=form, headers=headers).headers["set-cookie"]
            assert is_secure == ("; secure" in cookie.lower())


@pytest.mark.parametrize("proxies", ["*", "nginx", "10.0.0.1/8", "10.0.0.1;10.0.0.2", "10.0.0.256"])
def test_what_is_no_address_is_no_proxy(tmp_path: Path, proxies: str) -> None:
    """A setting that trusts everybody or nobody by a mistake is refused."""
    with pytest.raises(SettingsError, match="proxies"):
        load_settings(home=tmp_path, proxies=proxies)


def test_a_server_behind_a_proxy_needs_users_or_a_token(tmp_path: Path) -> None:
    """Whoever comes through the proxy isn't on this machine."""
    with pytest.raises(AccessError, match="ASSISTANT_PROXIES would let everybody"):
        check_binding(load_settings(home=tmp_path, proxies="127.0.0.1"), "127.0.0.1")
    check_binding(load_settings(home=tmp_path, proxies="127.0.0.1", api_token=TOKEN), "127.0.0.1")


# Nobody left


def test_the_doors_stay_closed_when_the_last_user_goes(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whether removed or with the whole file; whoever tries to log in, the log and the command say why."""
    UserFile(tmp_path).add("rita", "editor", PASSWORD)
    with serve_assistant(tmp_path) as served, caplog.at_level(logging.ERROR):
        assert 401 == served.client.get("/api/v1/documents").status_code
        assert 0 == cli.main(["--home", str(tmp_path), "users", "remove", "rita"])
        assert "No user is left" in capsys.readouterr().err
        assert 401 == served.client.get("/api/v1/documents").status_code
        answer = served.client.post("/api/v1/login", json={"name": "rita", "password": PASSWORD})
        assert 401 == answer.status_code
        assert "the last user was removed" in answer.json()["error"]["message"]
        assert "the last user was removed" in served.client.post("/login", data={"password": "x"}).text
        assert 1 == caplog.text.count("the last user was removed")
        (tmp_path / "users.json").unlink()
        assert 401 == served.client.get("/api/v1/documents").status_code
        UserFile(tmp_path).add("rosa", "reader", PASSWORD)
        assert 200 == login_status(served.client, "rosa", PASSWORD)


def test_the_doors_stay_closed_when_the_first_user_goes_again(tmp_path: Path) -> None:
    """A server that was open closes with its first user, and opens no more."""
    with serve_assistant(tmp_path) as served:
        assert 200 == served.client.get("/api/v1/documents").status_code
        served.access.users.add("rita", "reader", PASSWORD)
        assert 401 == served.client.get("/api/v1/documents").status_code
        served.access.users.remove("rita")
        assert 401 == served.client.get("/api/v1/documents").status_code


SALT, KEY = "A" * 22 + "==", "A" * 43 + "="
DAMAGED = [
    "", "{", "[]", "{}", '{"users": 5}', '{"users": {"rita": {"role": "owner", "hash": "x"}}}', "[" * 100_000, "\udcff",
    *(
        json.dumps({"users": {"rita": {"role": "editor", "hash": scrypt}}})
        for scrypt in (5, "", "scrypt", "$" * 5, f"scrypt$8$1$1${SALT}", f"scrypt$0$8$1${SALT}${KEY}")
    ),
]  # fmt: skip


@pytest.mark.parametrize("content", DAMAGED)
def test_a_damaged_list_of_users_lets_nobody_in(tmp_path: Path, content: str) -> None:
    """Strangers are told neither the path nor to delete it; whoever runs the server is told the path."""
    access = AccessControl(load_settings(home=tmp_path))
    (tmp_path / "users.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    for work in (
        lambda: access.authenticate({}, "127.0.0.1"),
        lambda: access.login("rita", PASSWORD, "127.0.0.1"),
        lambda: access.find_user("rita"),
    ):
        with pytest.raises(UsersError) as raised:
            work()
        assert str(tmp_path) not in str(raised.value)
        assert "users.json" not in str(raised.value)
    for read in (UserFile(tmp_path).list_users, lambda: AccessControl(load_settings(home=tmp_path)).is_open):
        with pytest.raises(UsersError, match=re.escape(f"{tmp_path}/users.json")) as raised:
            read()
        assert "delete" not in str(raised.value).lower()
    assert not access.is_open
    (tmp_path / "users.json").unlink()
    assert not access.is_open, "a list that vanishes opens nothing"


@pytest.mark.parametrize("parameters", ["3$8$1", "999999$999999$1"])
def test_a_hash_that_scrypt_does_not_take_is_damage(tmp_path: Path, parameters: str) -> None:
    """It looks like one, but its parameters are none."""
    entries = {"rita": {"role": "editor", "hash": f"scrypt${parameters}${SALT}${KEY}"}}
    (tmp_path / "users.json").write_text(json.dumps({"users": entries}))
    with pytest.raises(UsersError, match="no list of users"):
        UserFile(tmp_path).verify("rita", PASSWORD)


def test_a_list_of_users_that_is_a_link_to_nowhere_is_damaged(tmp_path: Path) -> None:
    """A volume that isn't mounted opens no door."""
    (tmp_path / "users.json").symlink_to(tmp_path / "volume" / "users.json")
    with pytest.raises(UsersError):
        AccessControl(load_settings(home=tmp_path))


def test_strangers_learn_no_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither of the users nor of the index: not from the login page, and not from the signs of life."""
    UserFile(tmp_path).add("rita", "editor", PASSWORD)
    with serve_assistant(tmp_path) as served:
        monkeypatch.setattr(served.assistant, "documents", lambda: (_ for _ in ()).throw(StoreError(f"'{tmp_path}'")))
        answers = [served.client.get("/api/v1/ready")]
        assert 503 == answers[0].status_code
        (tmp_path / "users.json").write_text("{")
        answers += [served.client.get(path) for path in ("/", "/login", "/api/v1/health", "/api/v1/ready", "/docs")]
        answers += [served.client.post("/login", data={"name": "rita", "password": PASSWORD})]
        answers += [served.client.post("/api/v1/login", json={"name": "rita", "password": PASSWORD})]
        assert [403, 403] == [answer.status_code for answer in answers[-2:]]
        for answer in answers:
            assert str(tmp_path) not in answer.text
            assert "users.json" not in answer.text


@pytest.mark.hostile
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), lambda values: (
    st.lists(values) | st.dictionaries(st.sampled_from(["users", "rita", "role", "hash"]) | st.text(), values)
)).map(lambda value: json.dumps(value).encode()))  # fmt: skip
def test_no_list_of_users_raises_anything_else(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in the file: users, or the one error."""
    (tmp_path / "users.json").write_bytes(content)
    try:
        UserFile(tmp_path).list_users()
    except UsersError:
        return
