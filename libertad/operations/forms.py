"""Forms about leads, sites, visits and database checks. A field's name is the action's parameter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import ShownForm
from libertad.look import refusals
from libertad.look.fields import MomentField, PartialDateField
from libertad.look.lines import FoldedMixin, LinesField
from libertad.look.numbers import DegreesField, NumberField, WholeField
from libertad.look.words import choices, words
from libertad.vocabulary.degrees import LATITUDE, LONGITUDE
from libertad.vocabulary.values import Place, Refused
from libertad.vocabulary.zones import kilometres_from, zones

FAR_KM = 3_000  # no place of a country lies so far from all towns after which its zones are called


class Unshortened(forms.TextInput):
    """A browser cuts what is pasted at `maxlength` without a word: here the node says that it is too long."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off"})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["widget"]["attrs"].pop("maxlength", None)
        return context


class GradesForm(forms.Form):
    """Source and information are graded apart, and how far the lead may go."""

    source_grade = forms.ChoiceField(
        label=_("How reliable is the source?"), choices=choices("source-grades"), widget=forms.RadioSelect
    )
    information_grade = forms.ChoiceField(
        label=_("How well is the information known?"),
        help_text=_("Graded separately from the source."),
        choices=choices("information-grades"),
        widget=forms.RadioSelect,
    )
    handling = forms.ChoiceField(
        label=_("How far may it be shared?"), choices=choices("handling-codes"), widget=forms.RadioSelect
    )
    handling_conditions = forms.CharField(
        label=_("Conditions"), help_text=_("Needed for code C."), required=False, max_length=500
    )


# What a lead may say besides its words. Each is compared with people, things and sites.
LEAD_FACTS: dict[str, Any] = {
    "heard": _("When it was heard"),
    "name": _("Names of suspects, employers or firms"),
    "phone": _("Phone numbers"),
    "vehicle": _("Plates of vehicles"),
    "vessel": _("Names or numbers of vessels"),
    "address": _("Addresses"),
    "place": _("Places, such as a village, river or mine"),
}


class LeadForm(FoldedMixin, GradesForm):
    """Report a lead."""

    FOLDED = tuple(LEAD_FACTS)
    fold_title = _("Date, names, numbers and places")
    fold_help = _(
        "What is known, each name or number in a line of its own. No names of people who may be victims."
    )

    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    summary = forms.CharField(
        label=_("What was reported"),
        help_text=_("One or two sentences. No names of people who may be victims."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
    )
    origin = forms.ChoiceField(
        label=_("Where it comes from"), choices=choices("lead-origins", blank=_("Choose"))
    )
    workplace = forms.ChoiceField(
        label=_("Kind of workplace"),
        choices=choices("workplaces", blank=_("Not known")),
        required=False,
    )
    site = forms.ChoiceField(label=_("Site, if it is on file"), required=False)
    heard = PartialDateField(label=LEAD_FACTS["heard"], past=True, required=False)
    name = LinesField(label=LEAD_FACTS["name"], required=False)
    phone = LinesField(label=LEAD_FACTS["phone"], required=False)
    vehicle = LinesField(label=LEAD_FACTS["vehicle"], required=False)
    vessel = LinesField(label=LEAD_FACTS["vessel"], required=False)
    address = LinesField(label=LEAD_FACTS["address"], required=False)
    place = LinesField(label=LEAD_FACTS["place"], required=False)
    field_order = ("country", "summary", *LEAD_FACTS, "origin", "workplace", "site")


class RegradeForm(GradesForm, ShownForm):
    """Regrade a lead."""

    reasons = forms.CharField(
        label=_("Why do the grades change?"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000
    )


class SiteForm(forms.Form):
    """Register a site."""

    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    name = forms.CharField(
        label=_("What the place is called"), help_text=_("As people there call it."), max_length=200
    )
    workplace = forms.ChoiceField(
        label=_("Kind of workplace"), choices=choices("workplaces"), widget=forms.RadioSelect
    )
    workplace_words = forms.CharField(
        label=_("If other: what kind of place is it?"), max_length=100, required=False
    )
    place = forms.CharField(
        label=_("Address or area, in words"),
        help_text=_(
            "How a team finds it: street and number, road, river, landmark. Enough without a latitude."
        ),
        max_length=500,
        required=False,
    )
    zone = forms.ChoiceField(
        label=_("Time zone at the place"),
        help_text=_("Times of visits and teams are read by it."),
        required=False,
    )
    lat = DegreesField(
        sides=LATITUDE,
        label=_("Latitude"),
        help_text=_("In degrees, north is positive, such as 6.8012 or 6.8012 N. Empty if it is not known."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    lon = DegreesField(
        sides=LONGITUDE,
        label=_("Longitude"),
        help_text=_("In degrees, west is negative, such as -58.1551 or 58.1551 W."),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "text"}),
    )
    within_m = WholeField(
        label=_("How far off may that be, in metres?"), initial=100, min_value=0, max_value=100_000
    )
    access = forms.MultipleChoiceField(
        label=_("How it is reached"),
        choices=choices("site-access"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    network = forms.CharField(
        label=_("Telephone network"),
        help_text=_("Such as 'none from the landing on'."),
        required=False,
        max_length=200,
    )
    living_space_m2 = NumberField(
        label=_("Living space as measured, in square metres"),
        required=False,
        help_text=_("Measured, never estimated. Leave empty if nobody has measured it."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    living_space_people = WholeField(
        label=_("People who live in that space"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    lead = forms.MultipleChoiceField(
        label=_("Leads behind it"),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if "zone" in values and "country" in values:
            try:
                known = zones(values["country"])
                chosen = values["zone"] or known[0]
                values["zone"] = chosen
                if chosen not in known:
                    self.add_error("zone", gettext("That time zone is not one of this country or territory"))
            except Refused as why:
                refusals.show(self, why, "country")
        if {"country", "lat", "lon"} <= values.keys():
            lat, lon = values["lat"], values["lon"]
            is_valid = lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180
            away = kilometres_from(values["country"], lat, lon) if is_valid else None
            if away is not None and away > FAR_KM:
                self.add_error(
                    "lon",
                    gettext(
                        "That is %(km)s km from %(country)s. Look at the signs: west and south are negative, "
                        "or have their letter, such as 58.1551 W."
                    )
                    % {"km": f"{away:.0f}", "country": words("countries", values["country"])},
                )
        if {"lat", "lon", "within_m"} <= values.keys():
            degrees = {name: values[name] for name in ("lat", "lon") if values[name] is not None}
            within = {"within_m": values["within_m"]} if degrees else {}
            try:
                values["place"] = Place(**degrees, **within, words=values.get("place", ""))
            except Refused as why:
                refusals.show(self, why, "lon" if "lat" in degrees and "lon" not in degrees else "")
        return values


class VisitForm(forms.Form):
    """Record a visit, with the conditions that were measured and observed."""

    team = forms.ChoiceField(label=_("Team"))
    outcome = forms.ChoiceField(
        label=_("What did the team find?"), choices=choices("visit-outcomes"), widget=forms.RadioSelect
    )
    people = WholeField(
        label=_("How many people were met?"),
        help_text=_("Leave empty if nobody was met."),
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    living_space_m2 = SiteForm.base_fields["living_space_m2"]
    living_space_people = SiteForm.base_fields["living_space_people"]
    hours_a_day = NumberField(
        label=_("Hours that people work there in a day"),
        required=False,
        between=(0, 24),
        help_text=_("As a rota, a time sheet or the people there show it. Leave empty if it is not known."),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    days_a_week = WholeField(
        label=_("Days that people work there in a week"),
        required=False,
        min_value=1,
        max_value=7,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    conditions = forms.MultipleChoiceField(
        label=_("Found there"),
        required=False,
        choices=choices("indicators-ilo-11"),
        help_text=_("The ILO's indicators of forced labour. What the team saw or read, not a guess."),
        widget=forms.CheckboxSelectMultiple,
    )
    conditions_absent = forms.MultipleChoiceField(
        label=_("Looked for, and not found"),
        required=False,
        choices=choices("indicators-ilo-11"),
        help_text=_("Leave out what nobody looked for. Not finding it proves nothing."),
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("What the next team should know"),
        help_text=_("No names of people who may be victims: they have files of their own."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )
    happened = MomentField(label=_("When did it happen"), required=False)

    def clean_people(self) -> int:
        return self.cleaned_data["people"] or 0


class CheckForm(forms.Form):
    """Record a database check."""

    country = forms.ChoiceField(label=_("Country or territory"), choices=choices("countries"))
    database = forms.ChoiceField(label=_("Database"), choices=choices("databases", blank=_("Choose")))
    about = forms.ChoiceField(
        label=_("Asked about"),
        choices=choices("check-subjects"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    answer = forms.ChoiceField(label=_("Answer"), choices=choices("check-answers"), widget=forms.RadioSelect)
    document_ends = forms.CharField(
        label=_("The document's number ends in"),
        help_text=_("The last four characters at most, never the whole number."),
        max_length=4,
        required=False,
        error_messages={"max_length": _("The last four characters only: these are %(show_value)d.")},
        widget=Unshortened(),
    )
    document_country = forms.ChoiceField(
        label=_("Country that issued it"),
        choices=choices("countries", blank=_("Not known")),
        required=False,
    )
    note = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 2}), required=False, max_length=1000
    )
    happened = MomentField(label=_("When was it asked"), required=False)
    person = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    exhibit = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
