"""A person of whom care may disclose something, for the tests of disclosures."""

from __future__ import annotations

from typing import Any

from libertad.access.models import Authority
from libertad.care.actions.disclose import propose_disclosure, read_disclosure
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.disclosure_models import Disclosure
from tests.care.people import identified, meet
from tests.support.sealed_rows import opened
from tests.support.world import World

UNTIL = "2018-10-09"
TOLD = "They took my passport at Crowmarsh"
WHY = {
    "prosecution": "non-punishment",
    "police": "criminal-case",
    "care": "care-elsewhere",
    "shelter": "placement",
}
AGREED = {
    "prosecution": "share-with-prosecutor",
    "police": "share-with-police",
    "care": "share-with-authority",
    "shelter": "shelter",
}


def a_person(world: World, **options: Any) -> str:
    """Met by police, told care what was done, made to offend, presumed a victim."""
    person = meet(world, **options)
    world.perform("caseworker", record_exploitation, person=person, forms=["forced-labour"], words=TOLD)
    identified(world, person, non_punishment=True, forced_to="to carry the bag across")
    return person


def agrees(world: World, person: str, to: str = "prosecution", **changed: Any) -> str:
    """The person agrees that care tells an authority of the world."""
    values = {
        "purpose": AGREED.get(to.removeprefix("other-"), ""),
        "recipient": Authority.objects.get(pk=world.authorities[to]).name,
        "agreed": "yes",
        "language": "vie",
        **changed,
    }
    consent: str = world.perform("caseworker", record_consent, person=person, **values)
    return consent


def chosen(world: World, person: str, *kinds: str) -> list[str]:
    """Keys of what can be disclosed, of these kinds."""
    from libertad.access.acting import Act
    from libertad.care.actions._disclosing import disclosable
    from libertad.journal.node import node

    actor = world.actor("caseworker")
    listed = node().writer.submit(lambda tx: disclosable(Act(tx, actor), person))
    return [key for key, copied in listed if not kinds or copied.kind in kinds]


def propose(
    world: World, person: str, to: str = "prosecution", by: str = "caseworker", **changed: Any
) -> str:
    values: dict[str, Any] = {
        "recipient": world.authorities[to],
        "purpose": WHY.get(to.removeprefix("other-"), ""),
        "ground": "consent",
        "until": UNTIL,
        "items": chosen(world, person, "name", "told", "status", "forced-to"),
        **changed,
    }
    if values["ground"] == "consent" and "consent" not in changed:
        values["consent"] = agrees(world, person, to)
    disclosure: str = world.perform(by, propose_disclosure, person=person, **values)
    return disclosure


def send(world: World, person: str, to: str = "prosecution", **changed: Any) -> tuple[str, str]:
    """(disclosure, its file), read and sent by a second officer."""
    disclosure = propose(world, person, to, **changed)
    file: str = world.perform("second-caseworker", read_disclosure, disclosure=disclosure, agrees="yes")
    return disclosure, file


def row(disclosure: str) -> Any:
    return opened(Disclosure, pk=disclosure)
