"""Who may come in: users of a file with passwords, or those whom an OAuth provider knows and an allow list names."""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import isawaitable
from pathlib import Path
from typing import Any

from panel.auth import AUTH_PROVIDERS
from tornado.web import HTTPError

from circuits import CircuitloomError, Problem

from .issuer import endpoints

EVERYBODY = "*"
SHORTEST_SECRET = 16
_PAGES = Path(__file__).parent / "static"
# These ask for passwords on our own page: they are no OAuth providers.
_NO_PROVIDERS = ("password", "pam")


@dataclass(frozen=True)
class Login:
    """How users log in: a file of names and passwords, or an OAuth provider; `cookies` signs what says who they are.

    `provider` is one of Panel's, or the address of an OpenID Connect issuer, which tells the rest. What it says of a
    user in its claim `claim` (by default their e-mail, or their name there) names their workspace, if `allow` names it:
    as it is, by its `@domain`, or all with `*`. `cookies` is a file with the secret, made where it is missing; without
    one a secret is drawn, and logins end with the server.
    """

    users: Path | None = None
    provider: str = ""
    key: str = ""
    secret: Path | None = None
    redirect: str = ""
    cookies: Path | None = None
    allow: tuple[str, ...] = ()
    claim: str = ""

    def settings(self) -> dict[str, Any]:
        """What Panel is told; raises CircuitloomError with everything that is missing or open to others."""
        problems: list[Problem] = []
        found: dict[str, Any] = {
            "cookie_secret": _kept(self.cookies, problems) if self.cookies else secrets.token_urlsafe(32),
            "logout_template": str(_PAGES / "logout.html"),
        }
        if bool(self.users) == bool(self.provider):
            both = "both" if self.users else "none"
            problems.append(Problem("serve", "one way to log in", both, "Give --users FILE, or --oauth NAME."))
        elif self.users:
            found |= self._by_password(self.users, problems)
        else:
            found |= self._by_provider(problems)
        if problems:
            raise CircuitloomError("\n".join(map(str, problems)))
        return found

    def admits(self, user: str, told: Mapping[str, Any] | None = None) -> bool:
        """Whether a user who is logged in may come in; `told` is what the provider says of them."""
        if self.users:
            return True
        if (told or {}).get("email_verified") is False and (told or {}).get("email") == user:
            return False
        name = user.casefold()
        domain = "@" + name.rpartition("@")[2] if "@" in name else ""
        return bool(name) and bool({name, domain, EVERYBODY} & {one.casefold() for one in self.allow if one})

    def _by_password(self, users: Path, problems: list[Problem]) -> dict[str, Any]:
        text = _secret(users, "--users", problems)
        if not problems and not _named_users(text):
            fix = 'Write {"name": "password", ...}.'
            problems.append(Problem(f"--users {users}", "names and passwords", "others", fix))
        return {"basic_auth": str(users), "login_template": str(_PAGES / "login.html")}

    def _by_provider(self, problems: list[Problem]) -> dict[str, Any]:
        if not self.key or self.secret is None:
            fix = "Give both, as your provider names them."
            problems.append(Problem("serve", "--oauth-key and --oauth-secret with --oauth", "not both", fix))
        if not self.allow:
            fix = f"Name users, @domain, or '{EVERYBODY}' for all whom the provider knows."
            problems.append(Problem("serve", "--allow with --oauth", "none", fix))
        known = sorted({*AUTH_PROVIDERS} - {*_NO_PROVIDERS})
        issuer = "://" in self.provider
        if not issuer and self.provider not in known:
            expected = f"the address of an issuer or one of {', '.join(known)}"
            problems.append(Problem("--oauth", expected, f"'{self.provider}'", "Name one."))
        return {
            "oauth_provider": _careful("generic" if issuer else self.provider) if not problems else "",
            "oauth_key": self.key,
            "oauth_secret": _secret(self.secret, "--oauth-secret", problems) if self.secret else "",
            "oauth_redirect_uri": self.redirect or None,
            "oauth_extra_params": endpoints(self.provider, problems) if issuer else {},
            "oauth_jwt_user": self.claim or ("email" if issuer else None),
            "oauth_error_template": str(_PAGES / "failed.html"),
            "login_template": None,
        }


def _careful(name: str) -> str:
    """A provider of Panel's that refuses an answer with an empty state: Panel lets it in from any browser."""
    kind = AUTH_PROVIDERS[name]

    async def get(handler: Any) -> None:
        if handler.get_argument("state", None) == "":
            raise HTTPError(401, "The answer of the provider names no state. Log in again.", reason="state mismatch")
        answer = kind.get(handler)
        if isawaitable(answer):
            await answer

    if not hasattr(kind, "careful"):
        made: Any = type(kind.__name__, (kind,), {"get": get, "careful": True})
        AUTH_PROVIDERS[name] = made
    return name


def _named_users(text: str) -> bool:
    """Whether a text is a JSON object of names and passwords."""
    try:
        users = json.loads(text)
    except ValueError:
        return False
    return (
        isinstance(users, dict) and bool(users) and all(name and isinstance(word, str) for name, word in users.items())
    )


def _kept(path: Path, problems: list[Problem]) -> str:
    """The secret in a file, which is made where it is missing."""
    try:
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(secrets.token_urlsafe(32))
    except FileExistsError:
        pass
    except OSError as error:
        problems.append(Problem(f"--cookie-secret {path}", "a file that can be made", str(error), "Give another one."))
        return ""
    text = _secret(path, "--cookie-secret", problems)
    if len(text) < SHORTEST_SECRET:
        expected, found = f"a secret of at least {SHORTEST_SECRET} characters", f"one of {len(text)}"
        problems.append(Problem(f"--cookie-secret {path}", expected, found, "Remove the file: another one is made."))
    return text


def _secret(path: Path, option: str, problems: list[Problem]) -> str:
    """The text of a file that only its owner can read."""
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            expected, found = "a file that only you can read", "one that others can"
            problems.append(Problem(f"{option} {path}", expected, found, f"Run chmod 600 {path}."))
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(f"{option} {path}", "a file that can be read", str(error), "Give another one."))
        return ""
