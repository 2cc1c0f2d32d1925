# ruff: noqa: E501 - drawings and fixtures read better on one line
"""Every page template with generated fixtures, for looking at and for the browser tests.

Served in the test and demo settings only. Nothing here comes from a journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from libertad.look.fields import MomentField, PartialDateField
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    ConfirmPage,
    Empty,
    Filter,
    FormPage,
    Link,
    ListPage,
    NavItem,
    Pages,
    Row,
    Shell,
    Table,
)
from libertad.web import gallery_figures
from libertad.web.gallery_files import EXHIBIT, PERSON
from libertad.web.gallery_home import HOME

VINCENT = ZoneInfo("America/St_Vincent")
NOW = datetime(2018, 4, 9, 22, 52, tzinfo=UTC)


def shell(current: str, **changes: Any) -> Shell:
    """The caseworker's bar with one room current."""
    rooms = changes.pop("rooms", ("Today", "People", "Facilities", "Hits", "Figures"))
    counts = changes.pop("counts", {"Today": 5})
    nav = [NavItem(room, "#", room == current, counts.get(room, 0)) for room in rooms]
    values: dict[str, Any] = {
        "nav": nav,
        "who": "R. Ollivierre",
        "role": "caseworker",
        "provenance": "generated",
        "authority": "Care authority, Saint Vincent and the Grenadines",
        "change_href": "#",
        "utc": NOW,
        "here": NOW.astimezone(VINCENT),
        "note": "Your opening of this file was recorded at 18:52 (UTC-4)",
        "made_up_href": "#",
        "footer": "Operation Libertad, 3 to 9 April 2018. People, places, times and figures on this page are generated.",
    }
    return Shell(**{**values, **changes})


POLICE = ("Board", "Sites", "People", "Exhibits", "Hits", "Figures")
YES_NO_HELP = [("no", "No"), ("yes", "Yes, get help")]


class MeetForm(forms.Form):
    danger = forms.ChoiceField(
        label="Is anyone hurt or in danger now?", choices=YES_NO_HELP, widget=forms.RadioSelect
    )
    name = forms.CharField(
        label="What may we call you?", help_text="A first name is enough. It need not be the real one."
    )
    age = forms.ChoiceField(
        label="Age, as said",
        choices=[("child", "Child"), ("adult", "Adult"), ("unsure", "Not sure")],
        widget=forms.RadioSelect,
    )
    language = forms.ChoiceField(label="Language", choices=[("es", "Spanish"), ("en", "English")])
    with_whom = forms.ChoiceField(label="Alone?", choices=[("sister", "With a sister"), ("alone", "Alone")])
    needs = forms.MultipleChoiceField(
        label="Needs now",
        choices=[
            ("doctor", "Doctor"),
            ("food", "Food, water"),
            ("interpreter", "Interpreter"),
            ("place", "Safe place"),
            ("together", "Stay together"),
            ("other", "Other"),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    travel_document = forms.ChoiceField(
        label="Travel document",
        choices=[("has", "Has it"), ("taken", "Was taken"), ("no", "Not asked")],
        widget=forms.RadioSelect,
    )


class VisitForm(forms.Form):
    outcome = forms.ChoiceField(
        label="What was found",
        widget=forms.RadioSelect,
        choices=[("people", "People found"), ("empty", "Found empty"), ("aborted", "Broken off")],
    )
    happened = MomentField(
        label="When", help_text="By the clock at the site (UTC-4).", zone_name="America/Guyana"
    )
    birth = PartialDateField(
        label="Birth date, as far as said", required=False, help_text="The year alone is enough."
    )
    people = forms.IntegerField(label="How many people were met", help_text="Count each person once.")
    access = forms.ChoiceField(label="How you got there", choices=[("", "Choose"), ("river", "By river")])
    grounds = forms.ChoiceField(
        label="On what grounds",
        widget=forms.RadioSelect,
        choices=[
            ("warrant", "A judge's warrant"),
            ("consent", "The owner agreed, in writing"),
            ("danger", "Danger to life"),
        ],
    )
    note = forms.CharField(label="What you saw", widget=forms.Textarea, required=False)
    reviewed = forms.BooleanField(label="A colleague has read this", required=False)


class CashForm(forms.Form):
    currency = forms.ChoiceField(label="Currency", choices=[("GYD", "GYD"), ("USD", "USD")])
    denomination = forms.CharField(label="Note or coin")
    pieces = forms.IntegerField(label="Number of pieces")


def sites() -> ListPage:
    columns = [
        Column("Site", sort_href="?sort=site", sorted="ascending"),
        Column("Kind", sort_href="?sort=kind"),
        Column("Status"),
        Column("People met", numeric=True),
        Column("Next"),
    ]
    codes = ["on-site", "met", "nobody-met", "found-empty", "not-visited", "overdue", "silent", "danger"]
    words = [
        "Team on site now",
        "Potential victims met",
        "Nobody met",
        "Found empty",
        "Not yet visited",
        "Check-in overdue",
        "Silent by plan",
        "Danger to life",
    ]
    rows = [
        Row(
            [
                Cell(f"GY-0{number}", "#"),
                Cell("Mine"),
                Cell(word, code=code),
                Cell("0"),
                Cell("Overdue", tone="needs"),
            ]
        )
        for number, (code, word) in enumerate(zip(codes, words, strict=True), 1)
    ]
    return ListPage(
        title="Sites",
        second="8 of 60 sites.",
        provenance="generated",
        action=Action("Register a site", "#"),
        filters=[
            Filter("country", "Country", [("", "All"), ("GY", "Guyana")], "GY"),
            Filter("q", "Reference"),
        ],
        table=Table("Sites", columns, rows),
        pages=Pages([Link("1", "#", True), Link("2", "#")], "1 to 8 of 60"),
    )


NO_SITES = ListPage(
    title="Sites",
    empty=Empty(
        "No site is registered yet",
        "Report a lead first; a site is registered from it.",
        Action("Report a lead", "#"),
    ),
)
FORM = FormPage(
    "Record a visit",
    "Record the visit",
    Link("Mine GY-07", "#"),
    "Site GY-07",
    "generated",
    wont="Nothing is deleted: an earlier visit stays on record beside this one.",
)
CONFIRM = ConfirmPage(
    "Withdraw the officer's access",
    ["Her sessions end within 5 seconds"],
    "Withdraw the access",
    Link("Officers", "#"),
    ["What she recorded stays, under her name"],
)
ROLES = [
    {
        "account": 1,
        "role": "Coordinator",
        "name": "Insp. M. Alleyne",
        "authority": "Coordination centre, Barbados",
        "does": "Sees the whole operation",
    },
    {
        "account": 2,
        "role": "Caseworker",
        "name": "R. Ollivierre",
        "authority": "Care authority, Saint Vincent and the Grenadines",
        "does": "Protects people",
    },
    {
        "account": 3,
        "role": "Exhibits officer",
        "name": "Cpl. A. Neverson",
        "authority": "Saint Vincent police",
        "does": "Keeps exhibits",
    },
]


def meet_form() -> MeetForm:
    return MeetForm(
        initial={
            "danger": "no",
            "name": "Ana",
            "age": "unsure",
            "travel_document": "taken",
            "with_whom": "sister",
            "needs": ["food", "interpreter", "place", "together"],
        }
    )


def cash() -> Any:
    return forms.formset_factory(CashForm, extra=2, can_delete=True)(prefix="cash")


Made = tuple[str, Callable[[], Mapping[str, Any]]]
PAGES: Mapping[str, Made] = {
    "home": (
        "web/home.html",
        lambda: {"shell": shell("Today", note="Signed in until 22:52 (UTC-4)"), "page": HOME},
    ),
    "person": ("people/person.html", lambda: {"shell": shell("People"), **PERSON}),
    "exhibit": (
        "evidence/exhibit.html",
        lambda: {
            "shell": shell(
                "Exhibits",
                rooms=POLICE,
                counts={"Exhibits": 1},
                who="Cpl. A. Neverson",
                role="exhibits officer",
                authority="Saint Vincent police",
            ),
            **EXHIBIT,
        },
    ),
    "figures": (
        "figures/figures.html",
        lambda: {
            "shell": shell(
                "Figures",
                rooms=POLICE,
                counts={"Exhibits": 1},
                who="Insp. M. Alleyne",
                shows_person=False,
                role="coordination officer",
                authority="Coordination centre, Barbados",
                note="Counts only: no names are shown on this page",
            ),
            "page": gallery_figures.FIGURES,
        },
    ),
    "meet": (
        "people/meet.html",
        lambda: {
            "shell": shell("People"),
            "form": meet_form(),
            "back": Link("Back to the visit", "#"),
            "where": "Site GY-07",
        },
    ),
    "list": ("web/list.html", lambda: {"shell": shell("Sites", rooms=POLICE), "page": sites()}),
    "empty": ("web/list.html", lambda: {"shell": shell("Sites", rooms=POLICE), "page": NO_SITES}),
    "form": (
        "web/gallery_form.html",
        lambda: {"shell": shell("Sites", rooms=POLICE), "page": FORM, "form": VisitForm(), "cash": cash()},
    ),
    "form-errors": (
        "web/form.html",
        lambda: {
            "shell": shell("Sites", rooms=POLICE),
            "page": FORM,
            "form": VisitForm({"happened_day": "31"}),
        },
    ),
    "confirm": ("web/confirm.html", lambda: {"shell": shell("People"), "page": CONFIRM}),
    "demo-sign-in": ("web/demo.html", lambda: {"shell": Shell(shows_person=False), "accounts": ROLES}),
    "403": (
        "web/error.html",
        lambda: {
            "shell": Shell(shows_person=False),
            "title": "Not within your rights",
            "what": "Your role does not do this.",
            "status": 403,
        },
    ),
    "404": (
        "web/error.html",
        lambda: {
            "shell": Shell(shows_person=False),
            "title": "Page not found",
            "what": "Nothing is here for you.",
            "status": 404,
        },
    ),
    "500": ("500.html", dict),
    "503": ("503.html", lambda: {"shell": Shell(shows_person=False)}),
}


def gallery(request: HttpRequest, page: str) -> HttpResponse:
    """One page with its fixture; an unknown name is a 404."""
    if page not in PAGES:
        raise Http404
    template, context = PAGES[page]
    return render(request, template, dict(context()))
