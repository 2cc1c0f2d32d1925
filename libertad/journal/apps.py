"""The journal as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "libertad.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.journal import guarded

        guarded.register()
