"""What an officer did alone because somebody's life is in danger: who is told of it, and who reviews it."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.actions.review_glass import review_glass
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.glass import DISCLOSE, READ, glass_rules
from libertad.access.queries_glass import BrokenSeen, broken
from libertad.care import queries as care
from libertad.care.queries_disclosing import disclosures
from libertad.look.page_objects import FormPage, Link, Pair, Provenance
from libertad.look.times import when
from libertad.look.words import choices, words
from libertad.people import queries as people
from libertad.vocabulary.values import Happened


class ReviewForm(forms.Form):
    """Whether it was right, and why; nothing is chosen beforehand."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Was it right?"), choices=choices("glass-verdicts"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("How do you know?"),
        help_text=gettext_lazy(
            "Ask the officer first. What you write is kept in the file, and who reads it sees it."
        ),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class Known(NamedTuple):
    """What the reader may know of whom it is about; empty for an administrator."""

    reference: str = ""
    name: str = ""
    provenance: Provenance = ""


def known_person(actor: Actor, person: str) -> Known:
    """Of a person whose protection file or identity file the actor's role reads."""
    file = care.file(actor, person)
    if file is not None:
        return Known(file.reference, file.name, file.provenance)
    met = people.person(actor, person)
    return Known(met.reference, met.name, met.provenance) if met is not None else Known()


def is_told(actor: Actor, view: BrokenSeen) -> bool:
    """Who is told: whoever did it, whoever reviews it, whose task the person is, and the second person of the
    authority whose file it is. Of what is late, or was not right, or that nobody can review, also the second
    person's role and the administrator of the own authority."""
    if view.officer == actor.officer or view.may_review:
        return True
    if view.is_own and view.is_second and (view.late or not view.reviewers or view.verdict):
        return True
    if not view.is_own and view.owns and view.is_second:
        return True
    place = care.places(actor, [view.person]).get(view.person)
    return place is not None and place.officer == actor.officer


def glass(request: HttpRequest, key: str) -> HttpResponse:
    """What was done, for those who are told of it; with the form, for who reviews it. For others no page."""
    actor = actor_of(request)
    view = broken(actor, key)
    if view is None or not is_told(actor, view) or (request.method == "POST" and not view.may_review):
        raise Http404
    form = ReviewForm(request.POST or None) if view.may_review else None
    if form is not None and request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, review_glass, source="decision", entry=key, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Your review is recorded."))
            return redirect("home")
    known = known_person(actor, view.person)
    page = FormPage(
        title=glass_title(view),
        button=_("Record the review"),
        back=Link(_("Today"), reverse("home")),
        reference=known.reference,
        provenance=known.provenance,
        intro=known.name,
        wont=_("Nothing is taken back by it. If it was not right, your administrator is told at once.")
        if form is not None
        else "",
        facts=_facts(actor, view),
        links=_what_was_told(actor, view),
    )
    context = {"page": page, "form": form}
    return render(request, "web/form.html", context, status=422 if form is not None and form.errors else 200)


def glass_title(view: BrokenSeen) -> str:
    """What was done, in a few words."""
    if view.way == READ:
        return _("A protection file was opened because of danger to life")
    if view.way == DISCLOSE:
        return _("A bed was asked for by one officer")
    return _("A file was shared by one person because of danger to life")


def _what_was_told(actor: Actor, view: BrokenSeen) -> list[Link]:
    """What a service was told, to be read before it is said whether that was right."""
    if view.way != DISCLOSE or not may_open(actor, "care-disclosure"):
        return []
    return [
        Link(_("Read what was disclosed"), reverse("care-disclosure", args=[view.person, told.id]))
        for told in disclosures(actor, view.person)
        if told.glass is not None and told.glass.entry == view.entry
    ]


def _facts(actor: Actor, view: BrokenSeen) -> list[Pair]:
    name = view.name or _("An officer")
    by = name if view.is_own else f"{name}, {view.authority}" if view.name else view.authority
    facts = [
        Pair(_("By"), by, when(Happened(at=view.at, zone=actor.zone)), strong=True),
        Pair(_("Why"), view.words),
    ]
    if view.way == READ:
        until = view.at + timedelta(hours=glass_rules().hours)
        facts.append(Pair(_("Open to this officer until"), when(Happened(at=until, zone=actor.zone))))
    elif view.way == DISCLOSE:
        facts.append(Pair(_("Was told of the person"), view.reader))
    else:
        facts.append(Pair(_("Reads the file now"), view.reader))
    if view.verdict and view.reviewed is not None:
        at = when(Happened(at=view.reviewed, zone=actor.zone))
        verdict = words("glass-verdicts", view.verdict)
        facts.append(Pair(verdict, view.review, ", ".join(filter(None, (view.reviewed_by, at))), strong=True))
    else:
        facts.append(Pair(_("Who reviews it"), reviewer_words(view), review_words(view)))
    return facts


def reviewer_words(view: BrokenSeen) -> str:
    """'A. Admin, B. Lead'; of another authority only which."""
    if not view.is_own:
        return view.authority
    return ", ".join(view.reviewers) or _(
        "Nobody of your authority can: appoint an administrator or supervisor"
    )


def review_words(view: BrokenSeen) -> str:
    hours = glass_rules().review
    if view.late:
        return _("Not reviewed within %(hours)s hours") % {"hours": hours}
    return _("Within %(hours)s hours; it stays on Today until then") % {"hours": hours}
