"""An OpenID Connect issuer: where it logs users in, as it says itself at the address that the standard gives.

Source: OpenID Connect Discovery 1.0, sections 3 and 4.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from circuits import Problem

SECONDS = 20
MOST_BYTES = 1_000_000
# What is asked for: who the user is, and nothing that works when they are away.
SCOPES = ("openid", "email", "profile")
_NAMES = {
    "AUTHORIZE_URL": "authorization_endpoint",
    "TOKEN_URL": "token_endpoint",
    "USER_URL": "userinfo_endpoint",
}
_HERE = ("127.0.0.1", "localhost", "::1")


def endpoints(issuer: str, problems: list[Problem]) -> dict[str, object]:
    """Its addresses by Panel's names and the scopes to ask for; what is wrong is added to the problems."""
    where, parts = f"--oauth {issuer}", urlsplit(issuer)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
        problems.append(Problem(where, "an address with https", parts.scheme, "Give the issuer's https address."))
        return {}
    try:
        with urllib.request.urlopen(
            f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=SECONDS
        ) as answer:
            told = json.loads(answer.read(MOST_BYTES))
        found: dict[str, object] = {name: str(told[key]) for name, key in _NAMES.items()}
        named, scopes = str(told["issuer"]), told.get("scopes_supported", SCOPES)
        ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_post"])
        found["scope"] = [scope for scope in SCOPES if scope in scopes]
    except (OSError, ValueError, KeyError, TypeError) as error:
        cause = str(error) if isinstance(error, urllib.error.URLError) else f"{type(error).__name__} {error}"
        fix = "Give the issuer's address, without what comes after it."
        problems.append(Problem(where, "an OpenID Connect issuer that tells its endpoints", cause, fix))
        return {}
    if named.rstrip("/") != issuer.rstrip("/"):
        problems.append(Problem(where, "the issuer's own address", named, "Give that, if you trust it."))
    if "client_secret_post" not in ways:
        fix = "Allow client_secret_post there."
        problems.append(Problem(where, "a client secret sent in the form", ", ".join(map(str, ways)), fix))
    return found
