"""Settle which of two acceptances holds. Both stay on file, superseded by this entry."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import exhibit_row, signed_as
from libertad.evidence.custody import Event, chain, doubles
from libertad.evidence.models import Exhibit
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodySettle

STALE = marked("the entries on file have changed since this page was shown; load the page again")


@action("custody.settle")
def settle_custody(act: Act, *, exhibit: str, keep: str, shown: Sequence[str], reasons: str) -> str:
    """Returns the entry's hash. `shown`: the entries that the form showed, `keep` the one of them that holds.

    Refused unless they are a live contradiction: nobody settles what nobody has seen.
    """
    row = exhibit_row(act, exhibit)
    custody = chain(msgspec.convert(act.open_row(Exhibit, row).get("events", []), prepared(list[Event])))
    pairs = [{event.id: event for event in pair} for pair in doubles(custody)] if custody else []
    pair = next((pair for pair in pairs if set(pair) == set(shown)), None)
    if pair is None:
        raise Refused("keep", STALE)
    if keep not in pair:
        raise Refused("keep", "choose one of the entries on file")
    aside = tuple(sorted(entry for entry in pair if entry != keep))
    if any(pair[entry].kind != "accept" for entry in aside):
        raise Refused(
            "keep", "the taking itself cannot be set aside: correct it, or set the acceptance aside"
        )
    content = CustodySettle(keep=keep, aside=aside, reasons=reasons, by=signed_as(act))
    return act.say(
        row["compartment"],
        content,
        subject=exhibit,
        source="decision",
        supersedes={"keep": tuple(sorted(pair))},
    )
