"""What a second reader should see before answering: what does not fit, said plainly. It refuses nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.translation import gettext as _

from libertad.care.presenters import FileSeen, PartSeen
from libertad.care.queries_family import FamilySeen
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.vocabulary.values import Happened, span

WISHED = frozenset({"stay", "return", "third-country"})  # what can be decided as well as wished


def of_identification(decision: PartSeen, screenings: Sequence[PartSeen], now: Happened) -> list[str]:
    """Of an identification; `screenings` of the person, newest first."""
    return [
        *_corrected(decision),
        *_passed(decision, now),
        *_rests_on(decision, screenings),
        *_against(decision),
    ]


def of_return(decision: PartSeen, file: FileSeen, now: Happened, family: FamilySeen) -> list[str]:
    """Of a decision on return or stay; `family`: who belongs to the person."""
    return [
        *_corrected(decision),
        *_passed(decision, now),
        *_overtaken(decision, file),
        *_separations(decision, file, family),
    ]


def _corrected(decision: PartSeen) -> Iterator[str]:
    if decision.words.get("corrected"):
        yield _("It was corrected. A reading of the earlier words does not count for these.")
    if len(decision.words.get("entries", ())) > 1:
        yield _("Two corrections of it are on file. It counts once a third has settled them.")


def _passed(decision: PartSeen, now: Happened) -> Iterator[str]:
    """Dates that lie before today, by the clock of the operation where the reader is."""
    today = now.local.date()
    sentences = {
        "review_on": _("The review date has passed already: %(day)s."),
        "until": _("It has ended already: %(day)s."),
        "appeal_by": _("The time for an appeal has passed already: %(day)s."),
    }
    for name, text in sentences.items():
        day = decision.plain.get(name) or ""
        if day and _last(day) < today:
            yield text % {"day": date_words(day)}


def _last(partial: str) -> date:
    return span(partial)[1]


def _rests_on(decision: PartSeen, screenings: Sequence[PartSeen]) -> Iterator[str]:
    if not decision.plain["screening"]:
        yield _("It names no screening that it rests on.")
    elif screenings and screenings[0].id != decision.plain["screening"]:
        yield _("A later screening is on file than the one it rests on: %(when)s.") % {
            "when": when(screenings[0].when)
        }


def _against(decision: PartSeen) -> Iterator[str]:
    """The decision and the person's own word say different things: neither settles the other."""
    status, says = decision.plain["status"], decision.words.get("person_says")
    victim = status in ("presumed", "confirmed")
    if (says == "victim" and not victim) or (says == "not-a-victim" and victim):
        yield _("The person says otherwise: %(what)s.") % {"what": words("person-says", says)}


def _overtaken(decision: PartSeen, file: FileSeen) -> Iterator[str]:
    if not file.status:
        yield _("No identification counts any more: the one it rests on was corrected.")
    if (file.wish or "not-asked") != decision.plain["wish"]:
        yield _("The person has said another wish since: %(wish)s.") % {
            "wish": words("wishes", file.wish or "not-asked")
        }
    if decision.plain["decision"] in WISHED and decision.plain["wish"] in WISHED - {
        decision.plain["decision"]
    }:
        yield _("It goes against what the person wants: %(wish)s.") % {
            "wish": words("wishes", decision.plain["wish"])
        }
    weighed = decision.words.get("circumstances", ())
    if file.child and decision.plain["decision"] != "undecided" and "child-best-interest" not in weighed:
        yield _("The rules for a child apply, and the child's best interest was not weighed.")
    if file.child and decision.plain["decision"] != "undecided" and "childs-views" not in weighed:
        yield _("The rules for a child apply, and the child's own views were not weighed.")


def _separations(decision: PartSeen, file: FileSeen, family: FamilySeen) -> Iterator[str]:
    """Who wants to stay together with the person, and is not named in it, or is decided otherwise."""
    if file.child and not family.has_guardian:
        yield _("The rules for a child apply, and no guardian is on file.")
    named = decision.words.get("together_with", ())
    for relative in family.relatives:
        if relative.ended or relative.together != "yes":
            continue
        label = {"who": relative.name or relative.reference or _("one of the family")}
        if not relative.relative_id:
            yield _("The person wants to stay together with %(who)s, of whom there is no file here.") % label
        elif relative.relative_id not in named:
            yield _("It does not name %(who)s, with whom the person wants to stay together.") % label
        decided = relative.file.decision if relative.file is not None else ""
        if decided and decided != decision.plain["decision"]:
            yield _("About %(who)s it was decided otherwise: %(what)s.") % {
                **label,
                "what": words("return-decisions", decided),
            }


def waits_beside(decision: PartSeen, decisions: Sequence[PartSeen]) -> list[str]:
    """Other decisions of the same kind of this person that wait too: the one that is read last counts."""
    names = {"status": "identification-statuses", "decision": "return-decisions"}
    return [
        _("Another decision of this person waits too: %(what)s, %(when)s.")
        % {"what": words(codes, other_decision.plain[name]), "when": when(other_decision.when)}
        for other_decision in decisions
        for name, codes in names.items()
        if other_decision.id != decision.id
        and not other_decision.plain["read"]
        and name in other_decision.plain
    ]
