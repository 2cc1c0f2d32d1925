"""Erase a country's file of an operation by two officers, when the time for which it is kept is over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.access.another_person import require_another
from libertad.exchange.queries import is_unsent
from libertad.journal import erase
from libertad.people.keeping import ALREADY
from libertad.people.keeping_files import (
    believed_file,
    country_file,
    country_of,
    has_prosecution,
    refuse_erasing,
)
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import FileErase
from libertad.vocabulary.verbs.keeping import FileErasureRefuse, FileErasureRequest

UNSENT = marked(
    "something recorded in it has not reached every authority that reads it: wait until their nodes were "
    "heard from, or ask who runs this node"
)
EVIDENCE = marked(
    "it is evidence: an officer of the prosecution of this country decides, which reads the file for that"
)
# That somebody looked, or asked for the erasure, is nothing that another reader loses by it.
PASSING = frozenset({"file.open", "file.erasure"})


@action("file.erasure")
def request_file_erasure(act: Act, *, file: str, reasons: str) -> str:
    """Returns the entry's hash. Refused as long as the file is kept, under a legal hold, while somebody of it
    is held or an exhibit is not back, and while a reader has not got all of it."""
    row = country_file(act, file)
    _refuse(act, row)
    if believed_file(act, file).request is not None:
        raise Refused("file", ALREADY)
    content = FileErasureRequest(reasons=reasons)
    return act.say(file, content, subject=file, supersedes={}, source="decision")


@action("file.erase", "file.erasure_refuse")
def decide_file_erasure(act: Act, *, file: str, entry: str, agrees: str, reasons: str) -> int:
    """Returns how many files were erased, 0 where it is kept. `entry`: the request that the page showed.

    Only by another officer than who asked, and by no other account of that one; of a case file that a
    prosecution reads by one of the prosecution. `reasons` of an erasure is kept without the file and names
    nobody. The file's keys are destroyed on this node for all who live on it; every other reader's node is
    asked to erase and answers with a receipt.
    """
    row = country_file(act, file)
    request = believed_file(act, file).request
    if request is None or request["entry"] != entry:
        raise Refused("agrees", "nobody asks for this erasure any more; load the page again")
    if request["officer"] == act.actor.officer:
        raise Forbidden("who asked for an erasure does not decide it")
    require_another(act, request["officer"])
    if has_prosecution(act, row) and act.member(act.actor.authority, "prosecution") is None:
        raise Refused("agrees", EVIDENCE)
    if agrees not in ("yes", "no"):
        raise Refused("agrees", "say whether the file is erased or kept")
    if agrees == "no":
        content = FileErasureRefuse(reasons=reasons)
        act.say(file, content, subject=file, supersedes={}, source="decision")
        return 0
    _refuse(act, row)
    own = act.find_compartment("authority", act.actor.authority)
    if own is None:
        raise Forbidden("this authority has no place of its own here")
    erased = FileErase(kind=row["kind"], country=country_of(row["about"]), reason=reasons, compartments=1)
    act.say(own, erased, subject=act.new_id(), supersedes={})
    erase.erase(act.tx, [file])
    return 1


def _refuse(act: Act, row: Mapping[str, Any]) -> None:
    refuse_erasing(act, row)
    if is_unsent(act.tx, row["id"], PASSING):
        raise Refused("file", UNSENT)
