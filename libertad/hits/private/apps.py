"""Asking in private as a Django application of its own: its tables are outside the journal."""

from __future__ import annotations

from django.apps import AppConfig


class PrivateHitsConfig(AppConfig):
    name = "libertad.hits.private"
    label = "hits_private"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.hits.private import rows
        from libertad.journal import erase, guards

        look = "look whether the row is right, then run libertad doctor --accept-rows"
        guards.guard("hits_private_admitted", ["authority", "peer"], ["quotas", "officer"], look)
        guards.guard("hits_private_owner", ["authority"], ["contact", "epoch", "key_id", "operation"], look)
        guards.guard("hits_private_terms", ["authority"], ["epoch", "publics", "contact"], look)
        if rows.erasing not in erase.ERASING:
            erase.ERASING.append(rows.erasing)
