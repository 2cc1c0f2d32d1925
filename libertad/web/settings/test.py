"""Tests: as the demo, with plain static files and a cheaper password hash."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LIBERTAD_HOME", tempfile.mkdtemp(prefix="libertad-test-"))

from libertad.web.settings.base import *  # noqa: F403
from libertad.web.settings.base import DATABASES, LIBERTAD_HOME, STORAGES

LIBERTAD_DEMO = True
LIBERTAD_REQUIRE_CODE = False
ROOT_URLCONF = "libertad.web.demo_urls"
# A host of one-time pages that never answers.
LIBERTAD_ANSWER_HOST = os.environ.get("LIBERTAD_ANSWER_HOST", "http://localhost:9")
LIBERTAD_ANSWER_HOST_KEY = os.environ.get("LIBERTAD_ANSWER_HOST_KEY", "0" * 64)
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A real file, so that the writer's thread and other processes see the same database.
    DATABASES["default"]["TEST"] = {"NAME": str(Path(LIBERTAD_HOME) / "test.sqlite3")}
