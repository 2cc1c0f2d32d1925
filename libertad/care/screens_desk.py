"""Whose task a person is: the page that tells it, and the acts of taking, giving back and handing over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care import queue, queue_words
from libertad.care.actions.hand_over import accept_person, decline_person, offer_person, withdraw_offer
from libertad.care.actions.name_step import name_step
from libertad.care.actions.say_missing import say_found, say_missing
from libertad.care.actions.take_person import acknowledge_taking, give_back, take_person
from libertad.care.answered import act_of
from libertad.care.assignment import reading_of
from libertad.care.desk import Taking
from libertad.care.desk_pages import back_from_desk, find_task
from libertad.care.forms_desk import DeclineForm, FoundForm, GiveBackForm, HandOverForm, MissingForm, NextForm
from libertad.care.pages import action, now_of
from libertad.care.queries_desk import TaskSeen, Word, colleagues
from libertad.care.queue_limits import limits
from libertad.look.danger import DangerPanel
from libertad.look.page_objects import Action, ConfirmPage, FormPage, Link, Pair, Provenance
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class TaskPage:
    """Whose task a person is, what can be done about it, and what was said."""

    title: str
    name: str
    reference: str
    provenance: Provenance
    back: Link
    facts: Sequence[Pair]
    main: Action | None
    links: Sequence[Link]
    words: Sequence[Pair]


# Of a colleague's task these tell who has the person, and nothing of the person.
OF_WHO_HAS = frozenset(
    {
        "desk.take",
        "desk.give_back",
        "desk.offer",
        "desk.accept",
        "desk.decline",
        "desk.withdraw",
        "desk.acknowledge",
    }
)


def whose_task(request: HttpRequest, person: str) -> HttpResponse:
    """Responsible, until when, the hand-over that waits; and each word at the desk, the last first."""
    seen = find_task(request, person)
    if seen.compartment:
        perform(actor_of(request), open_file, compartment=seen.compartment, subject=person, page="desk")
    acts = _acts(request, seen)
    page = TaskPage(
        title=_("Whose task"),
        name=seen.name,
        reference=seen.reference,
        provenance=seen.provenance,
        back=back_from_desk(seen.person, seen.reference, seen.opened),
        facts=_facts(request, seen),
        main=acts[0] if acts else None,
        links=[
            Link(_("Case notes"), reverse("care-notes", args=[person])),
            Link(_("Lead authority, with other care authorities"), reverse("care-leading", args=[person])),
            *(Link(act.label, act.href) for act in acts[1:]),
        ],
        words=_word_pairs(request, seen),
    )
    return render(request, "care/task.html", {"page": page})


def _word_pairs(request: HttpRequest, seen: TaskSeen) -> list[Pair]:
    """What was said at the desk; of a colleague's task who had the person, without a word more, and what
    tells that the person is missing."""
    reads, missing = reading_of(actor_of(request), seen.person).is_allowed, seen.missing_words
    return [
        Pair(when(word.happened), _words(word), word.words if reads or word in missing else "")
        for word in seen.words
        if reads or word in missing or word.verb in OF_WHO_HAS
    ]


def _facts(request: HttpRequest, seen: TaskSeen) -> list[Pair]:
    actor, place = actor_of(request), seen.place
    title, why = queue_words.wording(place)
    officer = seen.name_of(place.officer)
    facts = [Pair(_("Whose task"), queue_words.responsible(actor, place, officer), strong=True)]
    if seen.missing_words:
        facts.append(
            Pair(_("Missing since"), queue_words.due_words(seen.missing_words[0].until), _last_seen(seen))
        )
    if place.why == "missing" and not place.service:
        title = _("Say what was done by")
    facts.append(Pair(title, when(Happened(at=place.due, zone=actor.zone)), why))
    if seen.offer and seen.offered_at is not None:
        offered = when(Happened(at=seen.offered_at, zone=actor.zone))
        facts.append(Pair(_("Offered to"), seen.name_of(seen.offered_to), offered))
    return facts


def _last_seen(seen: TaskSeen) -> str:
    return _("Last seen then. First said %(when)s.") % {"when": when(seen.missing_words[-1].happened)}


def missing_panel(request: HttpRequest, seen: TaskSeen | None) -> DangerPanel | None:
    """For the protection file's pages: that the person is missing, to who reads the person's desk; its
    opening is recorded before."""
    if seen is None or not seen.missing_words:
        return None
    perform(actor_of(request), open_file, compartment=seen.compartment, subject=seen.person, page="desk")
    last_seen = _("Last seen %(when)s.") % {"when": queue_words.due_words(seen.missing_words[0].until)}
    return DangerPanel(
        queue_words.wording(seen.place)[0] if seen.place.service else _("Missing"),
        seen.missing_words[-1].happened,
        last_seen,
        action=action(request, _("Say what was done"), "care-task", seen.person),
        note=_("Police are not told by it: telephone them."),
    )


def _acts(request: HttpRequest, seen: TaskSeen) -> list[Action]:
    """What this officer can do now, the likeliest first."""
    acts, person = task_acts(request, seen), seen.person
    taking = _taking(request, seen)
    if taking is not None:
        read = Action(
            _("I have read who has the person"), reverse("care-acknowledge", args=[person, taking.entry])
        )
        acts = [*acts, read]
    if seen.place.queue in (queue.LINKED, queue.ELSEWHERE, queue.ENDED):
        return acts
    told = seen.place.answer
    if told is not None:
        route, args = act_of(person, told)
        acts = [Action(_("Say what was done"), reverse(route, args=args)), *acts]
    again = Action(_("Say what was done since"), reverse("care-missing", args=[person]))
    if seen.missing:
        return [Action(_("The person is back"), reverse("care-found", args=[person])), again, *acts]
    return [*acts, Action(_("The person is missing"), reverse("care-missing", args=[person]))]


def task_acts(request: HttpRequest, seen: TaskSeen) -> list[Action]:
    """What this officer can do about whose task the person is, the likeliest first."""
    officer, place, person = actor_of(request).officer, seen.place, seen.person
    if seen.offer and seen.offered_to == officer:
        return [
            Action(_("Accept the hand-over"), reverse("care-accept", args=[person, seen.offer])),
            Action(_("Decline it"), reverse("care-decline", args=[person, seen.offer])),
        ]
    if seen.worker == officer:
        acts = (
            [] if seen.opened else [Action(_("Open a protection file"), reverse("care-open", args=[person]))]
        )
        if seen.offer:
            acts.append(
                Action(_("Take the offer back"), reverse("care-take-back", args=[person, seen.offer]))
            )
        elif colleagues(actor_of(request)):
            acts.append(Action(_("Hand the person over"), reverse("care-hand-over", args=[person])))
        acts.insert(0, Action(_("Name the next step"), reverse("care-next", args=[person])))
        return [*acts, Action(_("Give the person back"), reverse("care-give-back", args=[person]))]
    until = seen.offered_at + limits().handover if seen.offer and seen.offered_at is not None else None
    late = until is not None and now_of(request).at >= until
    if place.queue in (queue.LINKED, queue.ELSEWHERE):
        return []
    if actor_of(request).role == queue.SUPERVISOR and place.assigned:
        return [Action(_("Take the person over"), reverse("care-take", args=[person]))]
    if late or not place.assigned:
        return [Action(_("Take the person"), reverse("care-take", args=[person]))]
    return []


def _words(word: Word) -> str:
    names = {"officer": word.by or _("An officer"), "to": word.to or _("another officer")}
    match word.verb:
        case "desk.take":
            return _("%(officer)s took the person.") % names
        case "desk.give_back":
            return _("%(officer)s gave the person back to the duty desk.") % names
        case "desk.offer":
            return _("%(officer)s offered the person to %(to)s.") % names
        case "desk.accept":
            return _("%(officer)s accepted the hand-over.") % names
        case "desk.next":
            step = {
                "step": words("next-steps", word.kind),
                "until": queue_words.due_words(word.until),
                **names,
            }
            text = _("%(officer)s named the next step: %(step)s, until %(until)s.") % step
            return f"{text} {_('Before')}: {words('step-outcomes', word.last)}." if word.last else text
        case "desk.missing":
            return _("%(officer)s said that the person is missing, last seen %(until)s.") % {
                "until": queue_words.due_words(word.until),
                **names,
            }
        case "desk.found":
            return _("%(officer)s said that the person is back.") % names
        case "desk.decline":
            return _("%(officer)s declined the hand-over.") % names
        case "desk.acknowledge":
            return _("%(officer)s has read that the person was taken over.") % names
        case "desk.settle":
            outcome = {"outcome": words("settle-outcomes", word.last), **names}
            if word.kind:
                return f"{words('needs', word.kind)}. " + _("%(officer)s: %(outcome)s.") % outcome
            return _("%(officer)s about the answer of a service: %(outcome)s.") % outcome
    return _("%(officer)s took the offer back.") % names


def _confirm(
    request: HttpRequest, seen: TaskSeen, act: Callable[..., Any], page: ConfirmPage, done: str, **fixed: str
) -> HttpResponse:
    form = Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        is_done, _entry = try_perform(request, form, act, person=seen.person, **fixed)
        if is_done:
            messages.success(request, done)
            return redirect("care-task", seen.person)
    return render(request, "web/confirm.html", {"page": page, "form": form})


def _fill(
    request: HttpRequest,
    seen: TaskSeen,
    form: Form,
    act: Callable[..., Any],
    page: FormPage,
    done: str,
    tell: Callable[..., None] = messages.success,
    **fixed: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(request, form, act, person=seen.person, **form.cleaned_data, **fixed)
        if is_done:
            tell(request, done)
            return redirect("care-task", seen.person)
    return render(request, "web/form.html", {"page": page, "form": form})


def _to_task(seen: TaskSeen) -> Link:
    return Link(_("Whose task"), reverse("care-task", args=[seen.person]))


def _who(seen: TaskSeen) -> str:
    """Who it is about, by name where one was said."""
    return f"{seen.name}, {seen.reference}" if seen.name else seen.reference


def _form_page(seen: TaskSeen, title: str, button: str, wont: str) -> FormPage:
    return FormPage(
        title=title,
        button=button,
        back=_to_task(seen),
        reference=seen.reference,
        intro=seen.name,
        wont=wont,
        provenance=seen.provenance,
    )


def _police() -> str:
    return _("Neither police nor who decides on return or stay learn of it.")


def _ends(seen: TaskSeen, colleague: str) -> list[str]:
    """What is over once somebody takes the person from a colleague."""
    ended = [_("%(officer)s is responsible no more.") % {"officer": colleague}] if colleague else []
    if seen.offer and seen.offered_to:
        ended.append(
            _("The offer to %(officer)s is over.")
            % {"officer": seen.name_of(seen.offered_to) or _("An officer")}
        )
    return ended


def _no_message(colleague: str) -> list[str]:
    words = _("%(officer)s reads it on the start page and is sent no message: telephone.")
    return [words % {"officer": colleague}] if colleague else []


def take(request: HttpRequest, person: str) -> HttpResponse:
    """Take a person whom nobody at work has, or from whose task the person is."""
    seen = find_task(request, person)
    colleague = seen.name_of(seen.place.officer) if seen.place.assigned else ""
    title = _("Take the person over") if colleague else _("Take the person")
    page = ConfirmPage(
        title=title,
        happens=[
            _("The person is your task from now on, with a date, until somebody accepts a hand-over."),
            *_ends(seen, colleague),
            _("The next step is due within %(span)s.") % {"span": queue_words.span(limits().step)},
        ],
        wont=[*_no_message(colleague), _police()],
        button=title,
        back=_to_task(seen),
        warning=False,
        intro=_who(seen),
    )
    return _confirm(request, seen, take_person, page, _("The person is your task now."))


def _taking(request: HttpRequest, seen: TaskSeen) -> Taking | None:
    """That the person was taken from this officer, who has not read it yet."""
    return next((taking for taking in seen.takings if taking.of == actor_of(request).officer), None)


def acknowledge(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """For whom the person was taken from: by whom and when; read, it goes from Today."""
    seen = find_task(request, person)
    taking = _taking(request, seen)
    happens = [_("You have read this already, or the person is your task again.")]
    if taking is not None and taking.entry == key:
        at = when(Happened(at=taking.at, zone=actor_of(request).zone))
        by = seen.name_of(taking.by) or _("An officer")
        happens = [
            _("%(officer)s took the person over: %(when)s.") % {"officer": by, "when": at},
            _("%(officer)s is responsible since then; you are not.") % {"officer": by},
        ]
    page = ConfirmPage(
        title=_("The person was taken over from you"),
        happens=happens,
        wont=[_("Nothing else is asked of you. What you know and the file does not, tell by telephone.")],
        button=_("I have read it"),
        back=_to_task(seen),
        warning=False,
        intro=_who(seen),
    )
    done = _("Recorded. It stands on your start page no more.")
    return _confirm(request, seen, acknowledge_taking, page, done, taking=key)


def hand_back(request: HttpRequest, person: str) -> HttpResponse:
    """Give a person back to the duty desk."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("Give the person back"),
        _("Give the person back"),
        _(
            "The duty desk answers from then on: an officer takes the person within the limit. "
            "To give the person to somebody by name, hand the person over."
        ),
    )
    form = GiveBackForm(request.POST or None)
    return _fill(request, seen, form, give_back, page, _("The duty desk has the person now."))


def next_step(request: HttpRequest, person: str) -> HttpResponse:
    """Name what is done next for the person, and until when."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("Name the next step"),
        _("Record it"),
        _("Nobody is told. The person stands in 'Follow-up' with this date, and it waits on your page."),
    )
    form = NextForm(request.POST or None, now=now_of(request), step=seen.step)
    return _fill(request, seen, form, name_step, page, _("The next step is recorded."))


def missing(request: HttpRequest, person: str) -> HttpResponse:
    """Say that the person is missing, or what was done since."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("The person is missing"),
        _("Record it"),
        _(
            "The person stands first on the start page of every caseworker of your authority. A service "
            "at which the person is, or is expected, reads that care looks for the person. Police are not "
            "told: telephone them. Saving telephones nobody."
        ),
    )
    form = MissingForm(request.POST or None, now=now_of(request))
    done = _("Recorded. Nobody was telephoned: call the police now.")
    return _fill(request, seen, form, say_missing, page, done, messages.error)


def back_again(request: HttpRequest, person: str) -> HttpResponse:
    """Say that the person is no longer missing."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("The person is back"),
        _("Record it"),
        _("Police and others whom you told learn nothing by this: telephone them."),
    )
    form = FoundForm(request.POST or None)
    return _fill(request, seen, form, say_found, page, _("Recorded: the person is back."))


def hand_over(request: HttpRequest, person: str) -> HttpResponse:
    """Offer a person to another officer of the authority."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("Hand the person over"),
        _("Offer it"),
        _(
            "You stay responsible until the officer accepts. Without an answer within %(span)s anybody on "
            "duty may take the person."
        )
        % {"span": queue_words.span(limits().handover)},
    )
    form = HandOverForm(request.POST or None, officers=colleagues(actor_of(request)))
    return _fill(request, seen, form, offer_person, page, _("Offered. You stay responsible until then."))


def accept(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Accept what was offered."""
    seen = find_task(request, person)
    page = ConfirmPage(
        title=_("Accept the hand-over"),
        happens=[_("The person is your task from now on. Who offered it is responsible no more.")],
        wont=[_police()],
        button=_("Accept"),
        back=_to_task(seen),
        warning=False,
        intro=_who(seen),
    )
    return _confirm(request, seen, accept_person, page, _("The person is your task now."), offer=key)


def decline(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Decline what was offered."""
    seen = find_task(request, person)
    page = _form_page(
        seen,
        _("Decline the hand-over"),
        _("Decline it"),
        _("The person stays with who offered."),
    )
    form = DeclineForm(request.POST or None)
    return _fill(request, seen, form, decline_person, page, _("Declined."), offer=key)


def take_back(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Take an own offer back."""
    seen = find_task(request, person)
    page = ConfirmPage(
        title=_("Take the offer back"),
        happens=[_("The person stays your task; nobody can accept it any more.")],
        wont=[_police()],
        button=_("Take the offer back"),
        back=_to_task(seen),
        warning=False,
        intro=_who(seen),
    )
    return _confirm(
        request, seen, withdraw_offer, page, _("Taken back: the person stays your task."), offer=key
    )
