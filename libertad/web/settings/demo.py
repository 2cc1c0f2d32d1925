"""The demo: one node, generated data, sign-in as any role. Binds to this machine only."""

from __future__ import annotations

import os

from libertad.web.settings.base import *  # noqa: F403

LIBERTAD_DEMO = True
LIBERTAD_REQUIRE_CODE = False
ROOT_URLCONF = "libertad.web.demo_urls"

# Browsers keep cookies by host and not by port: of several nodes on one machine each has its own.
if _name := os.environ.get("LIBERTAD_COOKIES", ""):
    SESSION_COOKIE_NAME = f"libertad-{_name}"
    CSRF_COOKIE_NAME = f"form-{_name}"
    MARK_COOKIE_NAME = f"browser-{_name}"
