"""Reading quarantine, alarms and requests to erase. What a held entry says is never read here."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

from libertad.access import erasable
from libertad.access.actor import Actor
from libertad.access.appointments import settled_rows
from libertad.access.models import Compartment, Reader
from libertad.exchange.authorization.settling_rules import ALARM
from libertad.exchange.models import Alarm, Erasure, PeerAuthority
from libertad.journal import header
from libertad.journal.models import Device, Entry, Held
from libertad.journal.node import node


@dataclass(frozen=True)
class HeldSeen:
    """An entry in quarantine: whose device, in what kind of file ('' where the actor's authority may not
    know), since when it is here, why.
    """

    entry: str
    device: str
    authority: str
    kind: str
    since: int
    reason: str
    detail: str


@dataclass(frozen=True)
class AlarmSeen:
    """Proof that a node (`who`: its origin) or a device (its id) told two histories, or that an authority
    (its id) spoke of another's thing (kind `about`): then `verb` and the victims' `about`.

    Or that its device signed in others' names (kind `impersonated`): how many entries (`count`), handed over
    by which nodes (`origins`), or `told` by which node of a file that this one does not read.
    """

    id: str
    kind: str
    who: str
    authorities: tuple[str, ...]
    why: str
    at: int
    settled: int | None
    settled_by: str
    parts: tuple[str, ...]
    verb: str = ""
    about: tuple[str, ...] = ()
    count: int = 0
    told: str = ""
    origins: tuple[str, ...] = ()

    @property
    def proof(self) -> str:
        """For a file: what it is about and the signed parts, checkable by anybody with the public key."""
        return json.dumps(
            {"kind": self.kind, "who": self.who, "why": self.why, "signed": list(self.parts)}, indent=1
        )


@dataclass(frozen=True)
class Promise:
    """One holder's answer to a request to erase; `answered` is None while it owes one. `kind`: of the file of
    a whole country, or of what care disclosed, as long as that is on file here; '' where other files of a
    person are to go."""

    request: str
    asking: str
    authority: str
    asked: int
    sent: int | None
    answer: str
    answered: int | None
    files: int
    kind: str = ""

    @property
    def verb(self) -> str:
        """What whoever answers it says."""
        return "file.erase" if self.kind in erasable.OF_COUNTRIES else "person.erase"


def quarantine_page(actor: Actor, start: int, count: int) -> tuple[list[HeldSeen], int]:
    """A page of quarantine, the newest first, and how many there are in all."""
    rows = list(Held.objects.order_by("-idx")[start : start + count])
    entries = {row.idx: row for row in Entry.objects.filter(idx__in=[row.idx for row in rows])}
    owners = {bytes(i): a for i, a in Device.objects.values_list("id", "authority")}
    places = {entry.compartment for entry in entries.values()}
    readable = set(
        Reader.objects.filter(authority=actor.authority, compartment__in=places).values_list(
            "compartment", flat=True
        )
    )
    kinds = dict(Compartment.objects.filter(pk__in=readable).values_list("id", "kind"))
    listed = []
    for row in rows:
        entry = entries.get(row.idx)
        if entry is None:
            continue
        device = bytes(entry.device)
        listed.append(
            HeldSeen(
                bytes(entry.hash).hex(),
                device.hex(),
                owners.get(device, ""),
                kinds.get(entry.compartment, ""),
                row.since,
                row.reason,
                row.detail,
            )
        )
    return listed, Held.objects.count()


def parked() -> int:
    """How many entries are held because an alarm about their authority is open, and for nothing else."""
    return Held.objects.filter(reason="parked").count()


def open_alarms() -> list[AlarmSeen]:
    """Alarms that nobody has settled, the newest first."""
    return [alarm for alarm in alarms() if alarm.settled is None]


def alarms() -> list[AlarmSeen]:
    """All alarms: those that nobody has settled first, then the newest. One that somebody settled in the
    database, past this node, is open."""
    rows = Alarm.objects.all()
    wrong = _wrong_alarms()
    listed = [_alarm(row, row.pk in wrong) for row in rows]
    return sorted(listed, key=lambda alarm: (alarm.settled is not None, -alarm.at, alarm.id))


def alarm(key: str) -> AlarmSeen | None:
    row = Alarm.objects.filter(pk=key).first()
    return None if row is None else _alarm(row, row.pk in _wrong_alarms())


def _wrong_alarms() -> set[str]:
    _rows, wrong = settled_rows(node().sql(), ALARM)
    return wrong


def _alarm(row: Alarm, is_wrong: bool) -> AlarmSeen:
    if is_wrong:
        row.settled, row.settled_by = None, ""
    if row.kind == "device":
        owner = Device.objects.filter(pk=bytes.fromhex(row.who)).values_list("authority", flat=True)
        parts, why = tuple(json.loads(row.proof.partition(" ")[2])), ""
        authorities = tuple(owner)
    elif row.kind in ("about", "rounds", "impersonated"):
        proof = json.loads(row.proof)
        authorities = () if row.kind == "rounds" else (row.who,)
        return AlarmSeen(
            row.id,
            row.kind,
            row.who,
            authorities,
            str(proof["why"]),
            row.at,
            row.settled,
            row.settled_by,
            tuple(proof["signed"]),
            str(proof["verb"]),
            tuple(proof["victims"]),
            int(proof.get("count", 0)),
            str(proof.get("told", "")),
            tuple(proof.get("from", ())),
        )
    else:
        proof = json.loads(row.proof)
        parts, why = tuple(proof["notes"]), str(proof["why"])
        lives = PeerAuthority.objects.filter(origin=row.who).order_by("authority")
        authorities = tuple(lives.values_list("authority", flat=True))
    return AlarmSeen(row.id, row.kind, row.who, authorities, why, row.at, row.settled, row.settled_by, parts)


def headers(alarm: AlarmSeen) -> list[header.Header]:
    """The two headers of a device's alarm."""
    return [header.decode(bytes.fromhex(alarm.parts[place])) for place in (0, 2)]


def owed(actor: Actor, request: str) -> Promise | None:
    """A request that the actor's authority has not answered."""
    requests = (
        promise
        for promise in promises(actor)
        if promise.request == request and promise.authority == actor.authority
    )
    return next((promise for promise in requests if promise.answered is None), None)


def promises_of(actor: Actor, files: Collection[str]) -> dict[str, list[Promise]]:
    """By file, the requests about these files that the actor's authority makes or got."""
    by_file: dict[str, list[Promise]] = {}
    if not files:
        return by_file
    rows = [row for row in Erasure.objects.all() if actor.authority in (row.asking, row.authority)]
    for row in rows:
        for place in set(files).intersection(json.loads(row.compartments)):
            by_file.setdefault(place, []).extend(_promises([row]))
    return by_file


def promises(actor: Actor) -> list[Promise]:
    """Requests that the actor's authority makes or got: unanswered first, then the newest."""
    rows = [row for row in Erasure.objects.all() if actor.authority in (row.asking, row.authority)]
    return _promises(rows)


def _promises(rows: list[Erasure]) -> list[Promise]:
    rows.sort(key=lambda row: (row.answered is not None, -row.at, row.request, row.authority))
    places = {row.request: json.loads(row.compartments) for row in rows}
    listed = {place for names in places.values() for place in names}
    kinds = dict(
        Compartment.objects.filter(pk__in=listed, kind__in=list(erasable.RULES)).values_list("pk", "kind")
    )
    return [
        Promise(
            row.request,
            row.asking,
            row.authority,
            row.at,
            row.sent,
            row.answer,
            row.answered,
            len(places[row.request]),
            next(filter(None, map(kinds.get, places[row.request])), ""),
        )
        for row in rows
    ]
