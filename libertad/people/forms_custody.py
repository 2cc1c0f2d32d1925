"""Forms about a detention: how it begins, what follows a charge, what it is linked to; limits on holding."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libertad.look.fields import ReferenceField
from libertad.look.times import date_words
from libertad.look.words import choices
from libertad.people.forms import WhenForm
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.custody import MOST_HOURS

DAY_PARTS = ("night", "morning", "afternoon", "evening")


class DayPartMixin(forms.Form):
    """For a time that nobody wrote down: a part of the day, the day alone, or nothing. Counted from the
    earliest moment that it may mean."""

    day_part = forms.ChoiceField(
        label=_("If you do not know the hour"),
        help_text=_(
            "It counts from the earliest that this may mean, by the clock of the place: the morning from "
            "06:00, the afternoon from 12:00, the evening from 18:00, the night and the day from midnight."
        ),
        choices=lambda: [
            ("", _("The hour above is right")),
            *choices("day-parts", DAY_PARTS)(),
            ("day", _("The day is known, the hour is not")),
            ("unknown", _("Not even the day: count from now, and say so")),
        ],
        required=False,
    )
    hour_shown = forms.CharField(widget=forms.HiddenInput, required=False)  # nobody typed that one
    day_shown = forms.CharField(widget=forms.HiddenInput, required=False)  # nor that

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = self.get_initial_for_field(self.fields["happened"], "happened")
        self.fields["hour_shown"].initial, self.fields["day_shown"].initial = _hour(shown), _day(shown)

    def clean(self) -> dict[str, Any]:
        """What somebody typed and the choice would leave out is a contradiction, never left out unsaid: an
        hour beside a part of the day, a date beside 'not even the day'."""
        data = super().clean() or self.cleaned_data
        hour_shown, day_shown = data.pop("hour_shown", ""), data.pop("day_shown", "")
        happened = data.get("happened")
        hour = _hour(happened)
        if (
            data.get("day_part") == "unknown"
            and happened is not None
            and (_day(happened), hour or hour_shown) != (day_shown, hour_shown)
        ):
            self.add_error(
                "day_part",
                gettext(
                    "Both a date, %(date)s, and 'Not even the day' are given. If the date is right, choose "
                    "'The day is known, the hour is not'; if you do not know it, empty the date and the time "
                    "above."
                )
                % {"date": date_words(_day(happened))},
            )
        elif data.get("day_part") and hour and hour != hour_shown:
            self.add_error(
                "day_part",
                gettext(
                    "Both the hour, %(hour)s, and this are given. If the hour is right, choose 'The hour "
                    "above is right'; if you do not know it, leave the hour out above and give the day alone."
                )
                % {"hour": hour},
            )
        return data

    def happened_arguments(self, now: datetime) -> dict[str, Any]:
        """`happened` and `day_part` as the action takes them; `now`: when it is recorded."""
        happened, part = self.cleaned_data.get("happened"), self.cleaned_data.get("day_part", "")
        if part == "unknown" or happened is None:
            zone = happened.zone if happened else self.fields["happened"].zone_name  # type: ignore[attr-defined]
            return {"happened": Happened(at=now, zone=zone, precision="unknown"), "day_part": ""}
        if not part:
            return {"happened": happened, "day_part": ""}
        day = Happened(at=happened.at, zone=happened.zone, precision="day")
        return {"happened": day, "day_part": part if part in DAY_PARTS else ""}


def _day(moment: Happened | None) -> str:
    """'2018-04-05'; '' for no moment."""
    return f"{moment.local:%Y-%m-%d}" if moment is not None else ""


def _hour(moment: Happened | None) -> str:
    """'14:05'; '' where the hour is not said."""
    return f"{moment.local:%H:%M}" if moment is not None and moment.precision == "minute" else ""


class SamePersonMixin(forms.Form):
    """The reference of a file, asked back before anything is tied to it: one wrong figure makes a suspect of
    somebody else, and only the file's words show it."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    same = forms.BooleanField(label=_("Yes, it is this person"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tick = self.fields.pop("same")
        if self.data.get("shown"):  # asked for once the file was found
            self._ask()

    def is_same(self, reference: str, about: str) -> bool:
        """Whether the officer was shown this file (`about`: its words) and said that it is the person; else
        the form asks."""
        if self.data.get("shown") == reference and self.cleaned_data.get("same"):
            return True
        posted: Any = self.data
        asked = posted.copy()
        asked["shown"] = reference
        asked.pop("same", None)
        self.data = asked
        self._ask()
        self.add_error(
            "person",
            gettext(
                "%(reference)s is the file of: %(about)s. If that is the person, tick 'Yes, it is this "
                "person'; if not, correct the reference, or leave it out."
            )
            % {"reference": reference, "about": about},
        )
        return False

    def _ask(self) -> None:
        """The tick, below the reference that it is about."""
        self.fields["same"] = self.tick
        names = [name for name in self.fields if name != "same"]
        names.insert(names.index("person") + 1, "same")
        self.order_fields(names)


class DetentionForm(SamePersonMixin, DayPartMixin, WhenForm):
    """Detain or arrest somebody."""

    state = forms.ChoiceField(
        label=_("What happens?"),
        choices=choices("detention-states", ["detained", "arrested"]),
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    grounds = forms.CharField(label=_("On what grounds?"), max_length=500)
    site = forms.ChoiceField(label=_("Site"), choices=(), required=False)
    person = forms.CharField(
        label=_("If it is somebody who was met: reference of the file"),
        help_text=_(
            "Such as P-GY-017. Both statuses stay, each with its date: "
            "someone forced to offend is not to be punished."
        ),
        max_length=32,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "day_part"), "day_part"])
        self.fields["happened"].help_text = _(
            "By the clock of the place. How long somebody is held counts from here."
        )


class StageForm(WhenForm):
    """What a court or prosecutor did with one charge."""

    stage = forms.ChoiceField(
        label=_("What happened?"),
        choices=choices("stages"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    charge = forms.CharField(
        label=_("Charged: with which offences?"),
        help_text=_("Such as 'Trafficking in persons, s. 3(1)'."),
        max_length=200,
        required=False,
    )
    of_charge = forms.ChoiceField(label=_("Any other: of which charge?"), choices=(), required=False)
    court = forms.CharField(
        label=_("Court"), help_text=_("Or whose decision it is."), max_length=200, required=False
    )
    order = forms.CharField(label=_("Number of the order or case"), max_length=80, required=False)
    skips = forms.CharField(
        label=_("If what comes before it is not recorded: why?"),
        help_text=_("The hours of holding then go on."),
        max_length=500,
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    replaces = forms.ChoiceField(
        label=_("Does it take the place of a stage recorded before?"),
        help_text=_("The earlier one stays on the page, marked as replaced."),
        choices=(),
        required=False,
    )
    reasons = forms.CharField(
        label=_("Why does it take its place?"),
        help_text=_("Needed only if it does."),
        max_length=500,
        required=False,
    )


class ReadCustodyForm(forms.Form):
    """Whether a release or a stage is as the paper says."""

    agrees = forms.ChoiceField(
        label=_("Is it as the order or the court's paper says?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    reasons = forms.CharField(
        label=_("If not: what does not agree?"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
        required=False,
    )


class SuspectLinkForm(forms.Form):
    """To which exhibit or site the suspect is linked, and why."""

    other = ReferenceField(
        label=_("Reference of the exhibit or site"),
        help_text=_("Such as GY-0012 of an exhibit or GY-03 of a site."),
    )
    reasons = forms.CharField(
        label=_("What links the two?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


class SuspectUnlinkForm(forms.Form):
    """From which exhibit or site, of those that the suspect is linked to, and why."""

    other = forms.ChoiceField(label=_("Exhibit or site"), choices=())
    reasons = forms.CharField(
        label=_("Why are the two not linked?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000
    )


class DetainedForm(SamePersonMixin):
    """Somebody detained is somebody met."""

    person = forms.CharField(
        label=_("Reference of the person's file"), help_text=_("Such as P-GY-017."), max_length=32
    )
    reasons = forms.CharField(
        label=_("What shows that it is the same person?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )


class LimitForm(forms.Form):
    """A limit as the law of the own country gives it. Nothing is chosen and no number proposed."""

    kind = forms.ChoiceField(
        label=_("Which limit?"),
        choices=choices("limit-kinds"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    rule = forms.ChoiceField(
        label=_("Does the law give hours?"),
        choices=choices("limit-rules"),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    hours = forms.IntegerField(
        label=_("How many hours?"),
        min_value=1,
        max_value=MOST_HOURS,
        required=False,
        help_text=_("Whole hours, counted without a break. If the law leaves hours out, say it below."),
    )
    law = forms.CharField(label=_("Law and article"), max_length=300)
    text = forms.CharField(
        label=_("The passage, as it stands in the law"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )
    checked_with = forms.CharField(
        label=_("Who knows this law and confirmed it, and when?"),
        help_text=_("Such as 'Chambers of the Director of Public Prosecutions, by letter of 2 April 2018'."),
        max_length=300,
    )
    note = forms.CharField(
        label=_("What else counts: children, extensions, emergency laws, hours left out"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
    )
    reasons = forms.CharField(
        label=_("Why does it take the place of the limit before?"),
        help_text=_("Needed if your authority has confirmed one already. Both stay visible."),
        max_length=500,
        required=False,
    )


class LimitWithdrawForm(forms.Form):
    """Why a limit does not hold any more."""

    reasons = forms.CharField(label=_("Why?"), widget=forms.Textarea(attrs={"rows": 2}), max_length=1000)
