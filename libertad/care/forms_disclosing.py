"""The forms of a disclosure: what is told, for what, until when; and the second officer's answer."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from libertad.care.disclosing import PLACEMENT, purposes, services
from libertad.care.forms import LINES, When, due_text, needed_by_field
from libertad.care.queries_disclosing import Ground
from libertad.look.fields import PartialDateField, offer
from libertad.look.words import choices, words
from libertad.vocabulary.values import Copied, Happened

# Of what keeps somebody safe, how it is asked for.
ASKED: Mapping[str, Any] = {
    "age": _("How old? A number or a range, such as 14 to 16"),
    "sex": _("Which?"),
    "languages": _("Which does the person understand?"),
    "medical": _("What do they have to do tonight, and whom do they call?"),
    "pregnancy": _("Which month, and what is needed?"),
    "diet": _("What can the person not eat, or does not eat?"),
    "access": _("Such as a wheelchair, glasses, no stairs"),
    "together": _("With whom?"),
    "keep-out": _("Whom, and how are they recognised?"),
    "in-danger": _("What do they do, and whom do they call first?"),
}
CODED: Mapping[str, tuple[str, str]] = {"sex": ("sex", "sexes"), "languages": ("language", "languages")}


class DiscloseForm(forms.Form):
    """To one recipient, on one ground. `offered`: (key, words) of what may be chosen; `safe`: what keeps the
    person safe, to be written. It asks for no moment: what is proposed is proposed now. Where several
    services can be asked for under a purpose each is a choice: 'service:legal-aid'."""

    purpose = forms.ChoiceField(
        label=_("For what?"),
        help_text=_("The recipient may use it for this and for nothing else."),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    ground = forms.ChoiceField(
        label=_("What demands it?"),
        choices=choices("disclosure-grounds", ["order", "law"]),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )
    order = forms.CharField(
        label=_("The order or the law"),
        help_text=_("The court or the article, with its number and its date."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    informed = forms.CharField(
        label=_("How was the person told of it?"),
        help_text=_("Or why not yet, and when it will be done."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1000,
    )
    items = forms.MultipleChoiceField(
        label=_("What is disclosed?"),
        help_text=_("Copies, exactly as they stand here. As little as is needed."),
        widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        error_messages={"required": _("Choose what is disclosed")},
    )
    until = PartialDateField(
        label=_("Until which day?"),
        help_text=_("The whole date. After it the recipient's page is closed."),
    )

    def __init__(
        self,
        *args: Any,
        basis: Ground,
        offered: list[tuple[str, str]],
        safe: Collection[str] = (),
        now: Happened,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.basis = basis
        offer(self, "purpose", list(self._purposes()))
        offer(self, "items", offered)
        if basis.consent is not None:
            for name in ("ground", "order", "informed"):
                del self.fields[name]
        if any(self._services(purpose) for purpose in purposes(basis.kind)):
            self.fields["needed_by"] = needed_by_field(now)
            self.order_fields(["purpose", "needed_by"])
        is_bed = basis.consent is not None and PLACEMENT in purposes(basis.kind)
        if is_bed:
            self.fields["tonight"] = forms.BooleanField(
                label=_("A bed is needed tonight: send it now, before a second officer has read it"),
                required=False,
            )
            self.fields["words"] = forms.CharField(
                label=_("Who is in danger, and why can it not wait?"),
                help_text=_("A sentence. A second officer reads it within a day, and all that you send."),
                widget=LINES,
                max_length=1000,
                required=not self.is_bound or "tonight" in self.data,
            )
        self.keeps_safe = list(safe)
        for kind in self.keeps_safe:
            self.fields[f"tell_{kind}"] = forms.BooleanField(
                label=words("disclosed-kinds", kind), required=False
            )
            self.fields[f"said_{kind}"] = said = _words_field(kind)
            said.required = not self.is_bound or f"tell_{kind}" in self.data
            said.error_messages["required"] = _("Write it, or take the tick away")
        if self.keeps_safe:
            self.fields["items"].required = False
            self.order_fields([*(name for name in self.fields if name != "until"), "until"])

    def _services(self, purpose: str) -> list[str]:
        agreed_to = self.basis.consent.plain["purpose"] if self.basis.consent is not None else ""
        return services(self.basis.kind, purpose, agreed_to)

    def _purposes(self) -> Iterator[tuple[str, str]]:
        """For what it may be told, and to be asked for which service where there are several."""
        for purpose in purposes(self.basis.kind):
            label, listed = words("disclosure-purposes", purpose), self._services(purpose)
            if len(listed) < 2:
                yield purpose, label
                continue
            for service in listed:
                yield f"{purpose}:{service}", f"{label}: {words('services', service)}"

    def tonight_fields(self) -> tuple[BoundField, BoundField] | None:
        """The tick by which a bed does not wait for a second reader, and why."""
        return (self["tonight"], self["words"]) if "tonight" in self.fields else None

    def safekeeping_fields(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Of each thing that keeps the person safe its tick and its words."""
        for kind in self.keeps_safe:
            yield self[f"tell_{kind}"], self[f"said_{kind}"]

    def plain_fields(self) -> Iterator[BoundField]:
        """The others."""
        by_tick = ("tell_", "said_", "tonight", "words")
        return (self[name] for name in self.fields if not name.startswith(by_tick))

    def clean(self) -> dict[str, Any]:
        """What is written is ticked: else the recipient is not told it."""
        values = super().clean() or {}
        if values.get("purpose"):
            values["purpose"], _colon, values["service"] = values["purpose"].partition(":")
        for kind in self.keeps_safe:
            said, is_told = values.get(f"said_{kind}"), values.get(f"tell_{kind}")
            if said and not is_told and sorted(said) != sorted(self[f"said_{kind}"].initial or ""):
                self.add_error(f"tell_{kind}", _("Tick it if they are to read it, or empty it"))
        return values

    def safekeeping_copies(self) -> list[Copied]:
        """What keeps the person safe, as it is ticked."""
        values, copies = self.cleaned_data, []
        for kind in self.keeps_safe:
            said = values[f"said_{kind}"]
            if not values[f"tell_{kind}"]:
                continue
            if kind in CODED:
                codes = [said] if isinstance(said, str) else said
                field, _list = CODED[kind]
                copies.append(Copied(kind=kind, codes=tuple(f"{field}:{code}" for code in codes)))
            else:
                copies.append(Copied(kind=kind, words=said.strip()))
        return copies

    def arguments(self) -> dict[str, Any]:
        """What the action takes."""
        values = {k: v for k, v in self.cleaned_data.items() if not k.startswith(("tell_", "said_"))}
        if self.basis.consent is not None:
            values |= {"ground": "consent", "consent": self.basis.consent.id}
        reason, is_urgent = values.pop("words", ""), values.pop("tonight", False)
        if is_urgent:
            values["alone"] = reason
        if "needed_by" in values:
            values["needed_by"] = due_text(values["needed_by"])
        if self.keeps_safe:
            values["safekeeping"] = self.safekeeping_copies()
        return {**values, "recipient": self.basis.recipient}


def _words_field(kind: str) -> forms.Field:
    if kind == "languages":
        return forms.MultipleChoiceField(
            label=ASKED[kind],
            choices=choices("languages"),
            widget=forms.CheckboxSelectMultiple(attrs={"data-look": "checkboxes"}),
        )
    if kind == "sex":
        return forms.ChoiceField(
            label=ASKED[kind],
            choices=choices("sexes", ["female", "male", "other"]),
            widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        )
    lines = forms.TextInput() if kind in ("age", "diet") else forms.Textarea(attrs={"rows": 2})
    return forms.CharField(label=ASKED[kind], widget=lines, max_length=1000)


class DisclosureReadingForm(When):
    """The second reader. `proposal` is the proposal that is read."""

    proposal = forms.CharField(widget=forms.HiddenInput)
    agrees = forms.ChoiceField(
        label=_("Is it disclosed, exactly as it stands above?"),
        choices=choices("yes-no"),
        widget=forms.RadioSelect,
    )
    reasons = forms.CharField(
        label=_("Reasons"), help_text=_("Needed if you do not agree."), widget=LINES, required=False
    )


class DisclosureEndForm(When):
    """Why it is withdrawn; nobody has to say why."""

    reasons = forms.CharField(label=_("Reasons"), required=False, max_length=1000)
