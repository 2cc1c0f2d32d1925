"""Production. Every protection is on and no environment variable turns one off."""

from __future__ import annotations

import os

from libertad.web.settings.base import *  # noqa: F403

ALLOWED_HOSTS = [host for host in os.environ.get("LIBERTAD_HOSTS", "").split(",") if host]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
# A passkey belongs to one whole name: none is taken at a name that only a '.example.org' or a '*' lets in.
LIBERTAD_PASSKEY_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if host[0] not in ".*["]
SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 63072000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-libertad"
CSRF_COOKIE_NAME = "__Host-form"
MARK_COOKIE_NAME = "__Host-browser"
LANGUAGE_COOKIE_NAME = "__Host-language"
LANGUAGE_COOKIE_SECURE = True
