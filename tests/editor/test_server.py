"""What the server is told: who may log in, where from, how much may be sent; and the canvas in a notebook."""

import json
from pathlib import Path

import pytest

import editor
from circuits import CircuitloomError
from editor.canvas import Canvas
from editor.server import Login, Place, opened_store
from gallery import entry


def secret(path: Path, text: str, mode: int = 0o600) -> Path:
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def test_users_of_a_file_log_in(tmp_path: Path) -> None:
    users = secret(tmp_path / "users.json", json.dumps({"ada": "x"}))
    cookies = secret(tmp_path / "cookies", "a long secret\n")
    found = Login(users, cookies=cookies).settings()
    assert (found["basic_auth"], found["cookie_secret"]) == (str(users), "a long secret")
    assert Login(users).settings()["cookie_secret"] != Login(users).settings()["cookie_secret"]


def test_a_provider_is_passed_through(tmp_path: Path) -> None:
    login = Login(provider="github", key="k", secret=secret(tmp_path / "s", "hidden"), redirect="https://lab.example/")
    found = login.settings()
    assert {key: found[key] for key in found if key.startswith("oauth")} == {
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
        Login(users, cookies=tmp_path / "none").settings()
    assert str(error.value).splitlines() == [
        f"--cookie-secret {tmp_path / 'none'}: expected a file that can be read, found [Errno 2] No such file or directory: '{tmp_path / 'none'}'. Give another one.",
        f"--users {users}: expected a file that only you can read, found one that others can. Run chmod 600 {users}.",
    ]
    with pytest.raises(CircuitloomError, match="--oauth-key and --oauth-secret with --oauth, found not both"):
        Login(provider="github", key="k").settings()


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
