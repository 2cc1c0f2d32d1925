"""The room's Django app."""

from __future__ import annotations

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "libertad.exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from libertad.access import features
        from libertad.exchange.authorization import full_reauthorization, reauthorization
        from libertad.exchange.control import erasure_requests, withheld_keys
        from libertad.exchange.peering import guarded, peers
        from libertad.exchange.receiving import receiver
        from libertad.exchange.transport import mail
        from libertad.journal import restore, sides

        guarded.register()
        features.learn_from(peers.format_of)
        if peers.may_split not in sides.MAY_SPLIT:
            sides.MAY_SPLIT.append(peers.may_split)
        reauthorization.watch()
        full_reauthorization.watch()
        erasure_requests.watch()
        for then in (receiver.reopen, withheld_keys.restored, mail.restored):
            if then not in restore.ACCEPTED:
                restore.ACCEPTED.append(then)
