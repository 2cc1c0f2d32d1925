"""The room's Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "libertad.exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access import features
        from libertad.exchange import (
            erasing,
            guarded,
            judging_anew,
            mailing,
            peers,
            rejudging,
            taking,
            withholding,
        )
        from libertad.journal import restore, sides

        guarded.register()
        features.learn_from(peers.format_of)
        if peers.may_split not in sides.MAY_SPLIT:
            sides.MAY_SPLIT.append(peers.may_split)
        rejudging.watch()
        judging_anew.watch()
        erasing.watch()
        for then in (taking.reopen, withholding.restored, mailing.restored):
            if then not in restore.ACCEPTED:
                restore.ACCEPTED.append(then)
