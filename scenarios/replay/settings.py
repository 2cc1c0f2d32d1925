"""Nodes of the replay: real ones, so police and care are held apart; without TLS, for all is loopback."""

from __future__ import annotations

from libertad.web.settings.base import *  # noqa: F403

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
