"""The demo: one node, generated data, sign-in as any role. Binds to this machine only."""

from __future__ import annotations

from libertad.web.settings.base import *  # noqa: F403

LIBERTAD_DEMO = True
LIBERTAD_REQUIRE_CODE = False
ROOT_URLCONF = "libertad.web.demo_urls"
