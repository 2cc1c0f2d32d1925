"""A peer's page: how it is, its key for the telephone, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of as asking
from libertad.access.asking import may_open
from libertad.access.queries import authority_names, officer_names
from libertad.exchange import queries, wording
from libertad.exchange.authorization import peer_decisions
from libertad.exchange.protocol import fingerprint_words
from libertad.exchange.queries import PeerSeen
from libertad.exchange.scheduler import Scheduler, running
from libertad.exchange.sync.repair import Repaired
from libertad.exchange.wording import Part
from libertad.journal.node import node
from libertad.look import refusals
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    ConfirmPage,
    FilePage,
    Link,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)
from libertad.vocabulary.values import Refused

STATES = {"suspend": "suspended", "end": "ended", "resume": "active"}


class ReasonForm(forms.Form):
    """Why. Everybody who decides about the exchange at this node reads it."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Kept at this node, with your name. The other node does not learn it."),
        max_length=peer_decisions.MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def peer_or_404(key: str) -> PeerSeen:
    """The peer of an address, or no page."""
    peer = queries.peer(key)
    if peer is None:
        raise Http404
    return peer


def _moment(label: str, at: int, now: int, zone: str) -> StatusCell:
    """When something was last done with a peer: how long ago, and the moment itself (ms)."""
    return StatusCell(label, "", wording.ago(at, now), wording.at(at, zone))


def peer(request: HttpRequest, key: str) -> HttpResponse:
    """One peer."""
    actor, peer, now = asking(request), peer_or_404(key), queries.now_ms()
    behind, since = wording.lag(peer, now)
    decides = may_open(actor, "exchange-peer-state", "post")
    page = FilePage(
        kind=_("Peer"),
        reference=peer.origin,
        title=peer.name,
        second=wording.describe_residents(peer.lives),
        provenance=peer.lives[0].provenance if peer.lives else "",
        action=Action(_("Ask now"), reverse("exchange-ask", args=[key]), post=True)
        if decides and peer.state == "active"
        else None,
        statuses=[
            StatusCell(
                wording.condition(peer),
                "needs"
                if wording.TONES[peer.condition] == "needs"
                else "done"
                if peer.condition == "well"
                else "",
                "",
                wording.what_to_do(peer),
                needs=peer.condition in ("failing", "cut"),
            ),
            _moment(_("We asked it"), peer.contact, now, actor.zone),
            _moment(_("It asked us"), peer.heard, now, actor.zone),
            StatusCell(_("We are behind"), "", behind, since),
        ],
        side=[_telephone(peer)],
    )
    line, rest = switch(actor, [peer]), [_progress(peer, actor, now), _do(actor, peer), _decided(actor, peer)]
    # What needs somebody comes first.
    parts = [*line, *rest] if peer.condition == "cut" else [*rest[:2], *line, *rest[2:]]
    return render(request, "exchange/page.html", {"page": page, "parts": [p for p in parts if p]})


def _progress(peer: PeerSeen, actor: Actor, now: int) -> Part:
    pairs = [
        Pair(_("Address"), peer.address or _("none: by files only")),
        Pair(
            _("Its journal"),
            _("%(entries)s examined") % {"entries": wording.entries(peer.taken)},
            _("proven to have only grown, and cosigned by us as far as that"),
        ),
        Pair(_("Not examined yet"), wording.entries(peer.behind)),
        Pair(_("Files being filled in"), str(queries.count_pending_fetches(actor, peer.origin))),
        Pair(
            _("Ours, cosigned by it"),
            wording.at(peer.cosigned_at, actor.zone) if peer.cosigned_at else _("not yet"),
        ),
        Pair(_("Received since it joined"), wording.amount(peer.bytes_in)),
        Pair(_("Sent since it joined"), wording.amount(peer.bytes_out)),
    ]
    if peer.tried > peer.contact:
        pairs.insert(
            1, Pair(_("Last attempt"), wording.at(peer.tried, actor.zone), wording.ago(peer.tried, now))
        )
    return Part(_("How far we are"), pairs=pairs)


def _do(actor: Actor, peer: PeerSeen) -> Part | None:
    if not may_open(actor, "exchange-peer-state", "post"):
        return None
    offered = {
        "active": [("suspend", _("Suspend the exchange")), ("end", _("End the exchange"))],
        "suspended": [("resume", _("Exchange again")), ("end", _("End the exchange"))],
        "ended": [("resume", _("Exchange again"))],
    }[peer.state]
    actions = [
        Action(label, reverse("exchange-peer-state", args=[peer.key, command])) for command, label in offered
    ]
    if peer.state == "active":
        actions.insert(0, Action(_("Repair"), reverse("exchange-repair", args=[peer.key]), post=True))
    return Part(
        _("What you can do"),
        lead=_mended(peer),
        actions=actions,
        note=""
        if peer.state != "active"
        else _(
            "Repair compares what both should hold, without trusting what either remembers, and fetches what "
            "is missing. Use it after a backup was restored on either side. It takes nothing away."
        ),
    )


def _mended(peer: PeerSeen) -> str:
    """How the last repair in this process ended."""
    loop = running()
    outcome = loop.mended.get(peer.origin) if loop is not None else None
    if isinstance(outcome, Repaired):
        if outcome.left:
            return _("The last repair left %(entries)s missing: the peer did not send them. Try again.") % {
                "entries": wording.entries(outcome.left)
            }
        return _("The last repair compared %(all)s and filled in %(stored)d.") % {
            "all": wording.entries(outcome.compared),
            "stored": outcome.stored,
        }
    return _("The last repair failed: %(why)s.") % {"why": outcome} if outcome else ""


def _decided(actor: Actor, peer: PeerSeen) -> Part | None:
    decisions = queries.decisions(peer.origin)
    if not decisions:
        return None
    labels = {
        "suspended": _("Suspended"),
        "ended": _("Ended"),
        "active": _("Exchange again"),
        "repaired": _("Repair begun"),
    }
    officers = officer_names(actor, [decision.officer for decision in decisions])
    offices = authority_names([decision.authority for decision in decisions])
    rows = [
        Row(
            [
                Cell(labels.get(decision.what, decision.what)),
                Cell(wording.at(decision.at, actor.zone)),
                Cell(
                    officers.get(decision.officer, "") or _("An officer"),
                    second=offices.get(decision.authority, ""),
                ),
                Cell(decision.reason),
            ]
        )
        for decision in decisions
    ]
    columns = [Column(_("Decision")), Column(_("When")), Column(_("Who")), Column(_("Why"))]
    return Part(
        _("Decided here"),
        Table(_("Decided here"), columns, rows),
        note=_("Peers are outside the journal: these decisions are kept at this node and do not travel."),
    )


def _telephone(peer: PeerSeen) -> SideBlock:
    return SideBlock(
        _("Its key, for the telephone"),
        lead=" ".join(fingerprint_words.fingerprint_words(peer.public, get_language() or "en")),
        pairs=[Pair(_("In digits"), wording.spaced(fingerprint_words.digits(peer.public)))],
        note=_(
            "Call a number that you have from elsewhere. Each reads the own page aloud; the last word checks "
            "the others. If they differ, suspend the exchange: somebody is between you."
        ),
    )


def switch(actor: Actor, peers: Sequence[PeerSeen]) -> list[Part]:
    """In the demo: the lines to these peers, to be cut and restored. Nothing on a real node."""
    peers = [peer for peer in peers if peer.state == "active"]
    if not settings.LIBERTAD_DEMO or not may_open(actor, "exchange-line", "post") or not peers:
        return []
    actions = [
        Action(
            (_("Restore the line to %(name)s") if cut else _("Cut the line to %(name)s"))
            % {"name": peer.name},
            reverse("exchange-line", args=[peer.key]),
            post=True,
            hidden={"line": "on" if cut else "cut"},
        )
        for peer in peers
        for cut in (peer.condition == "cut",)
    ]
    return [
        Part(
            _("Demonstration: cut a line"),
            lead=_("As if a cable were cut: neither side answers the other. Both go on working."),
            actions=actions,
            note=_("Nothing is lost; each takes up where it was. A real node has no such switch."),
        )
    ]


def state(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """Suspend, end, or take up again, with a reason."""
    peer = peer_or_404(key)
    if what not in STATES:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            peer_decisions.set_state(
                node(), asking(request), peer.origin, STATES[what], form.cleaned_data["reason"]
            )
        except Refused as why:
            refusals.show(form, why, "reason")
        else:
            if (loop := running()) is not None:
                loop.ask(peer.origin)
            return redirect("exchange-peer", key)
    page = _confirm(peer, what)
    return render(
        request, "web/confirm.html", {"page": page, "form": form}, status=422 if form.errors else 200
    )


def _confirm(peer: PeerSeen, command: str) -> ConfirmPage:
    back = Link(peer.name, reverse("exchange-peer", args=[peer.key]))
    retained = _("What was exchanged stays on both sides. Nobody takes back what was read.")
    if command == "resume":
        return ConfirmPage(
            _("Exchange with this peer again"),
            [
                _("It is asked from where we were; what was said meanwhile arrives in order."),
                _("It takes up again only if the other side has not suspended or ended it."),
            ],
            _("Exchange again"),
            back,
            warning=False,
        )
    title, button = (
        (_("Suspend the exchange with this peer"), _("Suspend it"))
        if command == "suspend"
        else (_("End the exchange with this peer"), _("End it"))
    )
    happens = [
        _("From now on it gets no answer, not even that this node is here, and it is not asked."),
        _("An answer that is under way ends after the part that is being sent."),
    ]
    if command == "end":
        happens.append(_("A new address of it in the journal does not bring it back."))
    wont = [retained, _("The other node does not learn why.")]
    return ConfirmPage(title, happens, button, back, wont, warning=command == "end")


def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the peer now instead of in some seconds."""
    peer = peer_or_404(key)
    loop = _loop(request)
    if loop is not None:
        loop.ask(peer.origin)
        messages.success(request, _("Asked. Load the page again to see what came."))
    return redirect("exchange-peer", key)


def repair(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a repair in the background."""
    peer = peer_or_404(key)
    loop = _loop(request)
    if loop is not None:
        if peer.state != "active":
            messages.error(request, _("Exchange with it again first, then repair."))
        elif loop.mend(peer.origin):
            peer_decisions.note(
                node(), asking(request), peer.origin, "repaired", _("by the button on this page")
            )
            messages.success(request, _("The repair has begun. Load the page again to see how it ended."))
        else:
            messages.error(request, _("This peer is being asked just now. Try again in a moment."))
    return redirect("exchange-peer", key)


def line(request: HttpRequest, key: str) -> HttpResponse:
    """The demonstration's switch. No such page outside the demo."""
    if not settings.LIBERTAD_DEMO:
        raise Http404
    peer, loop = peer_or_404(key), _loop(request)
    if loop is not None and request.POST.get("line") == "cut":
        loop.cut(peer.origin)
        messages.success(request, _("The line to %(name)s is cut.") % {"name": peer.name})
    elif loop is not None:
        loop.restore(peer.origin)
        messages.success(request, _("The line is up again; what was said meanwhile arrives now."))
    return redirect("exchange-peer", key)


def _loop(request: HttpRequest) -> Scheduler | None:
    """This process's exchange; says so where it has none."""
    loop = running()
    if loop is None:
        messages.error(request, _("This process does not exchange: serve the node with libertad run."))
    return loop
