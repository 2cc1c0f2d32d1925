"""What waits for somebody: gathered from the rooms by what this role may open.

Adding a source is one function that gives `Waiting` items, and its name in SOURCES. Care's is asked apart: it
alone gives a part of what waits, with the number of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import can_say, clock_now, officer_names
from libertad.care.queries import UNOPENED, counted, first_todos
from libertad.evidence.difference_words import difference_title, difference_todo
from libertad.evidence.queries import asked_of, exhibits
from libertad.evidence.queries_store import audits
from libertad.exchange.queries import names
from libertad.figures.queries import own_proposals, proposals
from libertad.hits import queries as hits
from libertad.hits.wording import kind_title, kinds_words, odds_words, record_words, weak
from libertad.journal.node import node
from libertad.operations.queries import agreed_words, last_agreed, leads_without_site, teams, tried_words
from libertad.operations.queries_changes import open_changes, suspensions, vouched
from libertad.operations.wording_changes import state as change_state
from libertad.operations.wording_changes import title as change_title
from libertad.web.failures import OFTEN, often_failing, own_failures
from libertad.web.key_parts import stale
from libertad.web.todo_item import Waiting
from libertad.web.waiting_amounts import unusual_amounts
from libertad.web.waiting_appointments import appointments_alone, openings_alone
from libertad.web.waiting_brought import brought_by_odk
from libertad.web.waiting_complaints import complaints_waiting
from libertad.web.waiting_conflicts import doubled_elsewhere, doubled_in_people
from libertad.web.waiting_counts import counts_unexplained
from libertad.web.waiting_danger import care_unconfirmed, danger_elsewhere, people_in_danger, team_in_danger
from libertad.web.waiting_disclosures import disclosed_unread, disclosures_open
from libertad.web.waiting_documents import documents_due
from libertad.web.waiting_everybody import (
    answered,
    handed_over,
    late_caseloads,
    late_in_care,
    missing,
    not_received,
    not_taken,
    taken_over,
)
from libertad.web.waiting_exchange import alarms_open, erasures_asked, removed_from
from libertad.web.waiting_glass import broken_glass
from libertad.web.waiting_guardians import guardians_unread
from libertad.web.waiting_hours import custody_to_read, limit_missing, limits_running
from libertad.web.waiting_keeping import files_over_their_day
from libertad.web.waiting_leading import leading_open
from libertad.web.waiting_links import links_unconfirmed
from libertad.web.waiting_owed import property_due
from libertad.web.waiting_pages import pages_to_settle, services_to_confirm
from libertad.web.waiting_passkeys import passkeys_changed, without_passkey
from libertad.web.waiting_phones import reports_of_ended_phones
from libertad.web.waiting_plans import plans_unread
from libertad.web.waiting_shares import shares_unanswered
from libertad.web.waiting_suspensions import own_access_back, suspended_officers
from libertad.web.waiting_tasking import tasking_waits

MOST_HITS = 20  # the rest is in the queue
MOST_DIFFERENCES = 10  # of one audit; the rest on its page
FIRST = 8  # of each part of Today, of what waits in protection files: as many as it shows of any part
MOST_CARE = 100  # where all is asked for; the rest is in the list of care


def _teams(actor: Actor) -> Iterator[Waiting]:
    """Of each team what it asks for: of one that is silent by plan until when, to all who can act for it."""
    if not may_open(actor, "team"):
        return
    checks_in = can_say(actor, "team.check_in")
    acts = checks_in or can_say(actor, "team.contact")
    for team in teams(actor):
        href = reverse("team", args=[team.id])
        yield from tasking_waits(actor, team)
        if team.danger:
            yield team_in_danger(actor, team)
        elif team.overdue is not None:
            records = can_say(actor, "team.contact")
            agreed = last_agreed(team)
            yield Waiting(
                (
                    _("Team %(team)s has not reported as agreed")
                    if agreed
                    else _("Team %(team)s has not checked in")
                )
                % {"team": team.reference},
                tried_words(team) or _("Ask by another way; if nobody answers, send help."),
                reverse("team-contact", args=[team.id]) if records else href,
                _("Record a contact") if records else _("Open the team"),
                team.due,
                team.site_reference,
            )
        elif last_agreed(team) is not None and acts:
            yield Waiting(
                _("Team %(team)s reports, as agreed") % {"team": team.reference},
                agreed_words(team, {team.site: team.site_reference}),
                href,
                _("Open the team"),
                team.due,
                team.site_reference,
            )
        elif (
            team.left is not None
            and team.state == "on-site"
            and (actor.role == "officer" or (team.silent and acts))
        ):
            yield Waiting(
                _("Team %(team)s checks in") % {"team": team.reference},
                (
                    _("It is silent by plan until then.")
                    if team.silent
                    else _("Next check-in of a team on site.")
                ),
                href,
                _("Check in") if checks_in else _("Open the team"),
                team.due,
                team.site_reference,
            )


def _exhibits(actor: Actor) -> Iterator[Waiting]:
    if not may_open(actor, "exhibit"):
        return
    for exhibit in exhibits(actor, state="to-me"):
        yield Waiting(
            _("Custody is offered to you"),
            _("Read the seal, then accept."),
            reverse("exhibit-accept", args=[exhibit.id]),
            _("Accept custody"),
            None,
            exhibit.reference,
            asked=True,
        )
    if can_say(actor, "custody.witness"):
        for exhibit in exhibits(actor, state="to-witness"):
            yield Waiting(
                _("A taking over waits for you as its witness"),
                _("Say whether you were there and saw it."),
                reverse("exhibit-witness", args=[exhibit.id]),
                _("Answer"),
                None,
                exhibit.reference,
                asked=True,
            )
    if can_say(actor, "custody.take_over"):
        for exhibit in exhibits(actor, state="stranded"):
            if exhibit.chain.taking is None:
                yield Waiting(
                    _("An exhibit is held by an officer who is gone"),
                    _("Find it, and take it over with a witness."),
                    reverse("exhibit-take-over", args=[exhibit.id]),
                    _("Take it over"),
                    None,
                    exhibit.reference,
                )
    if can_say(actor, "custody.statement"):
        for exhibit in exhibits(actor, state="gap"):
            asks = asked_of(actor, exhibit)
            for gap, ask in asks:
                query = urlencode({"from": gap.since.isoformat()})
                is_own = ask.to_officer in ("", actor.officer)
                yield Waiting(
                    _("A statement on a gap is asked of you")
                    if is_own
                    else _("A statement on a gap is asked of %(name)s") % {"name": ask.to_name},
                    ask.words or _("%(name)s asks what is known about it.") % {"name": ask.by},
                    f"{reverse('exhibit-statement', args=[exhibit.id])}?{query}",
                    _("Add a statement"),
                    None,
                    exhibit.reference,
                    asked=ask.to_officer == actor.officer,
                )
            if exhibit.unexplained and not asks and actor.role in ("exhibits-officer", "prosecutor"):
                named = ", ".join(
                    open_ask.to_name or _("an officer")
                    for gap in exhibit.chain.gaps
                    for open_ask in gap.open_asks
                )
                yield Waiting(
                    _("A gap in custody is not explained"),
                    _("Asked, and no answer yet: %(names)s.") % {"names": named}
                    if named
                    else _("A statement explains a gap and never closes it."),
                    reverse("exhibit", args=[exhibit.id]),
                    _("Open the exhibit") if named else _("Ask, or add a statement"),
                    None,
                    exhibit.reference,
                )


def _store(actor: Actor) -> Iterator[Waiting]:
    """What audits of the store found and nobody has explained: each by itself, of many the first."""
    if not (may_open(actor, "store-explain") and can_say(actor, "store.explain")):
        return
    for audit in audits(actor, only_open=True):
        left = [(n, difference) for n, difference in enumerate(audit.differences) if not difference.explained]
        for number, difference in left[:MOST_DIFFERENCES]:
            yield Waiting(
                difference_title(difference),
                difference_todo(difference, audit.place),
                f"{reverse('store-explain', args=[audit.id])}?difference={number}",
                _("Explain it"),
                None,
                difference.reference,
            )
        rest = len(left) - MOST_DIFFERENCES
        if rest > 0:
            yield Waiting(
                ngettext("%(n)d more difference of an audit", "%(n)d more differences of an audit", rest)
                % {"n": rest},
                _("Audit of %(place)s.") % {"place": audit.place},
                reverse("store-audit", args=[audit.id]),
                _("Open the audit"),
            )


def _care(actor: Actor, limit: int = FIRST) -> Iterator[Waiting]:
    """Of what waits in protection files the first of each part of Today, with the number of the rest."""
    if not may_open(actor, "care"):
        return
    now = clock_now(actor.operation)
    for part in first_todos(actor, now, (now, *nights(actor, now)), limit):
        rest = part.count - len(part.first)
        for place, todo in enumerate(part.first, 1):
            yield Waiting(
                todo.title,
                todo.why,
                todo.href,
                todo.button,
                todo.due,
                todo.reference,
                todo.name,
                more=rest if place == len(part.first) else 0,
                rank={"stop": -0.3, "guardian": -0.25}.get(todo.kind, 0.0),
            )
    waiting_people = counted(actor, UNOPENED) if may_open(actor, "care-open") else 0
    if waiting_people:
        yield Waiting(
            ngettext(
                "%(count)d person has no protection file yet",
                "%(count)d people have no protection file yet",
                waiting_people,
            )
            % {"count": waiting_people},
            _("Nothing that care does for them is on file."),
            f"{reverse('care')}?status={UNOPENED}",
            _("Open the list"),
            rank=-0.2,
        )


def _leads(actor: Actor) -> Iterator[Waiting]:
    if not (may_open(actor, "lead") and can_say(actor, "site.register")) or actor.role == "officer":
        return
    for lead in leads_without_site(actor):
        yield Waiting(
            _("A lead without a site"),
            lead.summary,
            reverse("lead", args=[lead.id]),
            _("Read the lead"),
            None,
            lead.reference,
        )


def _hits(actor: Actor) -> Iterator[Waiting]:
    """Records that may be of one person, questions to answer, and what was confirmed in the last day."""
    if not may_open(actor, "hits"):
        return
    for question in hits.asked_of(actor):
        yield Waiting(
            _("%(authority)s asks about a record of yours") % {"authority": question.asked_by_name},
            question.words,
            reverse("hit-answer", args=[question.id]),
            _("Answer"),
            None,
            question.subject.reference if question.subject else "",
        )
    if can_say(actor, "hit.confirm"):
        listed, _total = hits.hits_page(actor, 1, MOST_HITS, state="to-decide")
        for place, hit in enumerate(listed):
            second = hit.state == "waiting"
            odds = odds_words(hit.probability)
            why = _("%(odds)s, weak: %(kinds)s") if weak(hit) else _("%(odds)s: %(kinds)s")
            yield Waiting(
                _("A hit waits for a second reader") if second else kind_title(hit),
                why % {"odds": odds, "kinds": kinds_words(hit)},
                reverse("hit", args=[hit.id]),
                _("Read it") if second else _("Compare them"),
                None,
                hit.reference,
                rank=place / MOST_HITS + weak(hit),
            )
    field = actor.role in ("officer", "exhibits-officer", "national-lead", "analyst")
    for hit in hits.confirmed_since(actor):
        here = next((subject for subject in hit.subjects if subject.operation == actor.operation), None)
        if hit.again and here is not None and may_open(actor, "person-before"):
            yield Waiting(
                _("Met before, in another operation: %(what)s") % {"what": record_words(here)},
                _("What was promised then is still to be kept, or to be told of."),
                reverse("person-before", args=[here.key]),
                _("Read what was promised then"),
                None,
                here.reference,
            )
        elif field:
            yield Waiting(
                _("Confirmed: %(what)s") % {"what": record_words(hit.left)},
                record_words(hit.right),
                reverse("hit", args=[hit.id]),
                _("Read the hit"),
                None,
                hit.reference,
            )


def _changed(actor: Actor) -> Iterator[Waiting]:
    """Rows that somebody else than this node wrote: first of all, and until they are mended."""
    if not may_open(actor, "changed-rows"):
        return
    count = len(node().seals.notices())
    if count:
        yield Waiting(
            ngettext(
                "%(count)d row of the database was changed outside this node",
                "%(count)d rows of the database were changed outside this node",
                count,
            )
            % {"count": count},
            _("Somebody can write into the database. What was changed is closed; find out who it was."),
            reverse("changed-rows"),
            _("Read which rows"),
            clock_now(actor.operation),
            rank=-1.0,
        )


def _releases(actor: Actor) -> Iterator[Waiting]:
    """Releases that another account proposed, and those that this officer did."""
    if not may_open(actor, "release-sign"):
        return
    for row in proposals(actor):
        yield Waiting(
            _("Release %(n)d waits for a second signature") % {"n": row.number},
            _("It is published when you have read and signed it."),
            reverse("release-sign", args=[row.pk]),
            _("Read and sign"),
        )
    for row in own_proposals(actor):
        yield Waiting(
            _("Release %(n)d, which you proposed, waits for another to sign it") % {"n": row.number},
            _("There is nothing to do but to tell who signs. Until then you can withdraw it."),
            reverse("release-sign", args=[row.pk]),
            _("Open the proposal"),
        )


def _changes(actor: Actor) -> Iterator[Waiting]:
    """Changes that two authorities sign: to be signed, shown to all, to be carried out; and new keys that
    one authority vouched for in another's name."""
    if not may_open(actor, "change"):
        return
    for change in suspensions(actor, 0):
        title, href = change_title(change), reverse("change", args=[change.id])
        yield Waiting(
            _("Confirm, or let it lapse: %(what)s") % {"what": title} if change.may_sign else title,
            f"{change_state(actor, change)} {change.reason}",
            href,
            _("Read and confirm") if change.may_sign else _("Open it"),
            rank=-0.6,
        )
    for change in open_changes(actor):
        title, href = change_title(change), reverse("change", args=[change.id])
        if change.may_sign:
            yield Waiting(
                _("A change waits for your signature: %(what)s") % {"what": title},
                change.reason,
                href,
                _("Read and sign"),
                rank=-0.5,
            )
        elif change.may_carry_out:
            yield Waiting(
                _("A change can be carried out: %(what)s") % {"what": title},
                _("Two authorities signed it, and nobody refused it."),
                href,
                _("Open the change"),
            )
        elif change.may_refuse:
            yield Waiting(
                _("A change is proposed: %(what)s") % {"what": title},
                change_state(actor, change),
                href,
                _("Read the change"),
            )
    offices = names([authority for row in vouched(actor) for authority in (row.about, row.authority)])
    for row in vouched(actor):
        yield Waiting(
            _("%(name)s has new keys, as %(who)s says")
            % {"name": offices.get(row.about, ""), "who": offices.get(row.authority, "")},
            _("After a theft or a loss that is right. If %(name)s does not know of it, take them back.")
            % {"name": offices.get(row.about, "")},
            reverse("vouched-undo", args=[row.pk]),
            _("Take them back"),
            rank=-0.4,
        )


def _sign_ins(actor: Actor) -> Iterator[Waiting]:
    """Officers at whose sign-in somebody guesses."""
    if not may_open(actor, "sign-in-failures"):
        return
    often = often_failing(actor)
    for officer, name in officer_names(actor, list(often)).items():
        yield Waiting(
            _("Sign-ins of %(name)s fail") % {"name": name},
            _("%(times)d times in a day, in a browser that is not known. Ask whether it was the officer.")
            % {"times": often[officer]},
            reverse("sign-in-failures"),
            _("Look at them"),
        )


def _own_sign_in(actor: Actor) -> Iterator[Waiting]:
    """For everybody: that somebody guesses at the own sign-in."""
    times = own_failures(actor)
    if times >= OFTEN:
        yield Waiting(
            _("Your own sign-in fails"),
            _(
                "%(times)d times in a day, in a browser in which you never signed in. If it was not you, "
                "tell the administrator, and see where you are signed in."
            )
            % {"times": times},
            reverse("account_sessions"),
            _("Where you are signed in"),
        )


SOURCES: tuple[Callable[[Actor], Iterator[Waiting]], ...] = (
    people_in_danger,
    danger_elsewhere,
    missing,
    answered,
    reports_of_ended_phones,
    complaints_waiting,
    _changed,
    broken_glass,
    unusual_amounts,
    without_passkey,
    openings_alone,
    stale,
    _teams,
    limits_running,
    custody_to_read,
    care_unconfirmed,
    limit_missing,
    handed_over,
    leading_open,
    taken_over,
    not_taken,
    late_caseloads,
    not_received,
    alarms_open,
    _hits,
    _exhibits,
    _store,
    doubled_in_people,
    doubled_elsewhere,
    erasures_asked,
    disclosures_open,
    disclosed_unread,
    files_over_their_day,
    late_in_care,
    property_due,
    pages_to_settle,
    services_to_confirm,
    counts_unexplained,
    brought_by_odk,
    _leads,
    _releases,
    _sign_ins,
    _own_sign_in,
    own_access_back,
    suspended_officers,
    appointments_alone,
    shares_unanswered,
    links_unconfirmed,
    plans_unread,
    guardians_unread,
    documents_due,
    passkeys_changed,
    _changes,
    removed_from,
)


def waiting(actor: Actor, whole: bool = False) -> list[Waiting]:
    """What waits for this actor: danger first, then the earliest, without an hour last. Of protection files
    the first of each part of Today, `whole` more of them; `Waiting.more` has the number of the rest."""
    items = [item for source in SOURCES for item in source(actor)]
    return in_order(actor, [*items, *_care(actor, MOST_CARE if whole else FIRST)])


def in_danger(actor: Actor) -> list[Waiting]:
    """Of these only people and teams in danger: without asking the other rooms."""
    items = [item for source in (people_in_danger, danger_elsewhere, _teams) for item in source(actor)]
    return in_order(actor, [item for item in items if item.danger])


def nights(actor: Actor, now: datetime) -> tuple[datetime, datetime]:
    """The next midnight where the actor is, and the one two days later."""
    here = now.astimezone(ZoneInfo(actor.zone))
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight, midnight + timedelta(days=2)


def in_order(actor: Actor, items: list[Waiting]) -> list[Waiting]:
    """Danger first, then the earliest, without an hour last."""
    now = clock_now(actor.operation)
    far, long_ago = now + timedelta(days=3650), now - timedelta(days=3650)

    def order(item: Waiting) -> tuple[object, ...]:
        when = (item.since or long_ago) if item.danger else (item.due or far)
        first = not item.danger, not item.first, when, not item.asked
        return (*first, item.rank, item.reference, item.title)

    return sorted(items, key=order)
