"""Open, take, answer and close a complaint; read the closing as a second officer; erase what is over."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.actions._complaint import OVER, OnFile, find_complaint, say_in
from libertad.access.complaint_models import ComplaintRow
from libertad.access.complaints import holder, receivers, second_readers
from libertad.access.fold_complaints import complaint_from
from libertad.journal import erase
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs import complaints as say

WAITS = marked("a closing waits for its second reader: nothing is changed until it was read")
UNANSWERED = marked("write first what was done, and what is told to who complained")
CHANGED = marked("the closing was changed since you read it: read it again")
ERASED_WITH = "the person was erased"


@action("complaint.open")
def open_complaint(act: Act, *, complaint: str) -> str:
    """Returns the entry's hash: who opened the page is recorded with the complaint."""
    return say_in(act, find_complaint(act, complaint).place, say.ComplaintOpen(), complaint)


@action("complaint.take")
def take_complaint(act: Act, *, complaint: str) -> str:
    """Returns the entry's hash. Only by whom it reaches, and not while somebody else answers it."""
    on_file = _unfinished(act, complaint)
    if act.actor.officer not in receivers(
        on_file.staff, on_file.complaint.officers, on_file.complaint.recorder
    ):
        raise Forbidden("whom the complaint reaches takes it")
    if holder(on_file.staff, on_file.complaint):
        raise Refused("complaint", "somebody answers this complaint already")
    return say_in(act, on_file.place, say.ComplaintTake(), complaint)


@action("complaint.answer")
def answer_complaint(act: Act, *, complaint: str, words: str) -> str:
    """Returns the entry's hash. Only by who took it."""
    on_file = _find_held(act, complaint)
    return say_in(act, on_file.place, say.ComplaintAnswer(words=words.strip()), complaint)


@action("complaint.close")
def close_complaint(act: Act, *, complaint: str, outcome: str, words: str) -> str:
    """Returns the entry's hash. By who took it, once it was answered; a second officer's reading makes it
    count."""
    on_file = _find_held(act, complaint)
    if on_file.complaint.answered is None:
        raise Refused("words", UNANSWERED)
    content = say.ComplaintClose(outcome=outcome, words=words.strip())
    return say_in(act, on_file.place, content, complaint)


@action("complaint.read")
def read_closing(act: Act, *, complaint: str, closing: str, agrees: str, words: str = "") -> str:
    """Returns the entry's hash. `closing`: the entry that was read. Never by who closed it. Where the person
    was erased meanwhile, the complaint is erased by it."""
    on_file = _unfinished(act, complaint)
    if not on_file.complaint.closing or on_file.complaint.closing != closing:
        raise Refused("agrees", CHANGED)
    if act.actor.officer not in second_readers(on_file.staff, on_file.complaint):
        raise Forbidden("another officer than who closed it reads the closing")
    content = say.ComplaintRead(closing=closing, agrees=agrees, words=words.strip())
    entry = say_in(act, on_file.place, content, complaint)
    if agrees == "yes" and on_file.complaint.unnamed:
        _erase(act, on_file.place, ERASED_WITH)
    return entry


@action("complaint.erase")
def erase_complaint(act: Act, *, complaint: str, reason: str) -> str:
    """Returns the entry's hash, in the authority's own file. Only of one that is over, by whom it reached or
    who read its closing."""
    on_file = find_complaint(act, complaint)
    view, me = on_file.complaint, act.actor.officer
    if not view.over:
        raise Refused("reason", "a complaint is erased once it is over")
    if me != view.read_by and me not in receivers(on_file.staff, view.officers, view.recorder):
        raise Forbidden("whom the complaint reached erases it")
    return _erase(act, on_file.place, reason.strip())


@action("complaint.unname")
def complaints_of(act: Act, references: set[str]) -> list[str]:
    """Files of complaints about what happened to a person who is being erased, to be erased as well: those
    that are over. In one that is not it is said that the person was erased, so that it ends with the
    closing: whoever erases a person takes no complaint away by it, and learns of none."""
    files = []
    for row in act.find(ComplaintRow):
        view = complaint_from(row)
        if not act.reads(row["id"]) or view.reference not in references - {""}:
            continue
        if view.over:
            files.append(row["id"])
        elif not view.unnamed:
            act.inside(row["id"]).say(
                row["id"], say.ComplaintUnname(), subject=row["complaint"], supersedes={}
            )
    return files


def _unfinished(act: Act, complaint: str) -> OnFile:
    on_file = find_complaint(act, complaint)
    if on_file.complaint.over:
        raise Refused("complaint", OVER)
    return on_file


def _find_held(act: Act, complaint: str) -> OnFile:
    """A complaint that the actor took, and that no closing of holds."""
    on_file = _unfinished(act, complaint)
    if holder(on_file.staff, on_file.complaint) != act.actor.officer:
        raise Forbidden("who took the complaint answers and closes it")
    if on_file.complaint.closing:
        raise Refused("words", WAITS)
    return on_file


def _erase(act: Act, place: str, reason: str) -> str:
    own = act.compartment("authority", act.actor.authority)
    entry = act.say(own, say.ComplaintErase(reason=reason), subject=act.new_id(), supersedes={})
    erase.erase(act.tx, [place])
    return entry
