"""What differed at an audit of the store, in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from libertad.evidence.queries_store import DifferenceSeen
from libertad.look import times
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def difference_title(found: DifferenceSeen) -> str:
    """'GY-0034 is missing'."""
    titles = {
        "missing": _("%(exhibit)s is missing"), "unexpected": _("%(exhibit)s is there and should not be"),
        "unknown": _("%(thing)s is of no exhibit on file"), "seal": _("The seal of %(exhibit)s differs"),
    }  # fmt: skip
    return titles[found.kind] % {"exhibit": found.reference or _("An exhibit"), "thing": found.thing}


def difference_words(found: DifferenceSeen) -> str:
    """What is behind it: the exhibit, or both seals."""
    if found.kind == "seal":
        values = {"read": found.read, "seal": found.on_file or _("none")}
        return _("It reads %(read)s; on file stands %(seal)s.") % values
    if found.kind == "unknown":
        return _("It was read there: no reference and no seal of this case.")
    return found.description


def difference_todo(found: DifferenceSeen, place: str) -> str:
    """What to do about it before it is explained: only what is missing is searched for."""
    todo = {
        "missing": _("Audit of %(place)s. Search for it, then say how it came out."),
        "unexpected": _("Audit of %(place)s. Find out why it is there, then say how it came out."),
        "unknown": _("Audit of %(place)s. Find out what it is, then say how it came out."),
        "seal": _("Audit of %(place)s. Look at the exhibit and its seal, then say how it came out."),
    }
    return todo[found.kind] % {"place": place}


def explained_words(found: DifferenceSeen) -> str:
    """'Found again (Sgt. Roe, 5 April 2018)'; '' while nobody has explained it."""
    if not found.explained:
        return ""
    at = Happened(at=datetime.fromisoformat(found.explained["at"]), zone=found.explained["zone"])
    by = ", ".join(filter(None, [found.explained["by"], times.day(at)]))
    return f"{words('store-outcomes', found.explained['outcome'])} ({by})"
