"""Production settings: Django's own deployment check is clean, and nothing outside turns a protection off."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
TELL = """
import json, django
from django.conf import settings
django.setup()
from django.urls import resolve, Resolver404
def there(path):
    try:
        resolve(path)
        return True
    except Resolver404:
        return False
print(json.dumps({
    "debug": settings.DEBUG, "demo": settings.LIBERTAD_DEMO, "codes": settings.LIBERTAD_REQUIRE_CODE,
    "urls": settings.ROOT_URLCONF, "csp": settings.CONTENT_SECURITY_POLICY,
    "middleware": settings.MIDDLEWARE,
    "secure": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_SSL_REDIRECT,
               settings.SESSION_COOKIE_HTTPONLY, settings.CSRF_COOKIE_HTTPONLY,
    settings.LANGUAGE_COOKIE_SECURE],
    "names": [settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.MARK_COOKIE_NAME,
              settings.LANGUAGE_COOKIE_NAME],
    "hsts": settings.SECURE_HSTS_SECONDS, "age": settings.SESSION_COOKIE_AGE,
    "engine": settings.SESSION_ENGINE, "every": settings.LIBERTAD_EXCHANGE_EVERY,
    "hashers": settings.PASSWORD_HASHERS, "limits": settings.ACCOUNT_RATE_LIMITS,
    "hosts": settings.ALLOWED_HOSTS, "passkeys": settings.LIBERTAD_PASSKEY_ORIGINS,
    "insecure origin": getattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", False),
    "adapter": [settings.MFA_ADAPTER, settings.ACCOUNT_ADAPTER], "frame": settings.X_FRAME_OPTIONS,
    "bypass": getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", ""),
    "backends": settings.AUTHENTICATION_BACKENDS,
    "demo routes": [there("/demo/"), there("/gallery/list/")], "apps": settings.INSTALLED_APPS,
}))
"""
TRIED = {
    "DEBUG": "1",
    "DJANGO_DEBUG": "True",
    "LIBERTAD_DEBUG": "1",
    "LIBERTAD_DEMO": "1",
    "DEMO": "1",
    "LIBERTAD_REQUIRE_CODE": "0",
    "LIBERTAD_REQUIRE_CODES": "false",
    "REQUIRE_CODE": "0",
    "SECURE_SSL_REDIRECT": "0",
    "SESSION_COOKIE_SECURE": "0",
    "CSRF_COOKIE_SECURE": "0",
    "ALLOWED_HOSTS": "*",
    "DJANGO_ALLOWED_HOSTS": "*",
    "ROOT_URLCONF": "libertad.web.demo_urls",
    "MIDDLEWARE": "",
    "CONTENT_SECURITY_POLICY": "{}",
    "MFA_TOTP_INSECURE_BYPASS_CODE": "000000",
    "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": "1",
    "LIBERTAD_PASSKEY_ORIGINS": "https://evil.example",
    "LIBERTAD_TEST_DB": "sqlite",
    "PYTHONDEBUG": "1",
    "TESTING": "1",
    "SECRET_KEY": "known",
    "DJANGO_SECRET_KEY": "known",
    "LIBERTAD_SECRET_KEY": "known",
    "LIBERTAD_ENV": "test",
    "LIBERTAD_SETTINGS": "test",
    "DJANGO_ENV": "development",
    "ENV": "dev",
    "SESSION_COOKIE_AGE": "9999999",
    "ACCOUNT_RATE_LIMITS": "{}",
    "LIBERTAD_SESSION_KEY": "00",
    "LIBERTAD_FACTOR_KEY": "00",
}


def run(home: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("LIBERTAD", "DJANGO"))
    }
    environ |= {
        "LIBERTAD_HOME": str(home),
        "LIBERTAD_HOSTS": "example.org",
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.production",
        **variables,
    }
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120
    )


def settings_of(home: Path, **variables: str) -> dict[str, Any]:
    done = run(home, "-c", TELL, **variables)
    assert done.returncode == 0, done.stderr
    settings: dict[str, Any] = json.loads(done.stdout)
    return settings


def test_the_deployment_check_is_clean(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout + done.stderr


def test_the_deployment_check_finds_a_planted_fault(tmp_path: Path) -> None:
    (tmp_path / "spoiled.py").write_text(
        "from libertad.web.settings.production import *\nSESSION_COOKIE_SECURE = False\n"
    )
    done = run(
        tmp_path,
        "manage.py",
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        DJANGO_SETTINGS_MODULE="spoiled",
        PYTHONPATH=str(tmp_path),
    )
    assert done.returncode != 0 and "security.W012" in done.stderr


def test_no_environment_variable_switches_a_protection_off(tmp_path: Path) -> None:
    plain = settings_of(tmp_path)
    assert plain["debug"] is False and plain["demo"] is False and plain["codes"] is True
    assert plain["secure"] == [True] * 6 and plain["demo routes"] == [False, False]
    assert all(name.startswith("__Host-") for name in plain["names"])
    assert plain["hsts"] >= 365 * 24 * 60 * 60 and plain["bypass"] == "" and plain["hosts"] == ["example.org"]
    assert plain["passkeys"] == ["https://example.org"] and plain["insecure origin"] is False
    assert "Argon2" in plain["hashers"][0] and plain["urls"] == "libertad.web.urls"
    assert settings_of(tmp_path, **TRIED) == plain
    assert settings_of(tmp_path, **dict.fromkeys(TRIED, "")) == plain
    secret = (tmp_path / "secrets" / "django").read_text()
    assert len(secret) == 64, "the secret is made for this node and no variable gives it"


def test_settings_read_only_what_they_must_from_the_environment() -> None:
    """Whoever adds a variable has to add it here, and so to think about what it switches."""
    read = set()
    settings = ROOT / "libertad" / "web" / "settings"
    files = [settings / f"{name}.py" for name in ("base", "limits", "production", "secret")]
    for file in [*files, ROOT / "libertad" / "installed.py"]:
        text = file.read_text("utf-8")
        read |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', text))
    assert read == {
        "LIBERTAD_HOME",
        "LIBERTAD_DATABASE_URL",
        "LIBERTAD_HOSTS",
        "LIBERTAD_EXCHANGE_EVERY",
        "LIBERTAD_EXCHANGE_CA",
        # A host of one-time pages: where it is, and the key by which the node believes it.
        "LIBERTAD_ANSWER_HOST",
        "LIBERTAD_ANSWER_HOST_KEY",
        "LIBERTAD_ANSWER_CA",
        "LIBERTAD_TRUSTED_PROXIES",
        "LIBERTAD_WATCH_TOKEN_FILE",
        "LIBERTAD_LOG_FORMAT",
        "XDG_DATA_HOME",
    }


LIMITS = re.findall(r'bounded\("(\w+)"', (ROOT / "libertad/web/settings/limits.py").read_text("utf-8"))


def test_no_variable_takes_a_limit_away(tmp_path: Path) -> None:
    """Each may be set within bounds, and each stands in the documentation."""
    script = (
        f"import json; from libertad.web.settings import limits; "
        f"print(json.dumps({{n: getattr(limits, n) for n in {LIMITS!r}}}))"
    )
    limits = {}
    for value in ("", "0", "1e18", "-1", "nan"):
        done = run(tmp_path, "-c", script, **dict.fromkeys(LIMITS, value))
        assert done.returncode == 0, done.stderr
        limits[value] = json.loads(done.stdout)
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    assert len(LIMITS) > 10
    for name in LIMITS:
        assert f"`{name}`" in page, name
        assert 0 < limits["0"][name] == limits["-1"][name] <= limits[""][name] <= limits["1e18"][name] < 1e11
        assert limits["0"][name] <= limits["nan"][name] <= limits["1e18"][name], name
    refused = run(tmp_path, "-c", script, LIBERTAD_MOST_HEAD="much")
    assert refused.returncode != 0 and "is to be a number" in refused.stderr


@pytest.mark.parametrize("given", ["*", "localhost", "0.0.0.0/0", "::/0", "10.0.0.0/7", "127.0.0.1,*"])
def test_a_proxy_is_declared_by_its_address(tmp_path: Path, given: str) -> None:
    refused = run(tmp_path, "-c", "import libertad.web.settings.production", LIBERTAD_TRUSTED_PROXIES=given)
    assert refused.returncode != 0 and "LIBERTAD_TRUSTED_PROXIES" in refused.stderr


@pytest.mark.parametrize(("given", "every"), [("1", 1), ("1e9", 60), ("nan", 60), ("0", 0.2), ("-5", 0.2)])
def test_no_variable_stops_a_node_from_asking_for_news(tmp_path: Path, given: str, every: float) -> None:
    """A revocation or a removed reader arrives with the news."""
    assert settings_of(tmp_path, LIBERTAD_EXCHANGE_EVERY=given)["every"] == every


@pytest.mark.parametrize(("demo", "urls"), [(False, "libertad.web.demo_urls"), (True, "libertad.web.urls")])
def test_the_demos_sign_in_refuses_even_when_it_is_called(
    world: Any, settings: Any, rf: Any, demo: bool, urls: str
) -> None:
    from django.contrib.sessions.backends.base import SessionBase

    from libertad.access.models import Account
    from libertad.web.demo import sign_in_as

    settings.LIBERTAD_DEMO = demo
    settings.ROOT_URLCONF = urls
    request = rf.post("/demo/", {"account": str(Account.objects.all()[0].pk)})
    request.session = SessionBase()
    assert sign_in_as(request).status_code == 404
    assert not getattr(request, "user", None)


def test_secrets_are_readable_by_their_user_alone(tmp_path: Path) -> None:
    settings_of(tmp_path)
    files = list((tmp_path / "secrets").iterdir())
    assert {path.name for path in files} == {"django", "cursors", "sessions", "accounts"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    files[0].chmod(0o644)
    done = run(tmp_path, "-c", TELL)
    assert done.returncode != 0 and "chmod 600" in done.stderr
