"""The care room: its projections are registered when Django is ready."""

from __future__ import annotations

from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "libertad.care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access import amount_pace, entries
        from libertad.access.matrix import matrix
        from libertad.care import (  # they register themselves
            entry_guards,  # noqa: F401
            erasure,  # noqa: F401
            fold,  # noqa: F401
            fold_asked,  # noqa: F401
            fold_closing,  # noqa: F401
            fold_desk,  # noqa: F401
            fold_disclosing,  # noqa: F401
            fold_documents,  # noqa: F401
            fold_exploitation,  # noqa: F401
            fold_family,  # noqa: F401
            fold_leading,  # noqa: F401
            fold_needs,  # noqa: F401
            fold_outside,  # noqa: F401
            fold_plan,  # noqa: F401
            fold_signed,  # noqa: F401
        )
        from libertad.care.assignment import may_read_entry
        from libertad.care.desk_models import Desk
        from libertad.care.models import (
            Disclosure,
            GuardianClearing,
            Identification,
            Leading,
            OutsideService,
            PlanUnread,
            ProposedClosing,
            ReturnDecision,
            SignedDecision,
        )
        from libertad.care.unslowed import in_danger
        from libertad.journal import guards

        if in_danger not in amount_pace.ENDANGERED:
            amount_pace.ENDANGERED.append(in_danger)
        for verb, right in matrix().entries.items():
            if right.kinds <= {"care", "desk"}:
                entries.GUARDS[verb] = may_read_entry
        # A second reader is another officer: who decided is not what the database says alone.
        # And whether an officer's passkey confirmed it.
        for model in (Identification, ReturnDecision, SignedDecision, Disclosure):
            guards.guard_model(model, "compartment", "person", "sealed")
        # To whom a letter about a child may go.
        guards.guard_model(GuardianClearing, "compartment", "person", "sealed")
        # Whose task a person is, and to whom it is offered, decides who may take, give back and accept.
        guards.guard_model(Desk, "compartment", "person", "sealed")
        # Which of two authorities answers for the person decides whose officers take the person.
        guards.guard_model(Leading, "compartment", "person", "other_record", "sealed")
        # Which words of a plan wait, and who wrote them, decides who reads them second.
        guards.guard_model(PlanUnread, "compartment", "person", "sealed")
        # Who proposed a closing does not read it.
        guards.guard_model(ProposedClosing, "compartment", "person", "sealed")
        # Which number was confirmed by a second officer decides whom somebody calls back.
        guards.guard_model(OutsideService, "compartment", "sealed")
