"""Two who edit one thing: who saves second is told what the first said since the form was shown.

A form that supersedes carries the entries that it showed. What stands now and was not among them was said
meanwhile: it is told on the form, as far as the officer reads it, and nothing is saved until the officer says
that it is to be saved all the same. Then both stand beside each other, as with two who had no network.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.entries import EntrySeen, entry
from libertad.access.entry_words import value_words
from libertad.access.forms_correcting import ShownForm
from libertad.access.queries import on_clock
from libertad.look.errors import ErrorAt
from libertad.look.times import clock
from libertad.vocabulary.values import Happened

FIELD = "despite"
LONGEST = 200  # of a value, as it is told


def said_meanwhile(request: HttpRequest, form: ShownForm) -> bool:
    """Whether something was said since this form was shown that its officer has not been told; tells it.

    A form that comes again after it was cut off is in no conflict with what it wrote itself.
    """
    posting = getattr(request, "posting", None)
    if not form.cleaned_data.get("shown") or (posting is not None and posting.resumed):
        return False
    told = {
        name: [(field, seen) for field in fields]
        for name, fields in fresh(form).items()
        if (seen := entry(actor_of(request), name)) is not None
    }
    mark = hashlib.sha256(" ".join(sorted(told)).encode()).hexdigest()[:16]
    if not told or request.POST.get(FIELD) == mark:
        return False
    box = forms.CheckboxInput({"value": mark}, check_test=lambda _value: False)
    form.fields[FIELD] = forms.BooleanField(
        label=_("Save mine all the same"),
        help_text=_("Both stay on file, and somebody settles what holds."),
        required=False,
        widget=box,
    )
    for pairs in told.values():
        form.add_error(None, ErrorAt(sentence(request, form, pairs), f"id_{FIELD}"))
    return True


def fresh(form: ShownForm) -> Mapping[str, list[str]]:
    """Fields by the entry that says their value now and that the form did not show."""
    fields: dict[str, list[str]] = {}
    for name, entries in json.loads(form.initial.get("shown") or "{}").items():
        for key in set(entries).difference(form.cleaned_data["shown"].get(name, ())):
            if name in form.fields:
                fields.setdefault(key, []).append(name)
    return fields


def sentence(request: HttpRequest, form: ShownForm, pairs: Iterable[tuple[str, EntrySeen]]) -> str:
    """'Name, at 14:05 (UTC-4), while you were writing. Name: Upper mine.'"""
    listed = list(pairs)
    actor, seen = actor_of(request), listed[0][1]
    at = Happened(at=on_clock(actor.operation, seen.said.body.clock), zone=actor.zone)
    values = "; ".join(f"{form.fields[name].label}: {words(form, name, seen)}" for name, seen in listed)
    return _("%(who)s said at %(time)s, while you were writing. %(values)s.") % {
        "who": seen.officer or seen.authority,
        "time": clock(at),
        "values": values,
    }


def words(form: ShownForm, name: str, seen: EntrySeen) -> str:
    """What the entry says of the field, as the form's own list has it; no id that it does not list."""
    offered = {str(value): str(label) for value, label in getattr(form.fields[name], "choices", ())}
    opaque = name in type(seen.said.content).OPAQUE
    told = [
        offered.get(str(value)) or (_("another") if opaque else value_words(seen.said, name, value))
        for value in seen.said.fields.get(name, ((), ()))[0]
    ]
    return ", ".join(filter(None, told))[:LONGEST] or _("nothing")
