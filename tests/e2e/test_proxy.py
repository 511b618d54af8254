"""The lab's server behind nginx, with the configuration of docs/serving.md: TLS, websockets, cookies for TLS only."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.documents import read_blocks
from tests.e2e.conftest import SECONDS_TO_START, free_port, wait_until_alive
from tests.e2e.test_editor import RUN, log_in, prepare
from tests.source_tree import ROOT


def configuration(folder: Path, port: int, behind: int) -> str:
    """The documented server, at another port, with a certificate of its own and all files in the folder."""
    text = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
    (block,) = (one.text for one in read_blocks(text) if one.language == "nginx")
    for old, new in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("/etc/ssl/lab.example", f"{folder}/lab"),
        ("127.0.0.1:5006", f"127.0.0.1:{behind}"),
    ):
        assert old in block
        block = block.replace(old, new)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    user = "user root;\n" if os.geteuid() == 0 else ""
    start = f"{user}daemon off;\nworker_processes 1;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
    return f"{start}events {{}}\nhttp {{\naccess_log off;\n{paths}\n{block}}}\n"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """The https address of a lab with one user."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        pytest.skip(
            "expected the commands 'nginx' and 'openssl', found not both. Install Debian's nginx-light, openssl."
        )
    port, behind = free_port(), free_port()
    certificate = ("-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=lab.example")
    files = ("-keyout", str(tmp_path / "lab.key"), "-out", str(tmp_path / "lab.pem"))
    subprocess.run(["openssl", "req", *certificate, *files], check=True, capture_output=True)
    (tmp_path / "conf").write_text(configuration(tmp_path, port, behind), encoding="utf-8")
    (tmp_path / "users.json").write_text(json.dumps({"ada": "right"}), encoding="utf-8")
    (tmp_path / "users.json").chmod(0o600)
    words = ("serve", "--port", str(behind), "--origin", f"127.0.0.1:{port}", "--users", str(tmp_path / "users.json"))
    command = [sys.executable, "-c", RUN, *words, "--store", str(tmp_path / "store.db")]
    served = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL)
    proxy = subprocess.Popen([nginx, "-c", str(tmp_path / "conf"), "-e", str(tmp_path / "error.log")])
    try:
        wait_until_alive(f"http://127.0.0.1:{behind}")
        wait_until_open(port, proxy)
        yield f"https://127.0.0.1:{port}/"
    finally:
        for one in (proxy, served):
            one.terminate()
            one.wait(timeout=60)


def wait_until_open(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while True:
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None and time.monotonic() < deadline, "nginx does not start"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_lab_behind_nginx_logs_in_and_draws(lab: str, browser: Browser) -> None:
    context = browser.new_context(ignore_https_errors=True)
    problems: list[str] = []
    context.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page = context.new_page()
    prepare(page)
    page.goto(lab)
    assert page.url == f"{lab}login?next=%2F"
    log_in(page, "ada", "right")
    expect(page.locator(".bar h1")).to_have_text("digit_classifier")
    first = page.locator(".figure.node").first
    first.locator(".body").first.click()
    page.keyboard.press("Delete")
    expect(page.get_by_role("button", name="Undo").first).to_be_enabled()
    found = [one for one in context.cookies() if one["name"] == "user"]  # type: ignore[typeddict-item]
    assert [(one["secure"], one["sameSite"]) for one in found] == [(True, "Lax")]  # type: ignore[typeddict-item]
    page.goto("about:blank")
    context.close()
    assert not problems
