"""The board room."""

from __future__ import annotations

from django.apps import AppConfig


class BoardConfig(AppConfig):
    name = "libertad.board"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.board import fold  # noqa: F401  registers its projections
