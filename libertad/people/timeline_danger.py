"""Who is told of a person in danger, said before saving and on the file; and what each side closed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import receiving
from libertad.access.actor import Actor
from libertad.access.models import Authority
from libertad.access.queries import authority_names, can_say, officer_names
from libertad.care import queries as care
from libertad.exchange import queries as exchange
from libertad.look.danger import DangerPanel, Telling, Told, in_one_line
from libertad.look.page_objects import Action, Link, StatusCell
from libertad.look.times import span
from libertad.look.words import words
from libertad.people.queries import Closing, DangerSaid, PersonSeen, danger_lines

ADULT = 18  # years


def telling(actor: Actor) -> Telling:
    """What the form says before anybody saves: who is told at once, who is not, whom to telephone."""
    if receiving.hands_to_care(actor.authority) is None:
        recipients = [
            Told(_("Your authority's caseworkers"), _("first on their Today, with the file")),
            Told(_("Police and coordinator"), _("are not told by this page: telephone them"), "plain"),
        ]
        alarm = _("Your authority's caseworkers are told when you save. Police are not: telephone them.")
    else:
        recipients = [
            Told(_("The national lead of your police"), _("first on Today, with the file")),
            Told(_("The coordinator"), _("a number only: no name, no file")),
            *care_told(actor),
        ]
        alarm = " ".join(f"{recipient.who}: {recipient.what}." for recipient in recipients)
    recipients = [*recipients, *telephones(actor)]
    warning = _("Saving telephones nobody. Where a life is in danger, call for help first.")
    return Telling(recipients, warning, f"{alarm} {warning}")


def saved(actor: Actor) -> str:
    """After saving: that it is recorded, who has it, and that nobody was telephoned."""
    return " ".join(
        [
            _("Danger is recorded."),
            *(f"{recipient.who} {recipient.what}." for recipient in _at_once(actor)),
            _("Nobody was telephoned: call for help now."),
        ]
    )


def _at_once(actor: Actor) -> list[Told]:
    """Who has it as soon as it is saved."""
    if receiving.hands_to_care(actor.authority) is None:
        return [Told(_("Your authority's caseworkers:"), _("first on Today"))]
    return [Told(_("The national lead of your police:"), _("first on Today")), *care_told(actor)]


def care_told(actor: Actor) -> list[Told]:
    """Whether a care authority receives what this authority records now."""
    receiver = receiving.receiving(actor)
    if receiver.state == receiving.NONE:
        return [
            Told(
                _("No care authority"),
                _("receives this: none is confirmed for your police. Tell one by telephone"),
                "needs",
            )
        ]
    if receiver.amiss == receiving.NOT_JOINED:
        text = _("receives this not: it has not joined the operation. Tell it by telephone")
        return [Told(receiver.name, text, "needs")]
    first = _("first on its Today, with the file")
    if receiver.state == receiving.RELIED:
        return [Told(receiver.name, _("%(what)s, as before; not confirmed yet") % {"what": first})]
    return [Told(receiver.name, first)]


def telephones(actor: Actor) -> list[Told]:
    """Numbers that somebody set, never one of ours; where none is set, who can set one."""
    receiver, own = receiving.receiving(actor), receiving.contact(actor)
    listed = []
    if own is not None:
        listed.append(Told(_("Telephone:"), own.name, "phone", own.telephone))
    if receiver.telephone:
        listed.append(Told(_("Telephone care's duty desk:"), receiver.name, "phone", receiver.telephone))
    if not listed:
        text = _("No number to telephone is set here. The administrator of your authority can set one.")
        listed.append(Told("", text, "needs"))
    return listed


def fetched(actor: Actor, person: PersonSeen, now: float | None = None) -> list[Told]:
    """Whether the care node has fetched this file from here; never what care did with it."""
    recipients = []
    for authority in Authority.objects.filter(
        pk__in=exchange.readers_elsewhere(person.compartment), kind="care"
    ):
        fetch = exchange.fetched(actor, authority.pk, person.compartment)
        if fetch is None:
            continue
        ago = span(timedelta(seconds=max(0, (time.time() if now is None else now) - fetch.asked / 1000)))
        last = (
            _("Its node last fetched from here %(ago)s ago") % {"ago": ago}
            if fetch.asked
            else _("Its node has never fetched from here")
        )
        if fetch.whole:
            recipients.append(Told(authority.name, _("has this file. %(last)s") % {"last": last}))
        else:
            recipients.append(
                Told(
                    authority.name,
                    _("has not fetched this file yet: telephone. %(last)s") % {"last": last},
                    "needs",
                )
            )
    return recipients


def title(person: PersonSeen) -> str:
    """'A child in danger'; while the age is not settled the rules for a child hold, and no more is known."""
    if not person.child:
        return _("A person in danger")
    ages = [birth.ages_on(person.met_at)[1] for birth, _entry in person.births]
    sure = bool(ages) and max(ages) < ADULT
    return _("A child in danger") if sure else _("A person in danger, perhaps a child")


def asked_for(person: PersonSeen) -> str:
    """'Asked for: doctor, interpreter.'; '' where nobody said a need."""
    needs = ", ".join(words("needs", need).lower() for need in person.needs)
    return _("Asked for: %(needs)s.") % {"needs": needs} if needs else ""


def spoken(actor: Actor, dangers: Sequence[DangerSaid]) -> str:
    """These dangers in a line; '' where the meeting alone says it, as the title does."""
    if not any(danger.full_words for danger in dangers) and len(dangers) < 2:
        return ""
    return in_one_line(danger_lines(actor, dangers))


def why(actor: Actor, person: PersonSeen) -> str:
    """The second line on Today: what was said and asked for; for care also what police closed it with."""
    lines = [spoken(actor, own_side(actor, person).open_now), asked_for(person)]
    if can_say(actor, "care.danger_close") and person.danger_closed is not None:
        lines.append(_("Police closed it for themselves: %(done)s") % {"done": person.danger_closed.done})
    return " ".join(filter(None, lines))


def by(actor: Actor, closing: Closing) -> str:
    """'Sgt. D. Browne, Guyana police', as far as the reader may know the name."""
    name = officer_names(actor, [closing.officer]).get(closing.officer, "")
    return ", ".join(filter(None, [name, authority_names([closing.authority]).get(closing.authority, "")]))


def own_side(actor: Actor, person: PersonSeen) -> care.CareDanger:
    """Dangers as the reader's own side has them: for care also care's own words, for all others police's."""
    if can_say(actor, "care.danger_close"):
        return care.dangers(actor, [person]).get(person.id, care.CareDanger())
    return care.CareDanger(person.dangers, person.open_dangers, person.danger_closed)


def may_say(actor: Actor, person: PersonSeen) -> str:
    """The route where the reader says that the person is in danger now; '' for who may not say it."""
    if can_say(actor, "care.danger"):
        return "care-danger"
    if can_say(actor, "person.danger") and person.authority == actor.authority:
        return "person-danger"
    return ""


def say_link(actor: Actor, person: PersonSeen) -> Link | None:
    """The way to say it, while no danger is open for the reader's side."""
    route = may_say(actor, person)
    if not route or own_side(actor, person).open_now:
        return None
    return Link(_("The person is in danger now"), reverse(route, args=[person.id]))


def told_nobody(actor: Actor, person: PersonSeen) -> str:
    """After words about danger were recorded as a statement; '' where the danger is told already."""
    if own_side(actor, person).open_now:
        return ""
    if may_say(actor, person):
        return _(
            "Words about danger are recorded, and nobody is told by them. If the person is in danger now, "
            "choose 'The person is in danger now' on this page."
        )
    return _("Words about danger are recorded, and nobody is told by them. Telephone who can help.")


def told_later(actor: Actor, person: PersonSeen) -> list[Told]:
    """Who is told of a danger that police say of a person on file."""
    return [*_recipients(actor, person), *telephones(actor)]


def saved_later(actor: Actor, person: PersonSeen) -> str:
    """After saving it: who has it, and that nobody was telephoned."""
    lines = (f"{recipient.who}: {recipient.what}." for recipient in _recipients(actor, person))
    return " ".join([_("Danger is recorded."), *lines, _("Nobody was telephoned: call for help now.")])


def may_close(actor: Actor, person: PersonSeen) -> str:
    """The route where the reader closes it for its own side; '' for who may not."""
    if can_say(actor, "care.danger_close"):
        return "care-danger-close"
    if can_say(actor, "person.danger_close") and person.authority == actor.authority:
        return "person-danger-close"
    return ""


def panel(actor: Actor, person: PersonSeen) -> DangerPanel | None:
    """Above the person's file; None where nobody said danger."""
    side = own_side(actor, person)
    if not side.dangers:
        return None
    danger, closing = (side.open_now or side.dangers[-1:])[0], side.closing
    since, second = danger.when, asked_for(person)
    for_care = can_say(actor, "care.danger_close")
    reports = []
    if for_care and person.danger_closed is not None:
        reports.append(
            _("Police closed it for themselves: %(done)s (%(by)s)")
            % {"done": person.danger_closed.done, "by": by(actor, person.danger_closed)}
        )
    if closing is not None:
        return DangerPanel(
            _("Danger, closed by your side") if for_care else _("Danger, closed by police"),
            since,
            " ".join(filter(None, [danger.full_words, second])),
            closed=closing.done,
            closed_by=by(actor, closing),
            closed_when=closing.when,
            reports=reports,
        )
    route = may_close(actor, person)
    action = Action(_("Say what was done"), reverse(route, args=[person.id])) if route else None
    recipients = [] if for_care else [*_recipients(actor, person), *telephones(actor)]
    note = (
        _("Police close their own. What you write stays with care.")
        if for_care
        else _("Care closes its own. What care does is not shown here.")
    )
    return DangerPanel(
        _("%(what)s now") % {"what": title(person)},
        since,
        second,
        recipients,
        action,
        reports=reports,
        note=note,
        dangers=danger_lines(actor, side.open_now),
    )


def _recipients(actor: Actor, person: PersonSeen) -> list[Told]:
    """Who has it: by this file's own readers, not by what holds for the next one."""
    care_here = exchange.care_readers(person.compartment)
    away = {recipient.who: recipient for recipient in fetched(actor, person)}
    listed = [
        Told(_("The national lead"), _("has it first on Today")),
        Told(_("The coordinator"), _("sees it as a number only")),
    ]
    for name in care_here:
        listed.append(away.get(name) or Told(name, _("has this file")))
    if not care_here:
        listed.append(
            Told(
                _("No care authority"),
                _("reads this file: none was confirmed. Tell one by telephone"),
                "needs",
            )
        )
    return listed


def cell(actor: Actor, person: PersonSeen) -> list[StatusCell]:
    """The cell in the strip: in danger, or that it was closed."""
    side = own_side(actor, person)
    if not side.dangers:
        return []
    closing = side.closing
    if closing is not None:
        return [StatusCell(_("Danger closed"), "done", closing.when, by(actor, closing))]
    since = (side.open_now or side.dangers[-1:])[0].when
    return [
        StatusCell(_("In danger now"), "danger", since, asked_for(person), danger=True, prefix=_("since"))
    ]
