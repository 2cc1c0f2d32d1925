"""Two records may be of one person or thing: the node says so itself, once for a pair and its facts."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.acting import Act, action
from libertad.hits.actions._hit import hit_id, record_at_hand
from libertad.hits.engine import MOVED, Reason
from libertad.hits.models import Hit
from libertad.hits.references import reference_of
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.hits import LONGEST, HitFound, Weight


@action("hit.found", "compartment.open")
def find_hit(
    act: Act, *, one: str, two: str, bits: float, probability: float, reasons: Sequence[Reason]
) -> str | None:
    """Returns the hit's id, or None where nothing is new or one of the records is not there any more.

    `one` and `two` are 'person:<id>' and so on. Said twice with the same facts, it is one entry.
    """
    left, right = sorted((one, two))
    first, second = (record_at_hand(act, ref, earlier=True) for ref in (left, right))
    if first is None or second is None:  # erased or withdrawn since it was scored
        return None
    turned = left != one
    weights = [weight(reason, turned) for reason in reasons]
    hit = hit_id(act.actor.authority, left, right)
    place, known = act.find_compartment("authority", hit), act.get(Hit, hit)
    # A pair stays in the operation in which it was found, also where a corrected hour would change it.
    if place is not None and act.operation_of(place) not in ("", act.actor.operation):
        return None
    if known is not None and not news(act, known, bits, weights):
        return None
    content = HitFound(
        reference="" if known else reference_of(left, right),
        left=left,
        right=right,
        left_country=first["country"],
        right_country=second["country"],
        bits=round(float(bits), 3),
        probability=round(float(probability), 6),
        weight=tuple(weights),
    )
    made_up = "generated" in (first["provenance"], second["provenance"])
    act.say(
        place or act.open("authority", hit, ()),
        content,
        subject=hit,
        source="database",
        supersedes={},
        provenance="generated" if made_up else "",
    )
    return hit


def weight(reason: Reason, turned: bool) -> Weight:
    """A weight as the journal has it; `turned`: the pair was compared the other way round."""
    left, right = (reason.right, reason.left) if turned else (reason.left, reason.right)
    kind = reason.kind if reason.kind in codelist("fact-kinds") else "other"
    return Weight(
        kind=kind,
        bits=round(float(reason.bits), 3),
        left=left[:LONGEST],
        right=right[:LONGEST],
        how=reason.how[:40],
        share=round(float(reason.share), 8),
    )


def news(act: Act, known: dict[str, object], bits: float, weights: Sequence[Weight]) -> bool:
    """Whether the score moved, or other facts stand behind it."""
    if abs(float(str(known["bits"])) - bits) >= MOVED:
        return True
    before = {
        (weight["kind"], weight.get("how", "")) for weight in act.open_row(Hit, known).get("weights", ())
    }
    return before != {(weight.kind, weight.how) for weight in weights}
