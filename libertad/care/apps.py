"""The care room: its projections are registered when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "libertad.care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.care import fold  # noqa: F401  registers its projections
