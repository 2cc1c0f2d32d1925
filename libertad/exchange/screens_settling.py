"""Settling an alarm by two: proposed, confirmed or refused, settled alone, and reviewed."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access.actor import Actor
from libertad.access.asking import actor_of as asking
from libertad.access.asking import may_open
from libertad.access.queries import officer_names
from libertad.exchange import queries, queries_held, wording
from libertad.exchange.authorization import peer_decisions, settle_alarm
from libertad.exchange.authorization.settling_rules import ALONE, DANGER, NOT_RIGHT, RIGHT, settling_rules
from libertad.exchange.queries_held import AlarmSeen
from libertad.exchange.queries_settling import (
    CONFIRM,
    REVIEW,
    WAIT,
    SettlementSeen,
    by_one,
    settlement_of,
)
from libertad.exchange.screens_peer import ReasonForm
from libertad.exchange.wording import Part
from libertad.journal.node import node
from libertad.look import refusals
from libertad.look.page_objects import Action, ConfirmPage, FormPage, Link, Pair, StatusCell
from libertad.vocabulary.values import Refused


class WordsForm(forms.Form):
    """A second person's word. `settlement`: the proposal that was read."""

    settlement = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("What do you know of it?"),
        help_text=gettext_lazy("Kept at this node, with your name. The other node does not learn it."),
        max_length=peer_decisions.MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    field_order = ("settlement", "decision", "words")


class ConfirmForm(WordsForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("What do you say?"),
        choices=(
            ("confirm", gettext_lazy("I have made sure too: settle it")),
            ("refuse", gettext_lazy("Do not settle it")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )


class ReviewForm(WordsForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Was it right to settle it alone?"),
        choices=((RIGHT, gettext_lazy("It was right")), (NOT_RIGHT, gettext_lazy("It was not right"))),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )


class AloneForm(WordsForm):
    decision = forms.ChoiceField(
        label=gettext_lazy("Why do you settle it alone?"),
        choices=(
            (ALONE, gettext_lazy("There is no second person at this node")),
            (DANGER, gettext_lazy("Somebody's life is in danger, and it cannot wait for a second person")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
    )


def known_alarm(key: str) -> AlarmSeen:
    alarm = queries_held.alarm(key)
    if alarm is None:
        raise Http404
    return alarm


# -- what the alarm's page shows -------------------------------------------------------------------


def action_of(actor: Actor, alarm: AlarmSeen, settlement: SettlementSeen | None) -> Action | None:
    """What the actor does about an alarm."""
    if settlement is not None and settlement.task in (CONFIRM, REVIEW):
        if settlement.is_stale and may_open(actor, "exchange-alarm-settle", "post"):
            return Action(_("Propose it anew"), reverse("exchange-alarm-settle", args=[alarm.id]))
        words = _("Answer as a second person") if settlement.task == CONFIRM else _("Review it")
        return Action(words, reverse("exchange-alarm-answer", args=[alarm.id]))
    if alarm.settled is not None or not may_open(actor, "exchange-alarm-settle", "post"):
        return None
    if settlement is None or settlement.is_stale:
        return Action(_("Propose to settle it"), reverse("exchange-alarm-settle", args=[alarm.id]))
    return None


def status_of(actor: Actor, alarm: AlarmSeen) -> StatusCell:
    at = wording.at(alarm.settled, actor.zone) if alarm.settled else ""
    if by_one([alarm]):
        return StatusCell(
            _("Settled by one officer"), "", at, _("no second person has confirmed it"), needs=True
        )
    return StatusCell(_("Settled"), "done", at)


def parts_of(actor: Actor, alarm: AlarmSeen, settlement: SettlementSeen | None) -> list[Part]:
    """Who proposed to settle it and who answers; or how it was settled."""
    if alarm.settled is None:
        return [] if settlement is None else [_proposed(actor, alarm, settlement)]
    note = _("Kept at this node only. The proof stays.")
    if settlement is None:
        before = queries.decisions(alarm.id)  # settled before it took two
        pairs = [
            Pair(_("When"), wording.at(alarm.settled, actor.zone)),
            Pair(_("Who"), _settler(actor, alarm)),
            Pair(_("Why"), before[0].reason if before else ""),
        ]
        if by_one([alarm]):
            pairs.append(Pair(_("Second person"), _("Nobody is known: look what libertad doctor says")))
        return [Part(_("Settled"), pairs=pairs, note=note)]
    pairs = [
        Pair(_("When"), wording.at(alarm.settled, actor.zone)),
        Pair(_("Proposed by"), settlement.officer or _("An officer of this node")),
        Pair(_("Why"), settlement.reason),
    ]
    if settlement.alone:
        pairs.append(Pair(_("Settled alone because"), _alone_because(settlement)))
    if settlement.second:
        label = _("Reviewed by") if settlement.alone else _("Confirmed by")
        said = _("It was not right: %(words)s") if settlement.verdict == NOT_RIGHT else "%(words)s"
        pairs.append(Pair(label, settlement.second, said % {"words": settlement.answer}))
    else:
        pairs.append(
            Pair(_("Second person"), _("Nobody yet: it waits for a review"), _who_answers(settlement))
        )
    return [Part(_("Settled"), pairs=pairs, note=note)]


def _proposed(actor: Actor, alarm: AlarmSeen, settlement: SettlementSeen) -> Part:
    pairs = [
        Pair(_("When"), wording.at(settlement.at, actor.zone)),
        Pair(_("Who"), settlement.officer or _("An officer of this node")),
        Pair(_("Why"), settlement.reason),
        Pair(_("Who answers"), _who_answers(settlement)),
    ]
    links = []
    if settlement.is_own:
        links.append(Link(_("Take it back"), reverse("exchange-alarm-answer", args=[alarm.id])))
        if settlement.may_settle_alone and may_open(actor, "exchange-alarm-alone", "post"):
            links.append(Link(_("Settle it alone"), reverse("exchange-alarm-alone", args=[alarm.id])))
    lead = (
        _("The alarm has grown since this was proposed: it cannot be confirmed any more. Propose it anew.")
        if settlement.is_stale
        else _("Nothing is released until a second person has confirmed it.")
    )
    lapses = _("It lapses after %(days)d days (assumed).") % {"days": settling_rules().lapse.days}
    return Part(_("Proposed: settle it"), lead=lead, pairs=pairs, links=links, note=lapses)


def _who_answers(settlement: SettlementSeen) -> str:
    if settlement.able:
        named = [name or _("an officer of another authority at this node") for name in settlement.able]
        return ", ".join(dict.fromkeys(named))
    minutes = int(settling_rules().wait.total_seconds() // 60)
    return _(
        "There is no second person at this node. After %(minutes)d minutes who proposed it may settle it "
        "alone, which stays marked"
    ) % {"minutes": minutes}


def _alone_because(settlement: SettlementSeen) -> str:
    kind = _("A life is in danger") if settlement.state == DANGER else _("Nobody second was at this node")
    return f"{kind}: {settlement.alone}"


def _settler(actor: Actor, alarm: AlarmSeen) -> str:
    if not alarm.settled_by:
        return _("This node: by the rules of its newer version the entry stands")
    return officer_names(actor, [alarm.settled_by]).get(alarm.settled_by, "") or _("An officer of this node")


# -- acting ----------------------------------------------------------------------------------------


def settle(request: HttpRequest, key: str) -> HttpResponse:
    """Propose to settle an alarm, with a reason."""
    actor, alarm = asking(request), known_alarm(key)
    if alarm.settled is not None:
        return redirect("exchange-alarm", key)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if _done(form, "reason", lambda: settle_alarm.propose_settling(node(), actor, alarm.id, reason)):
            messages.success(request, _("Proposed. A second person confirms it; nothing is released before."))
            return redirect("exchange-alarm", key)
    page = ConfirmPage(
        _("Propose to settle this alarm"),
        [
            _("A second person reads your reason, and confirms or refuses it."),
            _("Settled, it is no longer open, and its authority's later words on access are judged again."),
        ],
        _("Propose it"),
        Link(_("The alarm"), reverse("exchange-alarm", args=[key])),
        [
            _("Nothing is released before that. If the alarm grows meanwhile, it has to be proposed anew."),
            _("The proof stays and is passed on. What is in quarantine as proof stays there."),
        ],
        warning=False,
    )
    status = 422 if form.errors else 200
    return render(request, "web/confirm.html", {"page": page, "form": form}, status=status)


def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Confirm, refuse or review it as a second person; or take an own proposal back. For others no page."""
    actor, alarm = asking(request), known_alarm(key)
    seen = settlement_of(actor, alarm)
    if seen is None or not seen.task or (seen.task == WAIT and seen.is_by_one):
        raise Http404
    kind = {CONFIRM: ConfirmForm, REVIEW: ReviewForm, WAIT: WordsForm}[seen.task]
    form = kind(request.POST or None, initial={"settlement": seen.id})
    if seen.task == WAIT:
        form.fields["words"].label = _("Why do you take it back?")
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if _done(form, "words", lambda: _answer(actor, seen, data)):
            messages.success(request, _("Noted."))
            return redirect("exchange-alarm", key)
    titles = {
        CONFIRM: _("Confirm that this alarm is settled"),
        REVIEW: _("An alarm was settled by one officer: review it"),
        WAIT: _("Take back your proposal"),
    }
    page = FormPage(
        title=titles[seen.task],
        button=_("Take it back") if seen.task == WAIT else _("Save"),
        back=Link(_("The alarm"), reverse("exchange-alarm", args=[key])),
        intro=_words(actor, alarm, seen),
        wont=_wont(seen),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def _answer(actor: Actor, seen: SettlementSeen, data: dict[str, str]) -> None:
    here, settlement, words = node(), data["settlement"], data["words"]
    if seen.task == REVIEW:
        settle_alarm.review_settling(here, actor, settlement, data["decision"], words)
    elif seen.task == CONFIRM and data["decision"] == "confirm":
        settle_alarm.confirm_settling(here, actor, settlement, words)
    else:
        settle_alarm.refuse_settling(here, actor, settlement, words)


def alone(request: HttpRequest, key: str) -> HttpResponse:
    """Settle it alone: in danger to life, or where nobody second is; marked until one has reviewed it."""
    actor, alarm = asking(request), known_alarm(key)
    seen = settlement_of(actor, alarm)
    if seen is None or not seen.may_settle_alone:
        raise Http404
    form = AloneForm(request.POST or None, initial={"settlement": seen.id})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if _done(
            form,
            "words",
            lambda: settle_alarm.settle_alone(
                node(), actor, data["settlement"], data["words"], danger=data["decision"] == DANGER
            ),
        ):
            messages.success(
                request, _("Settled by one officer. It stays marked until a second person reviews it.")
            )
            return redirect("exchange-alarm", key)
    page = FormPage(
        title=_("Settle this alarm alone"),
        button=_("Settle it alone, and be reviewed"),
        back=Link(_("The alarm"), reverse("exchange-alarm", args=[key])),
        intro=_words(actor, alarm, seen),
        wont=_(
            "What waits because of the alarm is judged again, and that cannot be taken back. Because of "
            "danger it is possible %(count)d times a week (assumed)."
        )
        % {"count": settling_rules().danger},
        warning=True,
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def _done(form: forms.Form, field: str, act: Callable[[], object]) -> bool:
    try:
        act()
    except Refused as why:
        refusals.show(form, why, field)
        return False
    return True


def _words(actor: Actor, alarm: AlarmSeen, seen: SettlementSeen) -> str:
    """What was proposed or done, by whom and why, and about what."""
    offices = queries.names(list(alarm.authorities))
    values = {
        "what": wording.alarm(alarm.kind),
        "about": ", ".join(offices.get(name, name) for name in alarm.authorities) or alarm.who,
        "who": seen.officer or _("An officer of this node"),
        "reason": seen.reason,
        "when": wording.at(seen.at, actor.zone),
    }
    told = _("%(what)s: %(about)s. %(who)s proposed to settle it, %(when)s: “%(reason)s”.") % values
    return f"{told} {_alone_because(seen)}." if seen.alone else told


def _wont(seen: SettlementSeen) -> str:
    if seen.task == WAIT:
        return _("The alarm stays open.")
    if seen.task == REVIEW:
        return _("What was released stays so. If it was not right, suspend the exchange, and telephone.")
    return _(
        "Telephone the authority yourself, on a number that you have from elsewhere, before you confirm. "
        "What waits because of the alarm is judged again, and that cannot be taken back."
    )
