"""Record a complaint about officers of the own authority, and add to it what became known since."""

from __future__ import annotations

from collections.abc import Iterable

from libertad.access.acting import Act, action
from libertad.access.actions._complaint import (
    OVER,
    check_officers,
    find_complaint,
    own_staff,
    say_in,
)
from libertad.access.complaints import KIND, reached_roles, receivers
from libertad.vocabulary.bounds import check_past_date
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.complaints import ComplaintAdd, ComplaintRecord
from libertad.vocabulary.written import read_reference

NOBODY = marked(
    "nobody of your authority may read this complaint: whoever could is somebody whom it is about, or was "
    "appointed by one of them and not confirmed. Nothing is saved: telephone somebody outside whom you trust"
)
ITS_OWN = marked(
    "whoever recorded this complaint is nobody whom it is about: record another one about that officer"
)
OTHERS = marked(
    "whom you ticked changes who reads it: read above who they are now, then save again. Nothing is saved yet"
)


@action("complaint.record")
def record_complaint(
    act: Act,
    *,
    officers: Iterable[str],
    words: str,
    safe: str,
    by: str,
    named: str,
    reach: str,
    when: str = "",
    reference: str = "",
) -> str:
    """Returns the complaint's id. `officers`: about whom, none for 'not known'. `reach`: the roles that the
    form said will read it (`reached_roles`).

    Refused where nobody of the authority may read it, and where others would than was shown.
    """
    about = check_officers(act, officers)
    if when:
        check_past_date(when, act.happened.local.date(), "when")
    reached = receivers(own_staff(act), about, act.actor.officer)
    if not reached:
        raise Refused("officers", NOBODY)
    if reached_roles(reached) != reach:
        raise Refused("officers", OTHERS)
    content = ComplaintRecord(
        officer=about,
        words=words.strip(),
        safe=safe,
        by=by,
        named=named,
        when=when,
        reference=read_reference(reference),
    )
    complaint = act.new_id()
    place = act.open(KIND, complaint, ())
    say_in(act, place, content, complaint)
    return complaint


@action("complaint.add")
def add_to_complaint(act: Act, *, complaint: str, officers: Iterable[str], words: str) -> str:
    """Returns the entry's hash. By whoever reads the complaint; officers whom it is about as well read it no
    more from then on, and what one of them took is taken by nobody. Never about who recorded it: one word of
    a receiver would take it from the only other reader."""
    on_file = find_complaint(act, complaint)
    if on_file.complaint.over:
        raise Refused("words", OVER)
    about = check_officers(act, officers)
    if on_file.complaint.recorder in about:
        raise Refused("officers", ITS_OWN)
    together = {*on_file.complaint.officers, *about}
    if about and not receivers(on_file.staff, together, on_file.complaint.recorder):
        raise Refused("officers", NOBODY)
    return say_in(act, on_file.place, ComplaintAdd(officer=about, words=words.strip()), complaint)
