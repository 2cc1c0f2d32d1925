"""Forms of what a team says at a site beside its visit. A field's name is the action's parameter."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.access.forms_correcting import CorrectForm, ShownForm
from libertad.look.fields import MomentField
from libertad.look.numbers import NumberField, WholeField
from libertad.look.words import choices
from libertad.vocabulary.verbs.on_site import LABEL, NOTE, WORDS
from libertad.vocabulary.verbs.operations import MOST_PEOPLE

NO_NAMES = _("No names of people who may be victims: they have files of their own.")


def number_of_people(label: Any, help_text: Any = "") -> WholeField:
    """A number of people; left empty, nobody counted."""
    return WholeField(
        label=label,
        help_text=help_text,
        required=False,
        min_value=0,
        max_value=MOST_PEOPLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


def note_field(help_text: Any = NO_NAMES) -> forms.CharField:
    return forms.CharField(
        label=_("Note"),
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=NOTE,
    )


class HeadcountForm(ShownForm):
    """People counted by eye on entry, or counted anew."""

    team = forms.ChoiceField(label=_("Team"))
    visit = forms.ChoiceField(label=_("Visit"), required=False)
    men = number_of_people(_("Men"))
    women = number_of_people(_("Women"))
    children = number_of_people(_("Children"))
    unclear = number_of_people(_("Unclear"), _("Seen, and not clear whether a man, a woman or a child."))
    note = note_field()
    happened = MomentField(label=_("When was it counted"), empty_is_now=True, required=False)


class ExplainForm(ShownForm):
    """Why fewer people are on file than were counted, or more."""

    left_before_spoken = number_of_people(_("Left before we spoke"))
    still_to_meet = number_of_people(_("Still to meet"))
    counted_twice = number_of_people(_("Counted twice"))
    other = number_of_people(_("Something else"), _("Say in the note what it is."))
    note = note_field()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        names = ("left_before_spoken", "still_to_meet", "counted_twice", "other")
        return values | {name: values[name] or 0 for name in names if name in values}


class RoomForm(forms.Form):
    """A room, as it was measured. What is left empty was not measured."""

    label = forms.CharField(
        label=_("Which room?"), help_text=_("Such as 'cabin behind the kitchen'."), max_length=LABEL
    )
    length_m = NumberField(
        label=_("Length in metres"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    width_m = NumberField(
        label=_("Width in metres"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    height_m = NumberField(
        label=_("Height in metres"),
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    measured = forms.ChoiceField(
        label=_("How was it measured?"),
        choices=choices("measuring-ways"),
        widget=forms.RadioSelect,
        required=False,
    )
    sleeping = number_of_people(_("People who sleep in it"))
    lock = forms.ChoiceField(
        label=_("Lock"), choices=choices("room-locks"), widget=forms.RadioSelect, required=False
    )
    water = forms.ChoiceField(
        label=_("Water"), choices=choices("room-water"), widget=forms.RadioSelect, required=False
    )
    light = forms.ChoiceField(
        label=_("Light"), choices=choices("room-light"), widget=forms.RadioSelect, required=False
    )
    note = note_field()
    happened = MomentField(label=_("When was it measured"), empty_is_now=True, required=False)


class CorrectRoomForm(CorrectForm, RoomForm):
    """What was measured of a room. When it was stays as it was recorded."""

    happened = None  # type: ignore[assignment]
    field_order = (
        "label",
        "length_m",
        "width_m",
        "height_m",
        "measured",
        "sleeping",
        "lock",
        "water",
        "light",
        "note",
    )


class WayInForm(forms.Form):
    """A way to a site."""

    path = forms.ChoiceField(
        label=_("How does one get there?"), choices=choices("site-access"), widget=forms.RadioSelect
    )
    last_network = forms.CharField(
        label=_("Last place with a telephone network"),
        help_text=_("Such as 'the ferry landing, 40 minutes before'."),
        required=False,
        max_length=WORDS,
    )
    seen_coming = forms.CharField(
        label=_("Who is seen coming, and from where?"),
        help_text=_("Such as 'boats are seen from the tower at the bend'."),
        required=False,
        max_length=WORDS,
    )
    note = forms.CharField(
        label=_("What else a team should know of this route"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=WORDS,
    )


class CorrectWayInForm(CorrectForm, WayInForm):
    """A way to a site, corrected, or closed."""

    closed = forms.BooleanField(label=_("This route is closed"), required=False)
    field_order = ("path", "last_network", "seen_coming", "note", "closed")
