"""The room's Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "libertad.exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.exchange import erasing, rejudging

        rejudging.watch()
        erasing.watch()
