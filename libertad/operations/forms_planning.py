"""Forms about the operation, its windows, authorities, teams and check-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import ShownForm
from libertad.look import refusals
from libertad.look.fields import MomentField, PartialDateField
from libertad.look.lines import LinesField
from libertad.look.numbers import NumberField, WholeField
from libertad.look.times import clock_of, place_of
from libertad.look.words import choices, zone_choices
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.zones import default_zone

NO_ZONE = _("That is not a time zone. Choose one from the list")


class OperationForm(forms.Form):
    """Open an operation."""

    name = forms.CharField(label=_("Name of the operation"), max_length=200)
    first_day = PartialDateField(label=_("First action day"))
    last_day = PartialDateField(label=_("Last action day"))
    zone = forms.ChoiceField(
        label=_("Time zone of the coordination centre"),
        help_text=_("Named after its largest city nearby, by country or territory."),
        choices=zone_choices(blank=_("Choose a time zone")),
        error_messages={"invalid_choice": NO_ZONE},
    )
    country = forms.MultipleChoiceField(
        label=_("Countries and territories"),
        choices=choices("countries"),
        help_text=_("All that take part."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
    )


class AuthorityForm(forms.Form):
    """Invite an authority."""

    name = forms.CharField(label=_("Name of the authority"), max_length=200)
    kind = forms.ChoiceField(
        label=_("Kind of authority"),
        choices=choices("authority-kinds"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    country = forms.ChoiceField(
        label=_("Country or territory"),
        choices=choices("countries", blank=_("Choose a country or territory")),
    )
    zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=zone_choices(blank=_("The usual one of the country or territory")),
        error_messages={"invalid_choice": NO_ZONE},
    )
    officers = WholeField(
        label=_("Officers who take part"),
        required=False,
        min_value=0,
        max_value=100_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def clean_officers(self) -> int:
        return self.cleaned_data["officers"] or 0

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        try:
            if "zone" in values and "country" in values:
                values["zone"] = values["zone"] or default_zone(values["country"])
        except Refused as why:
            refusals.show(self, why, "zone")
        return values


class ClockForm(forms.Form):
    """Set the operation's clock."""

    reads = MomentField(past=False, label=_("From now on the clock shows"))
    rate = NumberField(
        label=_("How many seconds pass in one real second?"),
        help_text=_("1 is real time, 0 stands still."),
        initial=1,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    reason = forms.CharField(
        label=_("Why?"),
        help_text=_("Needed once the operation has begun: another authority countersigns it then."),
        max_length=500,
        required=False,
    )


class WindowForm(ShownForm):
    """Set a window."""

    name = forms.CharField(label=_("Name of the window"), max_length=200)
    opens = MomentField(past=False, label=_("Opens"))
    closes = MomentField(past=False, label=_("Closes"))


class TeamForm(forms.Form):
    """Assign a team to a site."""

    reference = forms.CharField(
        label=_("Name of the team"), help_text=_("A call sign, no names of officers."), max_length=32
    )
    member = forms.MultipleChoiceField(
        label=_("Who is in it?"),
        help_text=_("The tasking stands on the Today of each until acknowledged."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        required=False,
    )
    others = LinesField(
        label=_("Members without an account"),
        help_text=_("Rank and name, one in each line. Libertad tells them nothing: brief them yourself."),
        required=False,
    )
    officers = WholeField(
        label=_("Others, not named: how many?"),
        required=False,
        min_value=0,
        max_value=500,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    task = forms.CharField(
        label=_("What is it to do, and who does what?"),
        help_text=_("Who leads, searches, speaks with people, keeps exhibits, drives."),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=1000,
    )
    window = forms.ChoiceField(label=_("Window"), required=False)
    first_check_in = MomentField(past=False, label=_("First check-in no later than"))
    every_minutes = forms.TypedChoiceField(
        label=_("Then a check-in every"),
        coerce=int,
        choices=[
            ("", _("Choose")),
            (30, _("30 minutes")),
            (60, _("hour")),
            (120, _("2 hours")),
            (240, _("4 hours")),
            (720, _("12 hours")),
            (1440, _("day")),
        ],
    )
    silent_until = MomentField(
        past=False,
        label=_("Silent by plan until"),
        help_text=_("For a place without network. Leave empty otherwise: until then nobody is alarmed."),
        required=False,
    )
    silent_why = forms.CharField(label=_("Why silent"), required=False, max_length=300)

    def clean_officers(self) -> int:
        return self.cleaned_data["officers"] or 0

    def clean(self) -> dict[str, Any]:
        """A tasking that names nobody reaches nobody."""
        values = super().clean() or self.cleaned_data
        if "member" not in self.errors and not values.get("member") and not values.get("others"):
            self.add_error(
                "member", _("Name the officers in it; those without an account below, one in each line.")
            )
        return values


class CheckInForm(forms.Form):
    """Check in: danger first."""

    danger = forms.ChoiceField(
        label=_("Is anyone hurt or in danger now?"),
        choices=[("no", _("No")), ("yes", _("Yes, get help"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer: no, or yes.")},
    )
    state = forms.ChoiceField(
        label=_("Where does the team stand?"),
        choices=choices("team-states"),
        widget=forms.RadioSelect,
        required=False,
    )
    again_in = forms.TypedChoiceField(
        label=_("We speak again"),
        help_text=_("In danger, 30 minutes at the most."),
        required=False,
        coerce=int,
        choices=[
            ("", _("as planned")),
            (30, _("in 30 minutes")),
            (60, _("in 1 hour")),
            (240, _("in 4 hours")),
            (720, _("in 12 hours")),
            (1440, _("in 24 hours")),
            (4320, _("in 72 hours")),
        ],
    )
    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("No names of people who may be victims."),
        required=False,
        max_length=500,
    )
    happened = MomentField(label=_("When was it?"), empty_is_now=True, required=False)

    def clean_danger(self) -> bool:
        return bool(self.cleaned_data["danger"] == "yes")

    def clean(self) -> dict[str, Any]:
        """Where the team stands is asked of a team that is well: nothing holds up a danger."""
        values = super().clean() or self.cleaned_data
        if not values.get("danger") and not values.get("state") and "state" not in self.errors:
            self.add_error("state", _("Say where the team stands."))
        return values


def in_zone(form: forms.Form, names: tuple[str, ...], zone_name: str, now: datetime | None = None) -> None:
    """Moments of a form are read in this zone, and their hints say so. `now`: the operation's clock."""
    for name in names:
        field = form.fields[name]
        if not isinstance(field, MomentField):
            raise TypeError(f"{name} is not a moment")
        field.zone_name, field.latest = zone_name, now
        hint = str(field.help_text)
        field.help_text = f"{hint} {place_of(zone_name)}." if hint else clock_of(zone_name)


def utc(value: Happened | None) -> Any:
    """The moment of a field, for an action's parameter; None stays None."""
    return None if value is None else value.utc
