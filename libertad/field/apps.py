"""The room `field` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class FieldConfig(AppConfig):
    name = "libertad.field"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.exchange.control import dispatch
        from libertad.field import guarded, recipients

        guarded.register()
        if recipients.ids_in_use not in dispatch.KEPT:
            dispatch.KEPT.append(recipients.ids_in_use)
