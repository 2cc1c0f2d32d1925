"""The host of one-time pages: no database of a node, no session, no cookie. Every protection is on."""

from __future__ import annotations

import os
from pathlib import Path

from libertad.answer_page.signing import signing_key
from libertad.installed import BASE, CHECKOUT, data_folder
from libertad.web.settings.limits import *  # noqa: F403
from libertad.web.settings.limits import KIB
from libertad.web.settings.pages import CONTENT_SECURITY_POLICY as NODES
from libertad.web.settings.pages import LANGUAGES as LANGUAGES
from libertad.web.settings.pages import LOCALE_PATHS as LOCALE_PATHS

_named = os.environ.get("LIBERTAD_ANSWERS_HOME", "")
LIBERTAD_ANSWERS_HOME = Path(_named) if _named else data_folder() / "answer-page"
LIBERTAD_ANSWERS_STORE = LIBERTAD_ANSWERS_HOME / "pages.sqlite3"
LIBERTAD_ANSWERS_KEY = signing_key(LIBERTAD_ANSWERS_HOME / "key")
# Public keys (hex) of the care nodes that may put pages here: `libertad answer-page keys --node` tells it.
LIBERTAD_ANSWERS_NODES = frozenset(filter(None, os.environ.get("LIBERTAD_ANSWERS_NODES", "").split(",")))

DEBUG = False
ALLOWED_HOSTS = [host for host in os.environ.get("LIBERTAD_ANSWERS_HOSTS", "").split(",") if host]
SECRET_KEY = bytes(LIBERTAD_ANSWERS_KEY).hex()  # Django asks for one; nothing is signed with it here
INSTALLED_APPS = ["django.contrib.staticfiles", "libertad.answer_page"]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",
    "libertad.answer_page.middleware.Headers",
    "libertad.answer_page.middleware.Paced",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "libertad.answer_page.middleware.Language",
    "libertad.answer_page.middleware.OwnForms",
]
ROOT_URLCONF = "libertad.answer_page.urls"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "libertad" / "answer_page" / "templates", BASE / "libertad" / "web" / "templates"],
        "OPTIONS": {
            "libraries": {"look": "libertad.web.templatetags.look"},
            "context_processors": ["libertad.answer_page.views.page_context"],
        },
    },
]
DATABASES: dict[str, object] = {}
DATA_UPLOAD_MAX_MEMORY_SIZE = 320 * KIB  # a node's request; a page's form is far below
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20
FILE_UPLOAD_HANDLERS: list[str] = []

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# As a node's, and without any script.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        **NODES["DIRECTIVES"],
        "script-src": ["'none'"],
        "connect-src": ["'none'"],
        "img-src": ["'self'"],
    }
}

LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = BASE / "build" / "static" if CHECKOUT else BASE / "libertad" / "web" / "collected"
STATICFILES_DIRS = [BASE / "libertad" / "web" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "impersonal": {"()": "libertad.web.logs.Impersonal"},
        "throttle": {"()": "libertad.web.log_throttle.shared"},
    },
    "formatters": {"plain": {"()": "libertad.web.logs.Plain"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "filters": ["impersonal", "throttle"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["console"], "level": "WARNING", "propagate": False}
        for name in ("django", "django.server", "uvicorn", "uvicorn.error", "uvicorn.access")
    },
}
