"""Forms about guardians and family."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from libertad.care.forms import When, optional
from libertad.look.fields import PartialDateField
from libertad.look.words import choices
from libertad.vocabulary.verbs.family import NAME, TEXT

NOTE = forms.Textarea(attrs={"rows": 2})


class GuardianForm(When):
    """Who it is, by which right, and whether somebody looked into it."""

    name = forms.CharField(label=_("Who is it?"), help_text=_("A name, or an office."), max_length=NAME)
    kind = forms.ChoiceField(label=_("As what?"), choices=choices("guardian-kinds"), widget=forms.RadioSelect)
    checked = forms.ChoiceField(
        label=_("Has somebody checked that this one had no part in what was done?"),
        help_text=_("Nor gains by it. A parent or relative can have had one."),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    by = forms.CharField(
        label=_("Appointed by"), help_text=_("A court or an authority."), max_length=200, required=False
    )
    since = PartialDateField(label=_("Since"), required=False, past=True)
    reach = forms.CharField(
        label=_("How is this one reached?"),
        help_text=_("The deciding authority reads it too: not where the person stays."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=NOTE, max_length=TEXT, required=False)


class FamilyForm(When):
    """Who belongs to the person, and whether they want to stay together."""

    reference = forms.CharField(
        label=_("Reference, if this one is recorded"),
        help_text=_("Such as P-VC-014. It is then said in both files. Else leave it empty."),
        max_length=40,
        required=False,
    )
    name = forms.CharField(
        label=_("Name, if there is no record"),
        help_text=_("As the person says it, such as a first name."),
        max_length=NAME,
        required=False,
    )
    relation = forms.ChoiceField(
        label=_("What is this one to the person?"), choices=optional("family-relations", _("Choose"))
    )
    together = forms.ChoiceField(
        label=_("Does the person want to stay together with this one?"),
        help_text=_("Ask without the other in the room."),
        choices=choices("answers"),
        widget=forms.RadioSelect,
    )
    where = forms.CharField(
        label=_("Where is this one?"),
        help_text=_("Such as: with the person; at home; still at the site; not known."),
        max_length=200,
        required=False,
    )
    note = forms.CharField(label=_("Note"), widget=NOTE, max_length=TEXT, required=False)
    find: Callable[[str], str]  # a reference -> the person; '' for none

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        reference, name = values.get("reference", "").strip(), values.get("name", "").strip()
        if bool(reference) == bool(name):
            self.add_error("name", _("Give a reference, or a name where there is no record; not both."))
        values["other"] = self.find(reference) if reference else ""
        if reference and not values["other"]:
            self.add_error(
                "reference",
                _("No protection file that you can see has this reference. Check it, or name the one."),
            )
        return values

    def arguments(self) -> dict[str, Any]:
        values = super().arguments()
        del values["reference"]
        return values


class EndForm(When):
    """What was said stands no more."""

    note = forms.CharField(
        label=_("Why?"), help_text=_("For whoever reads this next."), widget=NOTE, max_length=TEXT
    )


class ClearForm(When):
    """Why care holds a guardian to be safe to contact."""

    why = forms.CharField(
        label=_("How do you know that this guardian is safe to contact?"),
        help_text=_(
            "Whom you asked, what the child says, and what you checked. The second reader sees this."
        ),
        widget=NOTE,
        max_length=TEXT,
    )


class ClearReadForm(When):
    """The second officer's answer."""

    agrees = forms.ChoiceField(
        label=_("Do you agree that this guardian is safe to contact?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=_("Why?"),
        help_text=_("Needed if you do not agree."),
        widget=NOTE,
        max_length=TEXT,
        required=False,
    )


class RevokeForm(When):
    """Why a guardian is not safe to contact."""

    words = forms.CharField(
        label=_("Why?"), help_text=_("For whoever reads this next."), widget=NOTE, max_length=TEXT
    )
