"""Brought by ODK: the list, one submission in its ordinary form, and leaving one out."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import clock_now, officer_names
from libertad.access.queries_members import home_country
from libertad.field.actions.bring import LONGEST, accept_brought, leave_brought
from libertad.field.brought import ACCEPTED, WAITS, Words
from libertad.field.brought_forms import ABOUT, Understood, form_of, moment_of, understand
from libertad.field.queries_brought import BroughtSeen, brought_row, brought_waiting
from libertad.field.xlsform import limits
from libertad.journal.fields import from_ms
from libertad.look.page_objects import Cell, Column, Empty, FormPage, Link, ListPage, Pair, Row, Table
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.times import when
from libertad.operations.queries import sites
from libertad.people import timeline_danger
from libertad.people.forms import MeetForm
from libertad.people.screens_acts import meeting_values
from libertad.vocabulary.values import Happened

# By verb: the field that holds what stands beside as well, how long both may be, and whose word it is.
TEXTS = {
    "lead.report": ("summary", 2000),
    "visit.record": ("note", 1000),
    "exhibit.seize": ("description", 500),
}
SOURCES = {
    "person.meet": "document",
    "lead.report": "said",
    "visit.record": "document",
    "exhibit.seize": "saw",
}
PAGES = {"person.meet": "person", "lead.report": "lead", "exhibit.seize": "exhibit", "visit.record": "site"}


class LeaveForm(forms.Form):
    """Why nothing of it is recorded."""

    reason = forms.CharField(
        label=gettext_lazy("Why is nothing of it recorded?"),
        help_text=gettext_lazy("Such as: recorded already, as P-GY-003."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST,
    )


def brought(request: HttpRequest) -> HttpResponse:
    """What ODK brought and nobody accepted yet."""
    actor, number = actor_of(request), page_number(request.GET.get("page", ""))
    waiting = brought_waiting(actor)
    shown_rows = waiting[(number - 1) * SIZE : number * SIZE]
    days = limits()["kept_days"]
    columns = [
        Column(_("Brought")),
        Column(_("As")),
        Column(_("Form")),
        Column(_("Collected by")),
        Column(_("Collected")),
        Column(_("Needs you")),
    ]
    count = ngettext("%(count)d waits.", "%(count)d wait.", len(waiting)) % {"count": len(waiting)}
    page = ListPage(
        title=_("Brought by ODK"),
        second=" ".join(
            [
                count,
                _("Nothing of it is recorded until an officer accepts it, and it ends after %(days)d days.")
                % {"days": days},
                _(
                    "ODK Collect keeps drafts and pictures in clear on the phone: use the field app where "
                    "you can."
                ),
            ]
        ),
        table=Table(_("Brought by ODK"), columns, [_line(actor, row) for row in shown_rows]),
        pages=pages(number, len(waiting), SIZE, {}),
        empty=Empty(
            _("Nothing waits"),
            _("What 'libertad import xlsform' brings is listed here until an officer accepts it."),
        ),
    )
    return show_list(request, page)


def _line(actor: Actor, row: BroughtSeen) -> Row:
    return Row(
        [
            Cell(when(Happened(at=row.at, zone=actor.zone)), reverse("brought-one", args=[row.id])),
            Cell(str(ABOUT[row.words.verb])),
            Cell(row.words.form),
            Cell(row.words.by or _("Not said")),
            Cell(_moment_words(row.words, actor.zone)),
            Cell(_("Somebody is in danger"), tone="danger") if row.urgent else Cell(""),
        ]
    )


def _moment_words(words: Words, zone_name: str) -> str:
    """When it was collected; as it was written where that is no date."""
    moment = moment_of(words.at, zone_name)
    return when(moment) if isinstance(moment, Happened) else words.at or _("Not said")


def _row_or_404(request: HttpRequest, key: str) -> BroughtSeen:
    row = brought_row(actor_of(request), key)
    if row is None:
        raise Http404
    return row


def brought_one(request: HttpRequest, key: str) -> HttpResponse:
    """What a submission says, in the ordinary form: accepted as it stands, or corrected first."""
    actor, row = actor_of(request), _row_or_404(request, key)
    if row.state != WAITS:
        return _over(request, row)
    form = form_of(actor, row.words.verb, request.POST or None)
    understood = understand(form, row.words.answers, actor.zone)
    form.initial.update({**understood.initial, "beside": understood.text})
    if (collected := moment_of(row.words.at, actor.zone)) and "happened" in form.fields:
        form.initial.setdefault("happened", collected)
    if request.method == "POST" and form.is_valid():
        done, recorded = _accept(request, form, row)
        if done:
            if form.cleaned_data.get("danger") == "yes":
                messages.error(request, timeline_danger.saved(actor))
            target = form.cleaned_data["site"] if row.words.verb == "visit.record" else recorded
            return redirect(PAGES[row.words.verb], target)
    page = FormPage(
        title=str(ABOUT[row.words.verb]),
        button=_("Accept"),
        back=Link(_("Brought by ODK"), reverse("brought")),
        intro=_("It says that somebody is in danger. Where no help is on its way yet, telephone first.")
        if row.urgent
        else _("Look at each answer before you accept it: from then on it is you who says it."),
        links=[Link(_("Leave it out"), reverse("brought-leave", args=[key]))],
        facts=_facts(actor, row),
        wont=_(
            "Files and pictures are not brought. What the phone that collected it keeps of it lies there in "
            "clear: see that it is deleted there."
        ),
    )
    context = {"page": page, "form": form, "answers": _answers(form, row, understood), "misfits": understood}
    return render(request, "field/brought.html", context)


def _facts(actor: Actor, row: BroughtSeen) -> list[Pair]:
    words = row.words
    names = officer_names(actor, [words.brought_by])
    return [
        Pair(_("Form"), words.form),
        Pair(_("Collected by"), words.by or _("Not said")),
        Pair(_("Collected"), _moment_words(words, actor.zone)),
        Pair(
            _("Brought"),
            when(Happened(at=row.at, zone=actor.zone)),
            _("by %(name)s") % {"name": names.get(words.brought_by, _("an officer"))},
        ),
        Pair(_("Ends"), when(Happened(at=row.ends, zone=actor.zone))),
    ]


def _answers(form: forms.Form, row: BroughtSeen, understood: Understood) -> Table:
    """Every answer, and which field it fills in."""
    beside = list(understood.beside)
    rows = []
    for answer in row.words.answers:
        label = _("Stands beside it")
        if answer in beside:
            beside.remove(answer)
        else:
            label = str(form.fields[answer.name].label)
        rows.append(Row([Cell(answer.question), Cell(answer.words), Cell(label)]))
    columns = [Column(_("Question")), Column(_("Answer")), Column(_("Fills in"))]
    return Table(_("What was answered"), columns, rows)


def _accept(request: HttpRequest, form: forms.Form, row: BroughtSeen) -> tuple[bool, str | None]:
    """Record it by its ordinary action; a refusal stands on its field."""
    actor, verb, data = actor_of(request), row.words.verb, dict(form.cleaned_data)
    note = "\n".join(filter(None, [_collected(row.words, actor.zone), data.pop("beside").strip()]))
    happened = data.pop("happened", None)
    data.pop("mine", None)
    if verb in TEXTS:
        name, limit = TEXTS[verb]
        data[name] = "\n".join(filter(None, [data[name].strip(), note]))
        if len(data[name]) > limit:
            form.add_error(
                "beside",
                _("Together with '%(field)s' it has %(length)d characters; shorten it to %(limit)d")
                % {"field": form.fields[name].label, "length": len(data[name]), "limit": limit},
            )
            return False, None
        if verb == "exhibit.seize":
            data["country"] = home_country(actor)
    elif isinstance(form, MeetForm):
        day = (happened.local if happened else clock_now(actor.operation)).date().isoformat()
        values = meeting_values(form, day)
        if values is None:
            return False, None
        place = {site.id: site for site in sites(actor)}.get(values["site"])
        data = {**values, "workplace": place.workplace if place else ""}
        data.pop("happened")
    return try_perform(
        request,
        form,
        accept_brought,
        brought=row.id,
        verb=verb,
        note=note,
        values=data,
        happened=happened,
        source=SOURCES[verb],
    )


def _collected(words: Words, zone_name: str) -> str:
    """The line that goes with what is recorded: who collected it, and when."""
    facts = {"by": words.by or _("not said"), "form": words.form, "at": _moment_words(words, zone_name)}
    return _("Brought by ODK, form '%(form)s'. Collected by: %(by)s. Collected: %(at)s.") % facts


def _over(request: HttpRequest, row: BroughtSeen) -> HttpResponse:
    """What became of it, for whoever comes later or in a second tab."""
    actor, words = actor_of(request), row.words
    is_accepted = row.state == ACCEPTED
    page = FormPage(
        title=_("It was accepted") if is_accepted else _("It was left out"),
        button="",
        back=Link(_("Brought by ODK"), reverse("brought")),
        intro=_("Nothing was saved a second time.") if request.method == "POST" else "",
        facts=[
            Pair(_("By"), officer_names(actor, [words.officer]).get(words.officer, _("an officer"))),
            Pair(_("When"), when(Happened(at=from_ms(words.ended), zone=actor.zone))),
            *([] if is_accepted else [Pair(_("Why"), words.reason)]),
            Pair(_("Ends"), when(Happened(at=row.ends, zone=actor.zone))),
        ],
    )
    return render(request, "web/form.html", {"page": page}, status=409 if request.method == "POST" else 200)


def brought_leave(request: HttpRequest, key: str) -> HttpResponse:
    """Leave a submission out, with the reason."""
    row = _row_or_404(request, key)
    if row.state != WAITS:
        return _over(request, row)
    form = LeaveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _nothing = try_perform(request, form, leave_brought, brought=key, **form.cleaned_data)
        if done:
            messages.success(request, _("It was left out. Nothing of it was recorded."))
            return redirect("brought")
    page = FormPage(
        title=_("Leave it out"),
        button=_("Leave it out"),
        back=Link(_("Back to it"), reverse("brought-one", args=[key])),
        intro=_("Nothing of it is recorded, and its answers go from this node at once."),
        wont=_("The server and the phone that it comes from keep what they have."),
        warning=True,
        facts=_facts(actor_of(request), row),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
