"""The room of exhibits, as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "libertad.evidence"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.evidence import (  # noqa: F401  registers its projections and conflicts
            attaching,
            conflicts,
            fold,
            fold_signed,
            fold_store,
        )
        from libertad.evidence.signed_models import SignedCustody
        from libertad.journal import guards

        guards.guard_model(SignedCustody)  # whether an officer's passkey confirmed it
