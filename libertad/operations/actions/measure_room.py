"""A room in which people live is measured; corrected, what was measured before stays on file."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.access.closed import refuse_new
from libertad.operations.actions._places import our_site
from libertad.operations.corrected import ROOM
from libertad.operations.models import Room
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.on_site import RoomMeasure


@action("room.measure")
def measure_room(
    act: Act,
    *,
    site: str,
    label: str,
    length_m: float | None = None,
    width_m: float | None = None,
    height_m: float | None = None,
    measured: str = "",
    sleeping: int | None = None,
    lock: str = "",
    water: str = "",
    light: str = "",
    note: str = "",
) -> str:
    """Returns the room's id. What is left out was not measured."""
    refuse_new(act, "label", act.happened)
    place = our_site(act, site)
    content = RoomMeasure(
        site=site,
        label=label,
        length_m=length_m,
        width_m=width_m,
        height_m=height_m,
        measured=measured,
        sleeping=sleeping,
        lock=lock,
        water=water,
        light=light,
        note=note,
    )
    room = act.new_id(place["compartment"])
    act.say(place["compartment"], content, subject=room, supersedes={})
    return room


@action("room.measure")
def correct_room(act: Act, /, *, room: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.ROOM`."""
    row = act.get(Room, room) if room else None
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("room", "there is no such room")
    change = correction(act, row, RoomMeasure, values, reasons, ROOM)
    RoomMeasure(**change.whole, site=row["site"])
    content = RoomMeasure(**change.said, reasons=reasons)
    return act.say(row["compartment"], content, subject=room, supersedes=change.supersedes)
