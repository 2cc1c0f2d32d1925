"""The room `operations` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "libertad.operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.operations import (  # noqa: F401  registers its projections and conflicts
            attaching,
            conflicts,
            fold,
            fold_capacity,
            fold_on_site,
        )
