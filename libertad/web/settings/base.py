"""Settings common to demo, production and tests. Protections live here and nowhere else."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

from libertad.installed import BASE, CHECKOUT, default_home
from libertad.web.settings.limits import *  # noqa: F403
from libertad.web.settings.pages import *  # noqa: F403
from libertad.web.settings.secret import secret

LIBERTAD_HOME = default_home()
LIBERTAD_DEMO = False
# Seconds between two questions to a peer that has nothing new; never so long that a revocation waits.
LIBERTAD_EXCHANGE_EVERY = max(0.2, min(60.0, float(os.environ.get("LIBERTAD_EXCHANGE_EVERY", "5"))))
# A file (PEM) with the certificate authorities of peers' addresses, beside the system's own.
LIBERTAD_EXCHANGE_CA = os.environ.get("LIBERTAD_EXCHANGE_CA", "")
# Where services outside Libertad answer by a one-time page, and the key (hex) by which that host is known:
# `libertad answer-page keys`. Empty: no page is offered.
LIBERTAD_ANSWER_HOST = os.environ.get("LIBERTAD_ANSWER_HOST", "")
LIBERTAD_ANSWER_HOST_KEY = os.environ.get("LIBERTAD_ANSWER_HOST_KEY", "")
LIBERTAD_ANSWER_CA = os.environ.get("LIBERTAD_ANSWER_CA", "")
LIBERTAD_REQUIRE_CODE = True

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
SECRET_KEY = secret(LIBERTAD_HOME, "django")
LIBERTAD_CURSOR_KEY = secret(LIBERTAD_HOME, "cursors")
LIBERTAD_SESSION_KEY = secret(LIBERTAD_HOME, "sessions")
LIBERTAD_ACCOUNT_KEY = secret(LIBERTAD_HOME, "accounts")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "libertad.web",  # before allauth, so that its templates are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "libertad.journal",
    "libertad.access",
    "libertad.operations",
    "libertad.people",
    "libertad.evidence",
    "libertad.care",
    "libertad.figures",
    "libertad.board",
    "libertad.exchange",
    "libertad.hits",
    "libertad.hits.private",
    "libertad.field",
]

MIDDLEWARE = [
    # Outermost, so that a page that a later layer refuses has its headers as well.
    "csp.middleware.CSPMiddleware",
    "libertad.web.middleware.Headers",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "libertad.web.middleware.Rights",
    "libertad.web.middleware.Returns",
    "libertad.web.middleware.Marks",
    "libertad.web.submitting.Submissions",  # innermost: who may not ask is refused before
]

ROOT_URLCONF = "libertad.web.urls"
WSGI_APPLICATION = "libertad.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "libertad" / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["libertad.web.templatetags.posting"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "libertad.web.shell.shell",
            ],
        },
    },
]


def database(url: str) -> dict[str, Any]:
    """PostgreSQL by its URL, SQLite by 'sqlite:///path' or, where it is empty, in the node's home.

    Durable on both.
    """
    path = str(LIBERTAD_HOME / "libertad.sqlite3")
    if url.startswith("sqlite:"):
        path = url.removeprefix("sqlite:").replace("//", "", 1)
    elif url:
        parts = conninfo_to_dict(url)
        rest = {k: v for k, v in parts.items() if k not in ("dbname", "user", "password", "host", "port")}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.get("dbname", "libertad"),
            "USER": parts.get("user", ""),
            "PASSWORD": parts.get("password", ""),
            "HOST": parts.get("host", ""),
            "PORT": parts.get("port", ""),
            "CONN_MAX_AGE": None,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": rest,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
                "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON"
            ),
        },
    }


DATABASES = {"default": database(os.environ.get("LIBERTAD_DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["libertad.web.signing_in.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {"login": "libertad.web.signing_in.SignInForm"}
ACCOUNT_ADAPTER = "libertad.web.signing_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "service_number"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Guesses are limited by `access/guess_limits.py`: allauth's own limits shut out whoever shares an address.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None, "reauthenticate": "5/5m/user"}
MFA_ADAPTER = "libertad.web.signing_in.FactorAdapter"
MFA_FORMS = {
    "authenticate": "libertad.web.factors.AuthenticateForm",
    "reauthenticate": "libertad.web.factors.ReauthenticateForm",
    "add_webauthn": "libertad.web.passkeys.AddForm",
    "authenticate_webauthn": "libertad.web.passkeys.AuthenticateForm",
    "reauthenticate_webauthn": "libertad.web.passkeys.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
# Where passkeys are taken, besides the browser's own check; ':*' stands for any port of this one machine.
LIBERTAD_PASSKEY_ORIGINS = ["http://localhost:*"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Libertad"

SESSION_ENGINE = "libertad.access.sessions"
SESSION_COOKIE_NAME = "libertad"
SESSION_COOKIE_AGE = 4 * 60 * 60  # and `middleware.Rights` ends it 4 h after sign-in, however busy it was
MARK_COOKIE_NAME = "browser"  # by which a browser is known in which somebody has signed in before
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie would say it in clear
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "libertad.web.errors.csrf_failed"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

FILE_UPLOAD_HANDLERS = ["libertad.access.uploads.InMemory"]  # never a file that is not sealed

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
# A package brings them collected (tools/package.py).
STATIC_ROOT = BASE / "build" / "static" if CHECKOUT else BASE / "libertad" / "web" / "collected"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# A file with the token of a monitor that does not run on this machine; and how lines of the log are written.
LIBERTAD_WATCH_TOKEN_FILE = os.environ.get("LIBERTAD_WATCH_TOKEN_FILE", "")
LOG_FORMAT = "json" if os.environ.get("LIBERTAD_LOG_FORMAT", "") == "json" else "plain"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "impersonal": {"()": "libertad.web.logs.Impersonal"},
        "throttle": {"()": "libertad.web.log_throttle.shared"},
    },
    "formatters": {"plain": {"()": "libertad.web.logs.Plain"}, "json": {"()": "libertad.web.logs.Json"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["impersonal", "throttle"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # In place of handlers of its own, which print exceptions with their values, however it was started.
        **{
            name: {"handlers": ["console"], "level": "WARNING", "propagate": False}
            for name in ("uvicorn", "uvicorn.error", "uvicorn.access")
        },
    },
}
