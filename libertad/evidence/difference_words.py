"""What differed at an audit of the store, in words."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from libertad.evidence.custody import Event
from libertad.evidence.queries_store import AuditSeen, DifferenceSeen
from libertad.evidence.sentence import happened
from libertad.look import times
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def difference_title(difference: DifferenceSeen) -> str:
    """'GY-0034 is missing', or that it was and has turned up."""
    if difference.turned_up is not None:
        return _("%(exhibit)s was missing, and has turned up since") % {
            "exhibit": difference.reference or _("An exhibit")
        }
    titles = {
        "missing": _("%(exhibit)s is missing"),
        "unexpected": _("%(exhibit)s is there and should not be"),
        "unknown": _("%(thing)s is of no exhibit on file"),
        "seal": _("The seal of %(exhibit)s differs"),
    }
    return titles[difference.kind] % {
        "exhibit": difference.reference or _("An exhibit"),
        "thing": difference.thing,
    }


def difference_words(difference: DifferenceSeen) -> str:
    """What is behind it: the exhibit, or both seals."""
    if difference.kind == "seal":
        values = {"read": difference.read, "seal": difference.on_file or _("none")}
        return _("It reads %(read)s; on file stands %(seal)s.") % values
    if difference.kind == "unknown":
        return _("It was read there: no reference and no seal of this case.")
    return difference.description


def difference_todo(difference: DifferenceSeen, place: str) -> str:
    """What to do about it before it is explained: only what is missing still is searched for."""
    if difference.turned_up is not None:
        return _("Audit of %(place)s. %(turned_up)s Say how it came out.") % {
            "place": place,
            "turned_up": turned_up_words(difference.turned_up),
        }
    todo = {
        "missing": _("Audit of %(place)s. Search for it, then say how it came out."),
        "unexpected": _("Audit of %(place)s. Find out why it is there, then say how it came out."),
        "unknown": _("Audit of %(place)s. Find out what it is, then say how it came out."),
        "seal": _("Audit of %(place)s. Look at the exhibit and its seal, then say how it came out."),
    }
    return todo[difference.kind] % {"place": place}


def turned_up_words(event: Event) -> str:
    """'Sgt. Roe returned it on 5 April 2018, 10:30 (UTC-4).'"""
    text = {
        "return": _("%(by)s returned it on %(when)s."),
        "accept": _("%(by)s accepted it on %(when)s."),
        "store": _("%(by)s put it away on %(when)s."),
        "seal": _("%(by)s sealed it on %(when)s."),
    }
    values = {"by": event.by or _("An officer"), "when": times.when(happened(event))}
    return text[event.kind] % values


def difference_told(audit: AuditSeen, difference: DifferenceSeen) -> list[str]:
    """Which audit found it; of a seal, both; how it was explained and why, where it was."""
    day = times.day(Happened(at=audit.at, zone=audit.zone))
    lines = [
        _("Audit of %(place)s, %(day)s.") % {"place": audit.place, "day": day},
        difference_words(difference) if difference.kind == "seal" else "",
        explained_words(difference),
        difference.explained.get("reasons", ""),
    ]
    return [text for text in lines if text]


def explained_words(difference: DifferenceSeen) -> str:
    """'Found again (Sgt. Roe, 5 April 2018)'; '' while nobody has explained it."""
    if not difference.explained:
        return ""
    at = Happened(at=datetime.fromisoformat(difference.explained["at"]), zone=difference.explained["zone"])
    by = ", ".join(filter(None, [difference.explained["by"], times.day(at)]))
    return f"{words('store-outcomes', difference.explained['outcome'])} ({by})"
