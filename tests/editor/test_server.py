"""What the server is told: who may log in, where from, how much may be sent; and the canvas in a notebook."""

import json
from pathlib import Path

import pytest

import editor
from circuits import CircuitloomError
from editor.canvas import Canvas
from editor.login import Login
from editor.server import Place, opened_store
from gallery import entry


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_users_of_a_file_log_in(tmp_path: Path) -> None:
    users = secret(tmp_path / "users.json", json.dumps({"ada": "x"}))
    cookies = secret(tmp_path / "cookies", "a secret that is long\n")
    found = Login(users, cookies=cookies).settings()
    assert (found["basic_auth"], found["cookie_secret"]) == (str(users), "a secret that is long")
    assert Login(users).settings()["cookie_secret"] != Login(users).settings()["cookie_secret"]


def test_a_secret_for_cookies_is_made_once_and_kept(tmp_path: Path) -> None:
    login = Login(secret(tmp_path / "users.json", '{"ada": "x"}'), cookies=tmp_path / "cookies")
    made = login.settings()["cookie_secret"]
    assert len(made) > 40 and login.settings()["cookie_secret"] == made
    assert (tmp_path / "cookies").stat().st_mode & 0o777 == 0o600
    (tmp_path / "cookies").write_text("short")
    with pytest.raises(CircuitloomError) as error:
        login.settings()
    assert str(error.value) == (
        f"--cookie-secret {tmp_path / 'cookies'}: expected a secret of at least 16 characters, found one of 5. "
        "Remove the file: another one is made."
    )


def test_only_those_who_are_allowed_come_in() -> None:
    login = Login(provider="github", allow=("ada", "@lab.example"))
    assert [login.admits(name) for name in ("ada", "Ada", "eve@lab.example", "EVE@LAB.EXAMPLE")] == [True] * 4
    for name in ("", "eve", "lab.example", "@ada", "eve@lab.example.org", "eve@evil-lab.example", "*"):
        assert not login.admits(name), name
    assert not login.admits("eve@lab.example", {"email": "eve@lab.example", "email_verified": False})
    assert login.admits("eve@lab.example", {"email": "eve@lab.example", "email_verified": True})
    assert Login(provider="github", allow=("*",)).admits("anybody")
    assert not Login(provider="github", allow=("",)).admits("")


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("http://lab.example", "expected an address with https, found http. Give the issuer's https address."),
        ("http://127.0.0.1:1", "expected an OpenID Connect issuer that tells its endpoints, found <urlopen error"),
    ],
)
def test_an_issuer_that_cannot_be_used_is_told(tmp_path: Path, issuer: str, said: str) -> None:
    with pytest.raises(CircuitloomError, match=f"^--oauth {issuer}: {said}"):
        Login(provider=issuer, key="k", secret=secret(tmp_path / "s", "hidden"), allow=("*",)).settings()


def test_a_provider_is_passed_through(tmp_path: Path) -> None:
    hidden = secret(tmp_path / "s", "hidden")
    login = Login(provider="github", key="k", secret=hidden, redirect="https://lab.example/", allow=("ada",))
    found = login.settings()
    del found["oauth_error_template"]
    assert {key: found[key] for key in found if key.startswith("oauth")} == {
        "oauth_extra_params": {},
        "oauth_jwt_user": None,
        "oauth_provider": "github",
        "oauth_key": "k",
        "oauth_secret": "hidden",
        "oauth_redirect_uri": "https://lab.example/",
    }


def test_what_is_missing_or_open_to_others_is_told_whole(tmp_path: Path) -> None:
    with pytest.raises(CircuitloomError) as error:
        Login().settings()
    assert str(error.value) == "serve: expected one way to log in, found none. Give --users FILE, or --oauth NAME."
    users = secret(tmp_path / "users.json", "{}", 0o644)
    with pytest.raises(CircuitloomError) as error:
        Login(users, cookies=tmp_path / "none" / "c").settings()
    assert str(error.value).splitlines() == [
        f"--cookie-secret {tmp_path}/none/c: expected a file that can be made, found [Errno 2] No such file or directory: '{tmp_path}/none/c'. Give another one.",
        f"--users {users}: expected a file that only you can read, found one that others can. Run chmod 600 {users}.",
    ]
    with pytest.raises(CircuitloomError) as error:
        Login(provider="gitub", key="k").settings()
    assert str(error.value).splitlines() == [
        "serve: expected --oauth-key and --oauth-secret with --oauth, found not both. Give both, as your provider names them.",
        "serve: expected --allow with --oauth, found none. Name users, @domain, or '*' for all whom the provider knows.",
        "--oauth: expected the address of an issuer or one of auth0, auth_code, azure, azurev2, bitbucket, generic, github, gitlab, google, okta, found 'gitub'. Name one.",
    ]


def test_a_file_of_users_must_hold_names_and_passwords(tmp_path: Path) -> None:
    for text in ("{", "[]", "{}", '{"ada": 3}', '{"": "x"}'):
        with pytest.raises(CircuitloomError, match="expected names and passwords"):
            Login(secret(tmp_path / "users.json", text)).settings()


def test_only_named_origins_and_sizes_come_in() -> None:
    found = Place(5006, "0.0.0.0", ("lab.example",), 3).settings()
    assert found["websocket_origin"] == ["127.0.0.1:5006", "localhost:5006", "lab.example"]
    assert found["websocket_max_message_size"] == 3_000_000


def test_the_store_lies_where_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    places = (opened_store(), opened_store(str(tmp_path / "a.sqlite")), opened_store(f"sqlite:///{tmp_path}/b.sqlite"))
    assert [store.url.removeprefix(f"sqlite:///{tmp_path}/") for store in places] == [
        "circuitloom/workspace.sqlite",
        "a.sqlite",
        "b.sqlite",
    ]
    for store in places:
        store.close()


def test_a_circuit_is_shown_in_a_notebook() -> None:
    circuit = entry("attention").circuit
    shown = editor.show(circuit)
    assert isinstance(shown, Canvas) and shown.circuit == circuit == editor.show("attention").circuit
    assert json.loads(shown.start)["whole"]["title"] == "attention"
    with pytest.raises(AttributeError, match="no attribute 'hide'"):
        editor.hide  # noqa: B018
