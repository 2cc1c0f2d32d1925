"""Open a home of an older version as its administrator does, and tell as JSON what is there.

LIBERTAD_HOME=... DJANGO_SETTINGS_MODULE=... python -m tests.upgrade.opened
"""

from __future__ import annotations

import json
import sys
from typing import Any

# Records whose pages somebody on the node can open, by read model: the address's name.
PAGES = {
    "people.Person": "person",
    "people.Detention": "detention",
    "evidence.Exhibit": "exhibit",
    "operations.Lead": "lead",
    "operations.Site": "site",
    "operations.Team": "team",
    "care.CareFile": "care-file",
    "figures.Release": "release",
}


def main() -> None:
    from libertad.commands import running, start

    start.settings()
    from libertad.journal import upgrade
    from libertad.journal.node import node

    with start.told():
        running.migrate()
        pending = [upgrade.pending(node().sql())]
        running.unlock()
        pending.append(upgrade.pending(node().sql()))
        report = tell() | {"pending": pending}
    json.dump(report, sys.stdout)


def tell() -> dict[str, Any]:
    import msgspec
    from django.conf import settings
    from django.test import override_settings

    from libertad.commands import start
    from libertad.figures.queries import summary
    from libertad.journal.node import node
    from libertad.journal.rebuild import rebuild
    from libertad.journal.verify import verify
    from tools.upgrade_making import describe_database

    report = describe_database()  # before anything is written here
    report["changed"] = rebuild(node()).changed
    report["members"] = members()
    report["findings"] = [str(finding) for finding in verify(node()).findings]
    if settings.LIBERTAD_DEMO:
        report["figures"] = msgspec.to_builtins(summary(start.actor(None)), str_keys=True)
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nobody collected any
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        report["unread"] = unread(report["rows"])
    if settings.LIBERTAD_DEMO:
        report["received"] = received()
    return report


def members() -> dict[str, Any]:
    """Who is a member by the rows of members, and by those of authorities, as 0.1 asked it."""
    from libertad.access.models import Authority, Member

    names = ("operation", "kind", "country", "part", "officers", "compartment")
    rows = Member.objects.order_by("authority").values_list("authority", *names)
    authorities = Authority.objects.exclude(operation="").order_by("pk").values_list("pk", *names)
    return {"now": list(rows), "before": list(authorities)}


def received() -> dict[str, Any]:
    """Record somebody in danger as an officer of each force: who of care reads the file, by what ground."""
    from libertad.access import receiving
    from libertad.access.acting import perform
    from libertad.access.models import Account, Authority, Compartment, Officer, Reader
    from libertad.access.queries import actor_of
    from libertad.people.actions.meet_person import meet_person

    report: dict[str, Any] = {}
    for police in Authority.objects.filter(kind="police").order_by("country"):
        officer = Officer.objects.filter(authority=police.pk, role="officer", withdrawn=False).order_by("pk")[
            0
        ]
        actor = actor_of(Account.objects.get(officer=officer.pk))
        assert actor is not None
        before = set(_care_of(police.pk))
        person = perform(actor, meet_person, country=police.country, danger="yes")
        place = Compartment.objects.get(kind="person", about=person).pk
        now = Reader.objects.filter(compartment=place, authority__in=_every_care()).values_list(
            "authority", flat=True
        )
        report[police.country] = {
            "before": sorted(before),
            "now": sorted(now),
            "state": receiving.receiving(actor).state,
        }
    report["asked"] = len(receiving.unconfirmed())
    return report


def _every_care() -> list[str]:
    from libertad.access.models import Authority

    return list(Authority.objects.filter(kind="care").values_list("pk", flat=True))


def _care_of(police: str) -> list[str]:
    """Care authorities that read what a force recorded so far."""
    from libertad.access.models import Compartment, Reader

    files = Compartment.objects.filter(kind="person", owner=police).values("pk")
    rows = Reader.objects.filter(compartment__in=files, authority__in=_every_care(), kind="person")
    return list(rows.values_list("authority", flat=True).distinct())


def unread(rows: dict[str, Any]) -> list[str]:
    """Records of which no officer on this node gets the page."""
    from django.test import Client
    from django.urls import reverse

    from libertad.access.models import Account, Officer

    signing_in = set(Account.objects.values_list("officer", flat=True))
    for officer in Officer.objects.filter(withdrawn=False).exclude(pk__in=signing_in):
        Account.objects.create_user(f"T-{officer.pk}", None, officer.pk)
    clients = []
    for account in Account.objects.order_by("pk"):
        client = Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="https")
        client.force_login(account, backend="libertad.web.signing_in.Backend")
        clients.append(client)
    shut = []
    for label, name in PAGES.items():
        for key in rows.get(label, ()):
            if all(client.get(reverse(name, args=[key])).status_code != 200 for client in clients):
                shut.append(f"{label}:{key}")
    return shut


if __name__ == "__main__":
    main()
