"""The room's Django app."""

from __future__ import annotations

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "libertad.figures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.figures import fold, fold_counting, keeping  # noqa: F401  each registers itself
        from libertad.figures.models import Proposal
        from libertad.journal import guards

        # Another account signs: who proposed a release is not what the database says alone.
        guards.guard_model(Proposal, "compartment", "officer", "authority", "alone", "entry")
