"""An OpenID Connect server with two users: `python -m tests.e2e.provider PORT REDIRECT`; needs the package canaille."""

import sys
from datetime import UTC, datetime

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from canaille.oidc.jose import make_default_rsa_jwk
from werkzeug.serving import run_simple

PASSWORD = "correct horse"
SECRET = "between lab and provider"


def main(port: int, redirect: str) -> None:
    """Serve on this machine, all in memory, until it is ended."""
    key = make_default_rsa_jwk().as_dict(private=True)
    config = {
        "SECRET_KEY": "signs its cookies",
        "SERVER_NAME": f"127.0.0.1:{port}",
        "PREFERRED_URL_SCHEME": "http",
        "CANAILLE": {"DATABASE": "memory"},
        "CANAILLE_OIDC": {"REQUIRE_NONCE": False, "ACTIVE_JWKS": [key]},
    }
    app = create_app(config=config, env_file=None)
    with app.app_context(), Backend.instance.session():
        for name in ("ada", "eve"):
            about = {"user_name": name, "family_name": f"O'{name}", "formatted_name": f"{name} O'{name}"}
            user = models.User(**about, emails=[f"{name}@{name}.example"], password=PASSWORD)
            Backend.instance.save(user)
        client = models.Client(
            client_id="loom",
            client_secret=SECRET,
            client_name="Circuitloom",
            client_uri="http://127.0.0.1",
            redirect_uris=[redirect],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "email", "profile"],
            token_endpoint_auth_method="client_secret_post",
            client_id_issued_at=datetime.now(UTC),
        )
        Backend.instance.save(client)
    run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
