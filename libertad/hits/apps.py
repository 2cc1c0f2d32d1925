"""The room `hits` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class HitsConfig(AppConfig):
    name = "libertad.hits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.hits import entry_guards, erasure, fold  # noqa: F401  each registers itself
        from libertad.hits.models import Hit
        from libertad.hits.queries_before import told_by_hits
        from libertad.journal import guards
        from libertad.people.earlier import SOURCES

        # A second reader is another officer: who proposed it is not what the database says alone.
        if told_by_hits not in SOURCES:
            SOURCES.append(told_by_hits)
        guards.guard_model(Hit, "compartment", "authority", "left", "right", "state", "proposed_by")
