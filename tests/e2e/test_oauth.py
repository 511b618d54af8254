"""Logging in through a real OpenID Connect server: in, out, and who is not let in."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Response, expect
from playwright.sync_api import Page as Tab

from editor.store import Database
from tests.e2e.conftest import SECONDS_TO_START, free_port, wait_until_alive
from tests.e2e.test_editor import RUN, handshake, prepare
from tests.source_tree import ROOT

PASSWORD = "correct horse"
SECRET = "between lab and provider"


@contextmanager
def running(*command: str, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process from the root of the project, ended at the end."""
    with log.open("wb") as file:
        started = subprocess.Popen(
            [sys.executable, *command], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=file, stderr=file
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def wait_until_told(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            with urllib.request.urlopen(f"{address}/.well-known/openid-configuration", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The address of a lab's server whose users an OpenID Connect server knows; of them ada may come in."""
    if find_spec("canaille") is None:
        pytest.skip("expected the package canaille, found none. Run pip install 'canaille[front,oidc,server]'.")
    port, log = free_port(), tmp_path / "provider.log"
    issuer, address = f"http://127.0.0.1:{free_port()}", f"http://127.0.0.1:{port}"
    (tmp_path / "secret").write_text(SECRET, encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    words = ("serve", "--port", str(port), "--store", str(tmp_path / "store.db"), "--allow", "@ada.example")
    oauth = ("--oauth", issuer, "--oauth-key", "loom", "--oauth-secret", str(tmp_path / "secret"))
    more = ("--oauth-redirect", f"{address}/login", "--cookie-secret", str(tmp_path / "cookies"))
    provider = ("-m", "tests.e2e.provider", issuer.rpartition(":")[2], f"{address}/login")
    with running(*provider, log=log) as server:
        wait_until_told(issuer, server, log)
        with running("-c", RUN, *words, *oauth, *more, log=tmp_path / "lab.log"):
            wait_until_alive(address)
            yield address


def log_in(tab: Tab, lab: str, name: str, problems: list[str]) -> None:
    """Give name and password to the provider, whose pages' own problems are not ours, and come back."""
    tab.locator("[name=login]").fill(name)
    tab.locator("[name=login]").press("Enter")
    tab.locator("[name=password]").fill(PASSWORD)
    tab.locator("[name=password]").press("Enter")
    tab.wait_for_url(lambda url: url.startswith(lab))
    problems.clear()
    tab.goto(lab)


def arrived(found: Response | None) -> Response:
    assert found is not None
    return found


@pytest.mark.slow
def test_a_user_of_a_provider_comes_in_and_logs_out(
    page: Tab, lab: str, tmp_path: Path, page_problems: list[str]
) -> None:
    prepare(page)
    page.goto(lab)
    assert urlsplit(page.url).port != urlsplit(lab).port
    log_in(page, lab, "ada", page_problems)
    expect(page.locator(".bar h1")).to_have_text("digit_classifier")
    cookies = {one["name"]: one for one in page.context.cookies(lab)}  # type: ignore[typeddict-item]
    assert cookies["user"]["httpOnly"] and cookies["id_token"]["httpOnly"]  # type: ignore[typeddict-item]
    assert (tmp_path / "cookies").stat().st_mode & 0o777 == 0o600
    page.get_by_label("Panels").get_by_role("button", name="Files").click()
    expect(page.locator(".user")).to_have_text("Logged in as ada@ada.example. Log out")
    page.get_by_role("link", name="Log out").click()
    expect(page.get_by_text("You are logged out.")).to_be_visible()
    assert not {"user", "id_token", "access_token"} & {one["name"] for one in page.context.cookies(lab)}  # type: ignore[typeddict-item]
    page.goto("about:blank")
    with Database(tmp_path / "store.db").reading() as connection:
        assert connection.exec_driver_sql("select name from workspaces").all() == [("ada@ada.example",)]


@pytest.mark.slow
def test_a_user_who_is_not_allowed_stays_outside(page: Tab, lab: str, tmp_path: Path, page_problems: list[str]) -> None:
    prepare(page)
    page.goto(lab)
    log_in(page, lab, "eve", page_problems)
    expect(page.get_by_role("alert")).to_have_text(
        "serve: expected a user who is let in, found 'eve@eve.example'. "
        "Ask whoever runs this server, or log out and come as somebody else."
    )
    page.goto("about:blank")
    with Database(tmp_path / "store.db").reading() as connection:
        assert connection.exec_driver_sql("select name from workspaces").all() == []


@pytest.mark.slow
def test_an_answer_that_another_browser_asked_for_is_refused(
    page: Tab, browser: Browser, lab: str, page_problems: list[str]
) -> None:
    prepare(page)
    page.goto(lab)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    log_in(page, lab, "eve", page_problems)
    (answer,) = (parse_qs(urlsplit(url).query) for url in asked if url.startswith(f"{lab}/login?code="))
    other = browser.new_context().new_page()
    for state in (answer["state"][0], "wrong", ""):
        found = arrived(other.goto(f"{lab}/login?{urlencode({'code': answer['code'][0], 'state': state})}"))
        assert found.status == 401
        expect(other.get_by_role("alert")).to_contain_text("Logging in failed: state mismatch")
        assert not [one for one in other.context.cookies(lab) if one["name"] == "user"]  # type: ignore[typeddict-item]
    found = arrived(other.goto(f"{lab}/login?{urlencode({'error': '<img src=x onerror=alert(1)>'})}"))
    expect(other.get_by_role("alert")).to_contain_text("<img src=x onerror=alert(1)>")
    assert handshake(f"{lab}/", lab, "user=ada@ada.example")[0] == 403
    other.context.close()
    page_problems.clear()
