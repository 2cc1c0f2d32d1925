"""For trying on one machine, without TLS: it answers to this machine's own names alone."""

from __future__ import annotations

from libertad.answer_page.settings import *  # noqa: F403
from libertad.answer_page.settings import STORAGES

ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
