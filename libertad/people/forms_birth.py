"""A birth date or an age in a form, as far as it is known, and what contradicts it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.look import refusals
from libertad.look.fields import PartialDateField
from libertad.vocabulary.values import Birth, Refused
from libertad.vocabulary.written import ABOUT_YEARS, check_birth

ADULT = 18  # years
# 'Not sure' says nothing about the age: then the rules for a child apply.
RANGES = {"child": (0, ADULT - 1), "adult": (ADULT, 120)}


class BirthMixin(forms.Form):
    """A birth date as far as it is known, or an age from and to."""

    birth_date = PartialDateField(
        label=_("Birth date, as far as it is known"),
        help_text=_("A year alone is enough. 'About 1998' is read as two years more or less."),
        required=False,
        past=True,
        about=True,
    )
    age_from = forms.IntegerField(label=_("Or age, from"), min_value=0, max_value=120, required=False)
    age_to = forms.IntegerField(label=_("Age, to"), min_value=0, max_value=120, required=False)

    def clean_birth_date(self) -> str:
        """Named together with whatever else is wrong in the form."""
        date: str = self.cleaned_data["birth_date"]
        moment = self.fields.get("happened")
        now = getattr(moment, "latest", None) or datetime.now(UTC)
        try:
            if date:
                check_birth(date.rstrip("~"), (now + timedelta(days=1)).date())
        except Refused as why:
            raise forms.ValidationError(refusals.in_words(why)) from None
        return date

    def birth(self, day: str) -> Birth | None:
        """The statement, or None when nothing was given; Refused for a wrong one."""
        data = self.cleaned_data
        low, high = data.get("age_from"), data.get("age_to")
        if not data.get("birth_date") and low is None and high is None:
            return None
        if date := data.get("birth_date"):
            check_birth(date.rstrip("~"), datetime.fromisoformat(day).date())
            if not date.endswith("~"):
                return Birth(date=date, age_from=low, age_to=high)
            if low is not None or high is not None:
                raise Refused("birth", "give a date or an age range, not both")
            return about_birth(date[:4], day)
        if low is None or high is None:
            raise Refused("age_to", "give both ages, the lower one first")
        return Birth(age_from=low, age_to=high, on=day)

    def other_side(self, chosen: str, day: datetime) -> str:
        """What is wrong where one officer chose 'adult' and gives an age wholly below 18, or 'child' and one
        wholly above; '' where both can be true: a disputed age stays possible."""
        try:
            birth = self.birth(day.date().isoformat())
        except Refused:
            return ""  # told where the form is saved
        if birth is None or chosen not in RANGES:
            return ""
        low, high = birth.ages_on(day)
        ages = {
            "ages": str(low) if low == high else gettext("%(low)d to %(high)d") % {"low": low, "high": high}
        }
        if chosen == "adult" and high < ADULT:
            text = gettext("You chose 'Adult', and the age given (%(ages)s) is a child's.")
        elif chosen == "child" and low >= ADULT:
            text = gettext("You chose 'Child', and the age given (%(ages)s) is an adult's.")
        else:
            return ""
        remedy = gettext("Correct one of the two. If the age is disputed, choose 'Not sure'.")
        return f"{text % ages} {remedy}"


def about_birth(year: str, day: str) -> Birth:
    """'About 1998', said on a day, as the ages that it allows there."""
    age = int(day[:4]) - int(year)
    return Birth(
        age_from=max(0, age - ABOUT_YEARS - 1), age_to=min(120, max(0, age + ABOUT_YEARS)), on=day, about=year
    )
