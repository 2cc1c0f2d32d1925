"""Asking in private as a Django application of its own: its tables are outside the journal."""

from __future__ import annotations

from django.apps import AppConfig


class PrivateHitsConfig(AppConfig):
    name = "libertad.hits.private"
    label = "hits_private"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.hits.private import rows
        from libertad.journal import erase

        if rows.erasing not in erase.ERASING:
            erase.ERASING.append(rows.erasing)
