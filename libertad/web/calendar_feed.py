"""An officer's own dates for a calendar program (iCalendar, RFC 5545), without a name or a place.

Calendar programs of others keep what they fetch, and the address that they fetch it from: of each day it
tells how many steps are due and at what hour the first is, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import keys
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.queries import clock_now
from libertad.care import queries as care
from libertad.journal.node import node
from libertad.look import refusals
from libertad.look.page_objects import ConfirmPage, Link
from libertad.look.times import day
from libertad.vocabulary.values import Refused
from libertad.web.forms import CalendarForm

PLAIN, CALENDAR = "text/plain; charset=utf-8", "text/calendar; charset=utf-8"
AN_HOUR = 60  # fetches of one address; programs ask every few minutes to once a day
MOST = 1000  # people of one officer whose dates are looked at
LONGEST = 64  # signs of a secret
MIDNIGHT, AGAIN = time(0), timedelta(hours=4)


@dataclass(frozen=True)
class DueDay:
    """A day where the officer is: how many steps are due on it. `first`: when the first of them is, None
    where they are due on that day without an hour, or were due before."""

    day: date
    count: int
    first: datetime | None


def due_days(moments: Iterable[datetime], now: datetime, zone: ZoneInfo) -> list[DueDay]:
    """The days in order. What is overdue is due today; what is due at the end of a day is of that day."""
    counts: dict[date, int] = {}
    hours: dict[date, datetime] = {}
    today = now.astimezone(zone).date()
    for moment in moments:
        local = moment.astimezone(zone)
        ends = local.time() == MIDNIGHT
        on = local.date() - timedelta(days=1) if ends else local.date()
        shown_on = max(on, today)
        counts[shown_on] = counts.get(shown_on, 0) + 1
        if not ends and moment >= now:
            hours[shown_on] = min(hours.get(shown_on, moment), moment)
    return [DueDay(on, counts[on], hours.get(on)) for on in sorted(counts)]


def calendar_text(days: Iterable[DueDay], key: str, sign_in: str, stamp: datetime) -> bytes:
    """The calendar: an event a day, named after key and day, so that a program changes it in place."""
    from icalendar import Calendar, Event  # by this page alone

    calendar = Calendar()
    for name, value in (("prodid", "-//Libertad//Steps//EN"), ("version", "2.0"), ("method", "PUBLISH")):
        calendar.add(name, value)
    calendar.add("refresh-interval", AGAIN, parameters={"value": "DURATION"})
    for due in days:
        event = Event()
        event.add("uid", f"{due.day:%Y%m%d}-{key}@libertad.invalid")
        event.add("dtstamp", stamp.astimezone(UTC))
        event.add("dtstart", due.first.astimezone(UTC) if due.first is not None else due.day)
        title = ngettext("Libertad: %(n)d step due", "Libertad: %(n)d steps due", due.count)
        event.add("summary", title % {"n": due.count})
        event.add("description", sign_in)
        event.add("url", sign_in)
        event.add("class", "PRIVATE")
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    text: bytes = calendar.to_ical()
    return text


def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar of whose address it is. Asked without a session, and it sets none. 404 alike for an
    address that never was, has ended or run out, and whose officer's access has ended or changed."""
    asker = keys.calendar_asker(secret) if len(secret) <= LONGEST else None
    if asker is None or not may_open(asker.actor, "calendar-new"):
        return HttpResponse(_("There is no such calendar."), status=404, content_type=PLAIN)
    if asker.actor.authority not in node().rings.open:
        return HttpResponse(_("This node is locked."), status=503, content_type=PLAIN)
    if not keys.take(asker.key, 1, AN_HOUR):
        answer = HttpResponse(_("Asked too often."), status=429, content_type=PLAIN)
        answer["Retry-After"] = "3600"
        return answer
    actor = asker.actor
    days = due_days(_moments(actor), clock_now(actor.operation), ZoneInfo(actor.zone))
    sign_in = request.build_absolute_uri(reverse(settings.LOGIN_URL))
    body = calendar_text(days, asker.key[:16], sign_in, timezone.now())
    return HttpResponse(body, content_type=CALENDAR)


def _moments(actor: Actor) -> Iterator[datetime]:
    """By when the next thing is due, of each whose task is the officer's."""
    listed, _counted = care.own_places(actor, clock_now(actor.operation), 0, MOST)
    return (place.due for _person, place in listed)


@reauthentication_required  # type: ignore[untyped-decorator]
def make(request: HttpRequest) -> HttpResponse:
    """Make an address; it is on the answer to this one request and nowhere else. It is ended as a key is."""
    actor = actor_of(request)
    form = CalendarForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            created = keys.make_calendar(actor, form.cleaned_data["program"])
        except Refused as why:
            refusals.show(form, why)
        else:
            address = request.build_absolute_uri(reverse("calendar", args=[created.secret]))
            return render(request, "web/calendar.html", {"address": address, "until": day(created.expires)})
    page = ConfirmPage(
        title=_("Your dates in a calendar program"),
        intro=_(
            "A calendar program (on your telephone, say) asks this address for your dates. Of each day it "
            "gets how many steps are due and the hour of the first: no name, reference, place or service."
        ),
        happens=[
            _("You get an address with a secret in it, shown once. Whoever has it reads the same."),
            _("It ends after %(days)d days, with your access, and when you end it under 'Keys of programs'.")
            % {"days": keys.LONGEST},
        ],
        wont=[
            _(
                "What a program or its maker has fetched it keeps: that you work with Libertad, from when to "
                "when, and how much is due. Where nobody may learn that, make none."
            ),
            _("It opens no page, and nobody signs in with it."),
        ],
        button=_("Make the address"),
        back=Link(_("How you prove who you are"), reverse("mfa_index")),
        warning=False,
    )
    context = {"page": page, "form": form}
    return render(request, "web/confirm.html", context, status=422 if form.errors else 200)
