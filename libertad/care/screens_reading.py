"""The second readings of a protection file: the decision with its reasons, and what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.care import forms, models, queries, telling, warnings
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.pages import find, link, now_of
from libertad.care.screens import overtaken, part_of, weighed
from libertad.care.screens_correcting import corrected, may_correct, read_before
from libertad.care.screens_forms import back_to, form_page, save
from libertad.care.seen import FileSeen, PartSeen
from libertad.look.looks import FormPage, Link, Pair
from libertad.look.times import date_words, when
from libertad.look.words import words


def reading(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """An identification with its reasons; for another officer, the second reading."""
    file = find(request, person)
    one = part_of(request, models.Identification, person, key)
    form = forms.ReadingForm(request.POST or None, now=now_of(request), initial={"shown": shown_entry(one)})
    if save(request, form, read_identification, identification=key):
        return redirect("care-screening", person)
    facts = [
        Pair(_("Decision"), words("identification-statuses", one.plain["status"]), strong=True),
        Pair(_("Reasons"), one.words.get("reasons", "")),
        Pair(_("What the person says"), words("person-says", one.words.get("person_says") or "not-asked")),
        Pair(_("Review on"), date_words(one.plain["review_on"])),
        Pair(_("Decided"), when(one.when), telling.by(one)),
        *read_before(who(request), one),
    ]
    screenings = queries.parts(who(request), models.Screening, person)
    facts[3:3] = rests_on(one, screenings)
    if one.words.get("non_punishment"):
        facts.insert(2, Pair(_("Forced to offend"), one.words.get("forced_to", "")))
    shown = FormPage(
        title=_("Second reading: %(what)s") % {"what": words("identification-statuses", one.plain["status"])},
        button=_("Record my reading"), reference=file.reference,
        back=back_to(file, "care-screening", _("Screening")),
        wont=_("The status is counted without name or file. Detention and arrest stay what they are."),
    )  # fmt: skip
    told = warnings.of_identification(one, screenings, now_of(request))
    return _page(request, file, form, shown, one, models.Identification, facts, told, "care-identify-correct")


def return_reading(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """A return decision with what was weighed; for another officer, the second reading."""
    file = find(request, person)
    one = part_of(request, models.ReturnDecision, person, key)
    form = forms.ReadingForm(request.POST or None, now=now_of(request), initial={"shown": shown_entry(one)})
    if save(request, form, read_return, decision=key):
        return redirect("care-return", person)
    what = weighed(request, one)
    facts = [
        Pair(_("Decision"), what["decision"], strong=True),
        Pair(_("Wish"), what["wish"], link=link(request, _("In the person's words"), "care-return", person)),
        *identified_as(request, person),
        Pair(_("Circumstances"), ", ".join(what["circumstances"])),
        Pair(_("Resources"), ", ".join(what["resources"])),
        Pair(_("Reasons"), one.words.get("reasons", "")),
        Pair(_("Legal basis"), one.words.get("basis") or _("Not named")),
        *(Pair(label, text) for label, text in what["dates"]),
        *(Pair(_("Must stay together with"), "", link=other) for other in what["together"]),
        Pair(_("Decided"), when(one.when), what["by"]),
        *read_before(who(request), one),
    ]
    shown = FormPage(
        title=_("Second reading: %(what)s") % {"what": what["decision"]},
        button=_("Record my reading"), reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        wont=_("Nobody travels because of this page."),
    )  # fmt: skip
    told = warnings.of_return(one, file, now_of(request))
    return _page(request, file, form, shown, one, models.ReturnDecision, facts, told, "care-decide-correct")


def rests_on(made: PartSeen, screenings: Sequence[PartSeen]) -> list[Pair]:
    """The screening that an identification names, and a later one, each with the way to its answers.

    `screenings` of the person, newest first.
    """
    told = {made.plain["screening"]: _("Rests on")}
    if screenings and made.plain["screening"]:
        told.setdefault(screenings[0].id, _("A later screening"))
    return [
        Pair(
            told[one.id], telling.rule_title(one.plain["rule_set"]), when(one.when),
            link=Link(_("Read its answers"), reverse("care-answers", args=[one.person, one.id])),
        )
        for one in reversed(screenings)
        if one.id in told
    ]  # fmt: skip


def identified_as(request: HttpRequest, person: str) -> list[Pair]:
    """The identification that counts, on which a decision on return or stay is built."""
    made = queries.parts(who(request), models.Identification, person, read="yes")[:1]
    return [
        Pair(
            _("Identification"), words("identification-statuses", one.plain["status"]), when(one.when),
            link=link(request, _("Read it"), "care-reading", person, one.id),
        )
        for one in made
    ]  # fmt: skip


def shown_entry(made: PartSeen) -> str:
    """The entry whose words the page shows; '' of a decision that nobody corrected, or that two corrected."""
    entries = made.words.get("entries", ())
    return entries[0] if made.words.get("corrected") and len(entries) == 1 else ""


def _page(
    request: HttpRequest, file: FileSeen, form: forms.ReadingForm, shown: FormPage, made: PartSeen,
    model: type[models.Decided], facts: list[Pair], told: list[str], route: str,
) -> HttpResponse:  # fmt: skip
    """The reading with its warnings, what was corrected, and the way to correct it."""
    actor = who(request)
    settled = len(made.words.get("entries", ())) < 2
    others = queries.parts(actor, model, file.person)
    over = any(gone for one, gone in overtaken(others) if one.id == made.id)
    waits = not made.plain["read"] and not over
    told += warnings.waits_beside(made, others)
    more: dict[str, Any] = {
        "facts": facts, "one": made, "warnings": told if waits else [], "overtaken": over,
        "open_to_me": settled and waits and made.officer != actor.officer,
        "taken_back": bool(made.words.get("taken_back")), "corrections": corrected(actor, model, made.id),
    }  # fmt: skip
    if may_correct(actor, made, route) and file.closed is None and not more["taken_back"]:
        more["correct"] = Link(_("Correct this decision"), reverse(route, args=[file.person, made.id]))
    return form_page(request, file, form, shown, "care/reading.html", **more)
