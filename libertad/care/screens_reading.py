"""The second readings of a protection file: the decision with its reasons, and what does not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import forms, models, queries, timeline, warnings
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.read_return import read_return
from libertad.care.appeals import SET_ASIDE
from libertad.care.confirmations import passkeys_told
from libertad.care.pages import after_reading, find, link, now_of, to
from libertad.care.presenters import FileSeen, PartSeen
from libertad.care.queries_family import family
from libertad.care.screens import overtaken, part_of, weighed
from libertad.care.screens_correcting import corrected, may_correct, read_before
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage, Link, Pair
from libertad.look.times import date_words, when
from libertad.look.words import words


def reading(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """An identification with its reasons; for another officer, the second reading."""
    file = find(request, person)
    decision = part_of(request, models.Identification, person, key)
    form = forms.ReadingForm(
        request.POST or None, now=now_of(request), initial={"shown": shown_entry(decision)}
    )
    if save(request, form, read_identification, identification=key):
        return after_reading(request, person, to(request, "care-screening", person))
    facts = [
        Pair(_("Decision"), words("identification-statuses", decision.plain["status"]), strong=True),
        Pair(_("Reasons"), decision.words.get("reasons", "")),
        Pair(
            _("What the person says"), words("person-says", decision.words.get("person_says") or "not-asked")
        ),
        Pair(_("Review on"), date_words(decision.plain["review_on"])),
        Pair(_("Decided"), when(decision.when), timeline.by(decision)),
        *passkeys_told(actor_of(request), decision),
        *read_before(actor_of(request), decision),
    ]
    screenings = queries.parts(actor_of(request), models.Screening, person)
    facts[3:3] = rests_on(request, decision, screenings)
    if decision.words.get("non_punishment"):
        facts.insert(2, Pair(_("Forced to offend"), decision.words.get("forced_to", "")))
    page = FormPage(
        title=_("Second reading: %(what)s")
        % {"what": words("identification-statuses", decision.plain["status"])},
        button=_("Record my reading"),
        reference=file.reference,
        back=back_to(file, "care-screening", _("Screening")),
        wont=_("The status is counted without name or file. Detention and arrest stay what they are."),
    )
    warned = warnings.of_identification(decision, screenings, now_of(request))
    return _page(
        request, file, form, page, decision, models.Identification, facts, warned, "care-identify-correct"
    )


def return_reading(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """A return decision with what was weighed; for another officer, the second reading."""
    file = find(request, person)
    decision = part_of(request, models.ReturnDecision, person, key)
    form = forms.ReadingForm(
        request.POST or None, now=now_of(request), initial={"shown": shown_entry(decision)}
    )
    if save(request, form, read_return, decision=key):
        return after_reading(request, person, to(request, "care-return", person))
    decision_view = weighed(request, decision)
    facts = [
        Pair(_("Decision"), decision_view["decision"], strong=True),
        Pair(
            _("Wish"),
            decision_view["wish"],
            link=link(request, _("In the person's words"), "care-return", person),
        ),
        *identified_as(request, person),
        Pair(_("Circumstances"), ", ".join(decision_view["circumstances"])),
        Pair(_("Resources"), ", ".join(decision_view["resources"])),
        Pair(_("Reasons"), decision.words.get("reasons", "")),
        Pair(_("Legal basis"), decision.words.get("basis") or _("Not named")),
        *(Pair(label, text) for label, text in decision_view["dates"]),
        *(
            Pair(_("Must stay together with"), "", link=other_file)
            for other_file in decision_view["together"]
        ),
        Pair(_("Decided"), when(decision.when), decision_view["by"]),
        *passkeys_told(actor_of(request), decision),
        *read_before(actor_of(request), decision),
    ]
    page = FormPage(
        title=_("Second reading: %(what)s") % {"what": decision_view["decision"]},
        button=_("Record my reading"),
        reference=file.reference,
        back=back_to(file, "care-return", _("Return or stay")),
        wont=_("Nobody travels because of this page."),
    )
    warned = warnings.of_return(decision, file, now_of(request), family(actor_of(request), person))
    return _page(
        request, file, form, page, decision, models.ReturnDecision, facts, warned, "care-decide-correct"
    )


def rests_on(request: HttpRequest, decision: PartSeen, screenings: Sequence[PartSeen]) -> list[Pair]:
    """The screening that an identification names, and a later one, each with the way to its answers.

    `screenings` of the person, newest first.
    """
    labels = {decision.plain["screening"]: _("Rests on")}
    if screenings and decision.plain["screening"]:
        labels.setdefault(screenings[0].id, _("A later screening"))
    return [
        Pair(
            labels[screening.id],
            timeline.rule_title(screening.plain["rule_set"]),
            when(screening.when),
            link=link(request, _("Read its answers"), "care-answers", screening.person, screening.id),
        )
        for screening in reversed(screenings)
        if screening.id in labels
    ]


def identified_as(request: HttpRequest, person: str) -> list[Pair]:
    """The identification that counts, on which a decision on return or stay is built."""
    decisions = queries.parts(actor_of(request), models.Identification, person)
    identifications = [decision for decision in decisions if decision.plain["read"] == "yes"][:1]
    return [
        Pair(
            _("Identification"),
            words("identification-statuses", identification.plain["status"]),
            when(identification.when),
            link=link(request, _("Read it"), "care-reading", person, identification.id),
        )
        for identification in identifications
    ]


def shown_entry(decision: PartSeen) -> str:
    """The entry whose words the page shows; '' of a decision that nobody corrected, or that two corrected."""
    entries = decision.words.get("entries", ())
    return entries[0] if decision.words.get("corrected") and len(entries) == 1 else ""


def _page(
    request: HttpRequest,
    file: FileSeen,
    form: forms.ReadingForm,
    page: FormPage,
    decision: PartSeen,
    model: type[models.Decided],
    facts: list[Pair],
    warned: list[str],
    route: str,
) -> HttpResponse:
    """The reading with its warnings, what was corrected, and the way to correct it."""
    actor = actor_of(request)
    settled = len(decision.words.get("entries", ())) < 2
    decisions = queries.parts(actor, model, file.person)
    over = any(
        is_overtaken
        for other_decision, is_overtaken in overtaken(decisions)
        if other_decision.id == decision.id
    )
    waits = not decision.plain["read"] and not over
    warned += warnings.waits_beside(decision, decisions)
    context: dict[str, Any] = {
        "facts": facts,
        "one": decision,
        "warnings": warned if waits else [],
        "overtaken": over,
        "open_to_me": settled and waits and decision.officer != actor.officer,
        "taken_back": bool(decision.words.get("taken_back")),
        "corrections": corrected(actor, model, decision.id),
    }
    fallen = context["taken_back"] or decision.plain["read"] == SET_ASIDE
    if may_correct(actor, decision, route) and file.closed is None and not fallen:
        context["correct"] = Link(
            _("Correct this decision"), reverse(route, args=[file.person, decision.id]) + file.query
        )
    return form_page(request, file, form, page, "care/reading.html", **context)
