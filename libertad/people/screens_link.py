"""Forms about who else a file concerns: the same person or not."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
from libertad.look.fields import offer
from libertad.look.words import words
from libertad.people import forms as asked
from libertad.people import names, queries
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.propose_link import propose_link
from libertad.people.head import person_or_404
from libertad.people.queries import PersonSeen
from libertad.people.screens_acts import shown_form

MOST = 12


def candidates(actor: Actor, person: PersonSeen) -> list[PersonSeen]:
    """Records that may be of the same person: linked already, same document or phone, or a like name."""
    scores = dict.fromkeys(person.links, 200.0)
    numbers = [number for number, _entry in person.phones] + [
        number for _kind, number, *_rest in person.documents if number
    ]
    for number in numbers:
        for key, score in names.search(actor, number, MOST + 1):
            scores[key] = max(scores.get(key, 0.0), 50 + score)
    for name, _entry in person.names:
        for key, score in names.search(actor, name.text, MOST + 1, every=False):
            scores[key] = max(scores.get(key, 0.0), score)
    scores.pop(person.id, None)
    best = sorted(scores, key=lambda key: (-scores[key], key))[:MOST]
    known_ = {candidate.id: candidate for candidate in queries.people(actor, ids=best)}
    return [known_[key] for key in best if key in known_]


def person_link(request: HttpRequest, key: str) -> HttpResponse:
    """Two records: of one person, or not."""
    actor, person = actor_of(request), person_or_404(request, key)
    form = asked.LinkForm(request.POST or None)
    if not can_say(actor, "person.not_same"):  # who may only propose
        form.fields["same"].choices = form.fields["same"].choices[:-1]  # type: ignore[attr-defined]
    linked = _("linked now")
    offer(
        form,
        "other",
        [
            (
                candidate.id,
                ", ".join(
                    filter(
                        None,
                        [
                            candidate.reference,
                            candidate.name or _("no name said"),
                            words("countries", candidate.country),
                            linked if candidate.id in person.links else "",
                        ],
                    )
                ),
            )
            for candidate in candidates(actor, person)
        ],
    )
    if not form.fields["other"].choices:  # type: ignore[attr-defined]
        del form.fields["other"]
        form.fields["reference"].label = _("Reference of the other record")
        form.fields["reference"].required = True
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        typed = queries.by_reference(actor, data["reference"]) if data["reference"] else None
        other_id = typed.id if typed else data.get("other", "")
        if data["reference"] and typed is None:
            form.add_error("reference", _("There is no such file. Look at its reference again"))
        elif not other_id:
            form.add_error("reference", _("Choose the other record, or give its reference"))
        else:
            verb: Callable[..., object] = link_not_same if data["same"] == "no" else propose_link
            twice = {"recorded_twice": True} if data["same"] == "twice" else {}
            done, _none = try_perform(
                request,
                form,
                verb,
                person=key,
                other=other_id,
                reasons=data["reasons"],
                source="decision",
                **twice,
            )
            if done:
                if verb is propose_link:
                    messages.success(
                        request,
                        _("Proposed. Nothing is linked until a second person has confirmed it."),
                    )
                return redirect("person", key)
    return shown_form(
        request,
        form,
        person,
        _("The same person as another record?"),
        _("Record it"),
        _(
            "Nothing is merged: both records stay, and the person is counted once. It is linked when a "
            "second person of your authority has confirmed it, and not before; that it is not the same "
            "person holds at once."
        ),
    )
