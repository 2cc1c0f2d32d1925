"""What a phone is given when it is enrolled and at each contact: keys to seal to, files, its officer's task.

The parts that tell something about the work (task, officers, names) are for the readable copy of the phone,
which ends with the lease; docs/field.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from libertad.access.acting import Act, Forbidden
from libertad.access.actions._receiving import receiving_care
from libertad.access.actor import Actor
from libertad.access.case_files import case_file
from libertad.access.models import Authority
from libertad.access.queries import authority_names, clock_now, officer_names
from libertad.access.receiving import contact
from libertad.evidence.queries import acceptors
from libertad.exchange.protocol import fingerprint_words
from libertad.field import phones, recipients, talk
from libertad.field.limits import limits
from libertad.field.phones import Phone
from libertad.field.problems import LOCKED, UNKNOWN_PHONE, VERSION, Problem
from libertad.journal import clock
from libertad.journal.fields import to_ms
from libertad.journal.header import device_id
from libertad.journal.node import Node
from libertad.journal.rings import Rings
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.operations import queries as operations
from libertad.operations.actions._places import police_file
from libertad.operations.presenters import SiteSeen, TeamSeen
from libertad.vocabulary.values import Refused

Json = dict[str, Any]


def lease(here: Node, body: bytes) -> bytes:
    """The sealed answer to a phone that asks again: a grant, or that it has ended and why."""
    question = talk.read(here, talk.LEASE, body)
    if talk.fields(question.plain).get("v") != 1:
        raise Problem(VERSION)
    return question.answer(grant(here, device_id(question.sender).hex()))


def grant(here: Node, device: str) -> Json:
    """Problem for a device that is no phone of this node, and while its authority's keys are locked."""
    phone = phones.find(here.sql(), device)
    if phone is None:
        raise Problem(UNKNOWN_PHONE)
    if phone.authority not in here.rings.open:
        raise Problem(LOCKED)
    actor = phones.actor_of(here.sql(), phone)
    recipients.newest(here, here.rings.open)  # made at first use, not in the midst of the writer's work
    keys, readers, ended = here.writer.submit(lambda tx: _prepare(tx, phone, actor))
    if ended:
        return {"v": 1, "ended": True, "why": ended}
    own = Authority.objects.get(pk=phone.authority)
    now = clock.now()
    team = operations.team_of_officer(actor, own.country, phone.team)
    site = operations.site(actor, team.site) if team is not None else None
    files = _files(here.sql(), here.rings, actor, own.country, team, site)
    return {
        "v": 1,
        "now": to_ms(now),
        **names_of(here, phone.authority, phone.operation, phone.officer),
        "device": {
            "id": device,
            "public": phone.public,
            "code": phone.code,
            "until": to_ms(phone.until),
        },
        "node": about(here),
        "readers": {"person": sorted(readers)},
        "recipients": recipients.as_listed(keys),
        "files": files,
        "lease": {
            "until": to_ms(min(now + timedelta(hours=limits().lease_hours), phone.until)),
            "capture_until": to_ms(now + timedelta(hours=limits().capture_hours)),
        },
        "verbs": list(phone.verbs),
        "task": _task(actor, team, site),
        "officers": _officers(actor, next((file["id"] for file in files if file["is"] == "case"), "")),
        "phones": _phones_beside(here.sql(), phone, actor),
        "case": {"country": own.country},
        "danger_contact": _contact(actor),
    }


def _prepare(tx: Transaction, phone: Phone, actor: Actor) -> tuple[Any, set[str], str]:
    """Note what the phone is about to be told, before it is; open its country's files at their first use."""
    act = Act(tx, actor)
    if why := phones.why_ended(act, phone):
        return {}, set(), why
    own = act.member(phone.authority)
    if own is None:
        return {}, set(), phones.WITHDRAWN
    for open_file in (police_file, case_file):
        with suppress(Refused, Forbidden):  # of others, or the operation is closed
            open_file(act, own["country"])
    readers = {phone.authority, *receiving_care(act, own)}
    keys = recipients.newest(tx.node, readers)
    recipients.note(tx, keys)
    names = " ".join(sorted(phone.readers | readers))
    tx.sql.run(
        "update field_phone set leased = ?, readers = ? where device = ?",
        (to_ms(clock.now()), names, phone.device),
    )
    return keys, readers, ""


def about(here: Node, language: str = "en") -> Json:
    """How a person knows this node: its key, and the words of its fingerprint."""
    public = here.key.public
    return {"public": public.hex(), "words": list(fingerprint_words.fingerprint_words(public, language))}


def names_of(here: Node, authority: str, operation: str, officer: str) -> Json:
    """Whose phone it is, in names."""
    own = Authority.objects.get(pk=authority)
    role = here.sql().first("select role from access_officer where id = ?", (officer,))
    actor = Actor(
        officer=officer,
        authority=authority,
        role=str(role[0]) if role else "",
        operation=operation,
        zone=own.zone,
    )
    row = operations.operation(actor)
    return {
        "authority": {
            "id": authority,
            "name": own.name,
            "kind": own.kind,
            "country": own.country,
            "zone": own.zone,
        },
        "operation": {
            "id": operation,
            "name": row.name if row else "",
            "generated": bool(row and row.provenance == "generated"),
            "now": to_ms(clock_now(operation)),
        },
        "officer": {
            "id": officer,
            "name": officer_names(actor, [officer]).get(officer, ""),
            "role": actor.role,
        },
    }


def _files(
    sql: Sql, rings: Rings, actor: Actor, country: str, team: TeamSeen | None, site: SiteSeen | None
) -> list[Json]:
    """Files that are there and take what the phone says: whose keys this node gives to their readers."""
    police = _of_country(sql, actor, "police", country)
    places = (
        ("team", team.compartment if team else police),  # danger to life is said without a team, too
        ("site", site.compartment if site else police),
        ("case", _of_country(sql, actor, "case", country)),
    )
    ring = rings.ring(actor.authority)
    listed = []
    for use, file in places:
        row = sql.first("select kind, owner from access_compartment where id = ?", (file,)) if file else None
        newest = ring.current.get(bytes.fromhex(file)) if file else None
        if row is not None and newest is not None and str(row[1]) in rings.open:
            listed.append({"id": file, "kind": str(row[0]), "number": newest[0], "is": use})
    return listed


def _of_country(sql: Sql, actor: Actor, kind: str, country: str) -> str:
    """The file of a kind that the officer's authority reads of its country; '' for none."""
    row = sql.first(
        "select c.id from access_compartment c join access_reader r on r.compartment = c.id "
        "where r.authority = ? and c.kind = ? and c.about = ? order by c.id",
        (actor.authority, kind, f"{actor.operation}:{country}"),
    )
    return str(row[0]) if row else ""


def _task(actor: Actor, team: TeamSeen | None, site: SiteSeen | None) -> Json | None:
    if team is None:
        return None
    window = operations.window(actor, team.window) if team.window else None
    return {
        "team": {
            "id": team.id,
            "name": team.reference,
            "every_minutes": team.every_minutes,
            "state": team.state,
            "next_due": to_ms(team.due) if team.due is not None else None,
        },
        "site": _site(actor, site) if site is not None else None,
        "window": {"begins": to_ms(window.opens), "ends": to_ms(window.closes)} if window else None,
    }


def _site(actor: Actor, site: SiteSeen) -> Json:
    described: Json = {
        "id": site.id,
        "name": site.name,
        "reference": site.reference,
        "kind": site.workplace_words or site.workplace,
        "place": site.place,
        "country": site.country,
        "ways_in": operations.ways_in(actor, site.id),
        "notes": operations.site_notes(actor, site.id),
    }
    if site.lat is not None and site.lon is not None:
        described["position"] = {"lat": site.lat, "lon": site.lon}
    return described


def _officers(actor: Actor, case: str) -> list[Json]:
    """Whom custody may be offered to: as the form of the node lists them."""
    rows = [row for row in acceptors(case) if row.pk != actor.officer] if case else []
    names: Mapping[str, str] = officer_names(actor, [row.pk for row in rows])
    authorities = authority_names([row.authority for row in rows])
    return [
        {
            "id": row.pk,
            "name": names.get(row.pk) or row.role,
            "authority": row.authority,
            "authority_name": authorities.get(row.authority, ""),
        }
        for row in rows
    ]


def _phones_beside(sql: Sql, phone: Phone, actor: Actor) -> list[Json]:
    """The authority's other phones in this operation that go on: custody is passed between two."""
    revoked = {str(row[0]) for row in sql.all("select id from access_device where revoked")}
    now = clock.now()
    listed = [
        phone_row
        for phone_row in phones.of_authority(sql, phone.authority)
        if phone_row.device not in {phone.device, *revoked} and phone_row.operation == phone.operation
        if phone_row.until > now
    ]
    names = officer_names(actor, [phone_row.officer for phone_row in listed])
    return [
        {
            "device": phone_row.device,
            "public": phone_row.public,
            "officer": phone_row.officer,
            "name": names.get(phone_row.officer, ""),
        }
        for phone_row in listed
    ]


def _contact(actor: Actor) -> str:
    known = contact(actor)
    return f"{known.name}, {known.telephone}" if known is not None else ""
