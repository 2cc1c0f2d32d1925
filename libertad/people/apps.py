"""The room `people` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "libertad.people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access import amount_pace, erasable, members_anew
        from libertad.journal import guards
        from libertad.people import (  # noqa: F401  registers its projections and conflicts
            attaching,
            conflicts,
            entry_guards,
            fold,
            fold_detention,
            fold_disclosed,
            fold_exploitation,
            fold_keeping,
            fold_limits,
            fold_linking,
            fold_property,
        )
        from libertad.people.disclosed import refuse_held
        from libertad.people.keeping_files import refuse_erasing
        from libertad.people.keeping_models import FileKeeping, Keeping, Retention
        from libertad.people.limit_models import HoldingLimit
        from libertad.people.link_models import LinkProposal
        from libertad.people.unslowed import in_danger

        if (HoldingLimit, HoldingLimit) not in members_anew.FROM:  # its id names the operation now
            members_anew.FROM.append((HoldingLimit, HoldingLimit))
        # When a file may be erased, and that another officer asked, is not what the database says alone.
        guards.guard_model(Retention, "compartment", "authority", "keep_until")
        guards.guard_model(Keeping, "compartment", "authority", "keep_until", "asked")
        guards.guard_model(FileKeeping, "compartment", "keep_until", "asked")
        guards.guard_model(LinkProposal)  # who proposed a link, and who is its second person
        if in_danger not in amount_pace.ENDANGERED:
            amount_pace.ENDANGERED.append(in_danger)
        erasable.RULES.update(case=refuse_erasing, police=refuse_erasing, disclosure=refuse_held)
