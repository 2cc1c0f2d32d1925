"""Forms that correct what is on file of a detention."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import CorrectForm
from libertad.look.fields import MomentField
from libertad.look.words import choices
from libertad.people.forms import WhenForm, said_name
from libertad.people.forms_custody import DayPartMixin


class CorrectDetentionForm(CorrectForm):
    """Name, grounds and site; a status has a page of its own."""

    name = forms.CharField(label=_("Name"), max_length=200)
    grounds = forms.CharField(label=_("On what grounds?"), max_length=500)
    site = forms.ChoiceField(label=_("Site"), choices=(), required=False)

    field_order = ("name", "grounds", "site")

    def field_values(self) -> dict[str, Any]:
        values = super().field_values()
        return values | {"name": said_name(values["name"])}


class CorrectStatusForm(DayPartMixin, WhenForm):
    """Which status is wrong, and how."""

    entry = forms.ChoiceField(
        label=_("Which status is wrong?"), widget=forms.RadioSelect(attrs={"data-look": "radios"})
    )
    how = forms.ChoiceField(
        label=_("What is right?"),
        choices=(("none", _("It did not happen")), ("time", _("It happened at another time"))),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("What was wrong, and how do you know?"),
        help_text=_("It stays on file beside what was said before."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    field_order = ("entry", "how", "reasons", "happened", "day_part")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment = self.fields["happened"]
        moment.label = _("When did it happen, if at another time?")
        moment.initial = None
        self.fields["hour_shown"].initial = self.fields["day_shown"].initial = ""


class CorrectMeetingForm(CorrectForm):
    """Where, when and how somebody was met. Danger has its own pages; what was said is recorded anew."""

    met = MomentField(label=_("When did you meet?"), help_text=_("By the clock of the place."))
    site = forms.ChoiceField(label=_("Site"), choices=(), required=False)
    # Goes with the site; of the form so that it is known which values of it were shown.
    visit = forms.CharField(widget=forms.HiddenInput, required=False)
    with_whom = forms.CharField(label=_("Alone?"), max_length=100, required=False)
    needs = forms.MultipleChoiceField(
        label=_("Needs now"),
        choices=choices("needs"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        required=False,
    )
    travel_document = forms.ChoiceField(
        label=_("Travel document"),
        choices=choices("travel-documents", blank=_("Nothing on file")),
        required=False,
    )

    field_order = ("met", "site", "visit", "with_whom", "needs", "travel_document")

    def __init__(self, *args: Any, zone: str, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        moment = self.fields["met"]
        if isinstance(moment, MomentField):
            moment.zone_name, moment.latest = zone, now
