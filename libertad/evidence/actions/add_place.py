"""Add a place to the exhibit store, or correct its name."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.evidence.actions._store import name_of, store_place
from libertad.evidence.models import StorePlace
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.store import StorePlace as Place

DEEP = 8  # a box on a shelf in a cage in a room


@action("store.place")
def add_place(act: Act, *, country: str, kind: str, name: str, within: str = "") -> str:
    """Returns the place's id. Two places within one have names of their own."""
    content = Place(kind=kind, name=" ".join(name.split()), country=country, within=within)
    compartment = case_file(act, country)
    if within:
        outer = store_place(act, within, "within")
        if outer["compartment"] != compartment:
            raise Refused("within", "that place is in another country's store")
        _not_too_deep(act, within)
    _named_once(act, content.name, within, "")
    place = act.new_id(compartment)
    act.say(compartment, content, subject=place)
    return place


@action("store.place")
def correct_place(act: Act, *, store: str, name: str, reasons: str) -> str:
    """Returns the entry's hash. What was put there stays there; entries keep the name that they said."""
    row = store_place(act, store)
    if not reasons.strip():
        raise Refused("reasons", "say what was wrong and how you know")
    name = " ".join(name.split())
    if name == name_of(act, row):
        raise Refused("name", "nothing is changed; correct what is wrong, or go back")
    _named_once(act, name, row["within"], store)
    return act.say(row["compartment"], Place(name=name, correction=reasons), subject=store)


def _named_once(act: Act, name: str, within: str, but: str) -> None:
    """Whoever puts something on 'Shelf 2' must not have two of that name to choose from."""
    siblings = act.find(
        StorePlace, authority=act.actor.authority, operation=act.actor.operation, within=within
    )
    if any(row["id"] != but and name_of(act, row).casefold() == name.casefold() for row in siblings):
        raise Refused("name", "there is a place of that name already; give it another")


def _not_too_deep(act: Act, within: str) -> None:
    depth = 1
    while within and depth < DEEP:
        within, depth = act.find(StorePlace, id=within)[0]["within"], depth + 1
    if within:
        raise Refused("within", "places lie at most %(most)s deep in one another", most=DEEP)
