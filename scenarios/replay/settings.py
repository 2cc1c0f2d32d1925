"""Nodes of the replay: real ones, so police and care are held apart; without TLS, for all is loopback."""

from __future__ import annotations

from libertad.web.settings.base import *  # noqa: F403
from libertad.web.settings.base import STORAGES

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
# Static files as they lie in the sources: no step before the replay has to collect them.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
