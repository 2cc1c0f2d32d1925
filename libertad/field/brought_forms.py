"""The ordinary form of a verb, filled in with what a submission says; what no field takes stays as a line.

A question fills the field of its own name, and only with a value that the field takes: a code of its list, a
number, a date, a text that fits. Nothing else is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.access.actor import Actor
from libertad.access.queries import clock_now
from libertad.access.queries_members import home_country
from libertad.evidence.forms import SeizeForm
from libertad.field.odk_submissions import Answer
from libertad.look.fields import MomentField, PartialDateField, offer
from libertad.look.words import choices, choosing, country_choices
from libertad.operations import queries
from libertad.operations.forms import LeadForm, VisitForm
from libertad.operations.forms_planning import in_zone
from libertad.people.forms import MeetForm
from libertad.vocabulary.codelists import sayable
from libertad.vocabulary.values import Happened, Refused, zone

LONGEST = 2000
REFERENCES = ("site", "team")  # written as references, which the forms hold as ids
YES, NO = frozenset({"yes", "true", "1", "ok"}), frozenset({"no", "false", "0"})
ABOUT = {
    "person.meet": _("Meet a person"),
    "lead.report": _("Report a lead"),
    "exhibit.seize": _("Take an exhibit"),
    "visit.record": _("Record a visit"),
}


class BesideMixin(forms.Form):
    """What is kept beside the fields: the answers that no field takes."""

    beside = forms.CharField(
        label=_("What stands beside it"),
        help_text=_(
            "Answers that no field takes. It is kept as you leave it; who collected it, and when, is added."
        ),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST,
        required=False,
    )


class BroughtMeetForm(MeetForm, BesideMixin):
    """Meet a person, as a submission says it."""


class BroughtLeadForm(LeadForm, BesideMixin):
    """Report a lead, as a submission says it."""


class BroughtVisitForm(VisitForm, BesideMixin):
    """Record a visit, as a submission says it; the site is chosen here."""

    site = forms.ChoiceField(label=_("Site"))
    field_order = ("site", "team")


class BroughtSeizeForm(SeizeForm, BesideMixin):
    """Take an exhibit, as a submission says it. Cash is counted on its own page."""

    mine = forms.BooleanField(
        label=_("I took it myself and hold it"),
        error_messages={
            "required": _(
                "Whoever accepts this is recorded as who took it and holds it. If that is somebody else, "
                "that officer accepts it."
            )
        },
    )


@dataclass
class Understood:
    """What a form takes of answers: `initial` by field, the answers that stand `beside`, and `messages` about
    values that a field of their name did not take."""

    initial: dict[str, Any] = field(default_factory=dict)
    beside: list[Answer] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The answers beside, a line each."""
        return "\n".join(f"{answer.question}: {answer.words}" for answer in self.beside)


def form_of(actor: Actor, verb: str, data: Any = None) -> forms.Form:
    """The verb's ordinary form with what this officer may choose, empty or with what was sent."""
    now, own = clock_now(actor.operation), home_country(actor)
    form: forms.Form
    if verb == "lead.report":
        form = BroughtLeadForm(data)
        offer(form, "country", country_choices(queries.countries(actor)))
        offer(form, "site", [("", _("None")), *_sites(actor)])
    elif verb == "visit.record":
        form = BroughtVisitForm(data)
        in_zone(form, ("happened",), actor.zone, now)
        offer(form, "site", choosing(_sites(actor, own)))
        teams = sorted(queries.teams(actor, country=own), key=lambda team: team.reference)
        offer(form, "team", choosing((team.id, team.reference) for team in teams))
    elif verb == "exhibit.seize":
        form = BroughtSeizeForm(data, now=Happened(at=now, zone=actor.zone), sites=_sites(actor, own))
        offer(
            form,
            "kind",
            choices("exhibit-kinds", [code for code in sayable("exhibit-kinds") if code != "cash"])(),
        )
        form.fields["happened"].initial = None
    else:
        form = BroughtMeetForm(data, zone=actor.zone, now=now)
        form.fields["happened"].initial = None
        offer(form, "country", choices("countries", [own])())
        offer(form, "site", [("", _("Not at a site")), *_sites(actor, own)])
    if data is None and "country" in form.fields:
        form.initial["country"] = own
    last = [name for name in ("happened", "beside", "mine") if name in form.fields]
    first = [name for name in ("danger", "name", "age", "age_source") if name in form.fields]
    form.order_fields([*first, *(name for name in form.fields if name not in (*first, *last)), *last])
    return form


def _sites(actor: Actor, country: str = "") -> list[tuple[str, str]]:
    listed = queries.sites(actor, country=country) if country else queries.sites(actor)
    return [(site.id, f"{site.reference} {site.name}".strip()) for site in listed]


def understand(form: forms.Form, answers: Iterable[Answer], zone_name: str) -> Understood:
    """What this form takes of these answers; each is in `initial` or `beside`, and none in neither."""
    result = Understood()
    for answer in answers:
        taker = (
            form.fields.get(answer.name) if answer.name not in ("beside", "mine", *result.initial) else None
        )
        if taker is None or not answer.name:
            result.beside.append(answer)
            continue
        try:
            value, message = _value(taker, answer, zone_name)
        except (forms.ValidationError, Refused) as why:
            words = " ".join(why.messages) if isinstance(why, forms.ValidationError) else str(why)
            result.messages.append(f"{answer.question}: {answer.words} ({words})")
            result.beside.append(answer)
        else:
            result.initial[answer.name] = value
            if message:
                result.messages.append(f"{answer.question}: {message}")
    return result


def _value(taker: forms.Field, answer: Answer, zone_name: str) -> tuple[Any, str]:
    """The field's initial value, and what is to be said of it. ValidationError for what it does not take."""
    text = answer.codes[0] if len(answer.codes) == 1 else " ".join(answer.codes)
    if isinstance(taker, MomentField):
        return _moment(text, zone_name)
    if isinstance(taker, forms.MultipleChoiceField):
        taker.clean(list(answer.codes))
        return list(answer.codes), ""
    if isinstance(taker, forms.ChoiceField):
        code = _code(taker, text) if answer.name in REFERENCES else text
        taker.clean(code)
        return code, ""
    if isinstance(taker, forms.BooleanField):
        if text.lower() not in YES | NO:
            raise forms.ValidationError(gettext("This is neither yes nor no"))
        return text.lower() in YES, ""
    if isinstance(taker, PartialDateField):
        return taker.clean([text, "", "", ""]), ""
    taker.clean(text)
    return text, ""


def _code(taker: forms.ChoiceField, text: str) -> str:
    """The id of what is called by this reference among what the form offers."""
    pairs: Any = taker.choices
    listed: Mapping[str, str] = {str(label).split(" ")[0]: str(value) for value, label in pairs if value}
    return listed.get(text.strip().upper(), text)


def _moment(text: str, zone_name: str) -> tuple[Any, str]:
    """A moment as phones write it (ISO 8601); without a zone it is read by the clock of who accepts it."""
    try:
        moment = datetime.fromisoformat(text).replace(second=0, microsecond=0)
    except ValueError:
        raise forms.ValidationError(gettext("This is no date and time that is understood")) from None
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return [str(moment.day), str(moment.month), str(moment.year), "", ""], ""
    if moment.tzinfo is None:
        message = gettext("%(moment)s names no time zone; it is read by the clock where you are")
        return Happened(at=moment.replace(tzinfo=zone(zone_name)), zone=zone_name), message % {"moment": text}
    return Happened(at=moment, zone=zone_name), ""


def moment_of(text: str, zone_name: str) -> Any:
    """A moment as `_moment` reads it (Happened, or the boxes of a day); None for none."""
    try:
        return _moment(text, zone_name)[0] if text else None
    except forms.ValidationError:
        return None
