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
from libertad.access.asking import may
from libertad.access.asking import who as asking
from libertad.access.queries import authority_names, officer_names
from libertad.exchange import deciding, queries, seen, words
from libertad.exchange.loop import Loop, running
from libertad.exchange.mending import Repaired
from libertad.exchange.queries import PeerSeen
from libertad.exchange.seen import Part
from libertad.journal.node import node
from libertad.look import refusals
from libertad.look.looks import (
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
        max_length=deciding.MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def known(key: str) -> PeerSeen:
    """The peer of an address, or no page."""
    found = queries.peer(key)
    if found is None:
        raise Http404
    return found


def peer(request: HttpRequest, key: str) -> HttpResponse:
    """One peer."""
    actor, one, now = asking(request), known(key), queries.now_ms()
    behind, since = seen.lag(one, now)
    decides = may(actor, "exchange-peer-state", "post")
    page = FilePage(
        kind=_("Peer"),
        reference=one.origin,
        title=one.name,
        second=seen.who(one.lives),
        provenance=one.lives[0].provenance if one.lives else "",  # type: ignore[arg-type]
        action=Action(_("Ask now"), reverse("exchange-ask", args=[key]), post=True)
        if decides and one.state == "active"
        else None,
        statuses=[
            StatusCell(
                seen.condition(one), "needs" if seen.TONES[one.condition] == "needs" else "done"
                if one.condition == "well" else "", "", seen.what_to_do(one),
                needs=one.condition in ("failing", "cut"),
            ),
            StatusCell(_("We asked it"), "", seen.ago(one.contact, now), seen.at(one.contact, actor.zone)),
            StatusCell(_("It asked us"), "", seen.ago(one.heard, now), seen.at(one.heard, actor.zone)),
            StatusCell(_("We are behind"), "", behind, since),
        ],
        side=[_telephone(one)],
    )  # fmt: skip
    line, rest = switch(actor, [one]), [_progress(one, actor, now), _do(actor, one), _decided(actor, one)]
    # What needs somebody comes first.
    parts = [*line, *rest] if one.condition == "cut" else [*rest[:2], *line, *rest[2:]]
    return render(request, "exchange/page.html", {"page": page, "parts": [p for p in parts if p]})


def _progress(one: PeerSeen, actor: Actor, now: int) -> Part:
    pairs = [
        Pair(_("Address"), one.address or _("none: by files only")),
        Pair(_("Its journal"), _("%(entries)s examined") % {"entries": seen.entries(one.taken)},
             _("proven to have only grown, and cosigned by us as far as that")),
        Pair(_("Not examined yet"), seen.entries(one.behind)),
        Pair(_("Files being filled in"), str(queries.wanted(actor, one.origin))),
        Pair(_("Ours, cosigned by it"),
             seen.at(one.cosigned_at, actor.zone) if one.cosigned_at else _("not yet")),
        Pair(_("Received since it joined"), seen.amount(one.bytes_in)),
        Pair(_("Sent since it joined"), seen.amount(one.bytes_out)),
    ]  # fmt: skip
    if one.tried > one.contact:
        pairs.insert(1, Pair(_("Last attempt"), seen.at(one.tried, actor.zone), seen.ago(one.tried, now)))
    return Part(_("How far we are"), pairs=pairs)


def _do(actor: Actor, one: PeerSeen) -> Part | None:
    if not may(actor, "exchange-peer-state", "post"):
        return None
    offered = {
        "active": [("suspend", _("Suspend the exchange")), ("end", _("End the exchange"))],
        "suspended": [("resume", _("Exchange again")), ("end", _("End the exchange"))],
        "ended": [("resume", _("Exchange again"))],
    }[one.state]
    actions = [Action(label, reverse("exchange-peer-state", args=[one.key, what])) for what, label in offered]
    if one.state == "active":
        actions.insert(0, Action(_("Repair"), reverse("exchange-repair", args=[one.key]), post=True))
    return Part(
        _("What you can do"),
        lead=_mended(one),
        actions=actions,
        note=""
        if one.state != "active"
        else _(
            "Repair compares what both should hold, without trusting what either remembers, and fetches what "
            "is missing. Use it after a backup was restored on either side. It takes nothing away."
        ),
    )


def _mended(one: PeerSeen) -> str:
    """How the last repair in this process ended."""
    loop = running()
    found = loop.mended.get(one.origin) if loop is not None else None
    if isinstance(found, Repaired):
        if found.left:
            return _("The last repair left %(entries)s missing: the peer did not send them. Try again.") % {
                "entries": seen.entries(found.left)
            }
        return _("The last repair compared %(all)s and filled in %(stored)d.") % {
            "all": seen.entries(found.compared), "stored": found.stored,
        }  # fmt: skip
    return _("The last repair failed: %(why)s.") % {"why": found} if found else ""


def _decided(actor: Actor, one: PeerSeen) -> Part | None:
    found = queries.decisions(one.origin)
    if not found:
        return None
    what = {
        "suspended": _("Suspended"), "ended": _("Ended"), "active": _("Exchange again"),
        "repaired": _("Repair begun"),
    }  # fmt: skip
    officers = officer_names(actor, [d.officer for d in found])
    offices = authority_names([d.authority for d in found])
    rows = [
        Row(
            [
                Cell(what.get(d.what, d.what)),
                Cell(seen.at(d.at, actor.zone)),
                Cell(officers.get(d.officer, "") or _("An officer"), second=offices.get(d.authority, "")),
                Cell(d.reason),
            ]
        )
        for d in found
    ]
    columns = [Column(_("Decision")), Column(_("When")), Column(_("Who")), Column(_("Why"))]
    return Part(
        _("Decided here"),
        Table(_("Decided here"), columns, rows),
        note=_("Peers are outside the journal: these decisions are kept at this node and do not travel."),
    )


def _telephone(one: PeerSeen) -> SideBlock:
    return SideBlock(
        _("Its key, for the telephone"),
        lead=" ".join(words.fingerprint_words(one.public, get_language() or "en")),
        pairs=[Pair(_("In digits"), seen.spaced(words.digits(one.public)))],
        note=_(
            "Call a number that you have from elsewhere. Each reads the own page aloud; the last word checks "
            "the others. If they differ, suspend the exchange: somebody is between you."
        ),
    )


def switch(actor: Actor, found: Sequence[PeerSeen]) -> list[Part]:
    """In the demo: the lines to these peers, to be cut and restored. Nothing on a real node."""
    found = [one for one in found if one.state == "active"]
    if not settings.LIBERTAD_DEMO or not may(actor, "exchange-line", "post") or not found:
        return []
    actions = [
        Action(
            (_("Restore the line to %(name)s") if cut else _("Cut the line to %(name)s"))
            % {"name": one.name},
            reverse("exchange-line", args=[one.key]), post=True, hidden={"line": "on" if cut else "cut"},
        )
        for one in found
        for cut in (one.condition == "cut",)
    ]  # fmt: skip
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
    one = known(key)
    if what not in STATES:
        raise Http404
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            deciding.set_state(node(), asking(request), one.origin, STATES[what], form.cleaned_data["reason"])
        except Refused as why:
            refusals.show(form, why, "reason")
        else:
            if (loop := running()) is not None:
                loop.ask(one.origin)
            return redirect("exchange-peer", key)
    page = _confirm(one, what)
    return render(
        request, "web/confirm.html", {"page": page, "form": form}, status=422 if form.errors else 200
    )


def _confirm(one: PeerSeen, what: str) -> ConfirmPage:
    back = Link(one.name, reverse("exchange-peer", args=[one.key]))
    kept = _("What was exchanged stays on both sides. Nobody takes back what was read.")
    if what == "resume":
        return ConfirmPage(
            _("Exchange with this peer again"),
            [_("It is asked from where we were; what was said meanwhile arrives in order."),
             _("It takes up again only if the other side has not suspended or ended it.")],
            _("Exchange again"), back, warning=False,
        )  # fmt: skip
    title, button = (
        (_("Suspend the exchange with this peer"), _("Suspend it"))
        if what == "suspend"
        else (_("End the exchange with this peer"), _("End it"))
    )
    happens = [
        _("From now on it gets no answer, not even that this node is here, and it is not asked."),
        _("An answer that is under way ends after the part that is being sent."),
    ]
    if what == "end":
        happens.append(_("A new address of it in the journal does not bring it back."))
    wont = [kept, _("The other node does not learn why.")]
    return ConfirmPage(title, happens, button, back, wont, warning=what == "end")


def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the peer now instead of in some seconds."""
    one = known(key)
    loop = _loop(request)
    if loop is not None:
        loop.ask(one.origin)
        messages.success(request, _("Asked. Load the page again to see what came."))
    return redirect("exchange-peer", key)


def repair(request: HttpRequest, key: str) -> HttpResponse:
    """Begin a repair in the background."""
    one = known(key)
    loop = _loop(request)
    if loop is not None:
        if one.state != "active":
            messages.error(request, _("Exchange with it again first, then repair."))
        elif loop.mend(one.origin):
            deciding.note(node(), asking(request), one.origin, "repaired", _("by the button on this page"))
            messages.success(request, _("The repair has begun. Load the page again to see how it ended."))
        else:
            messages.error(request, _("This peer is being asked just now. Try again in a moment."))
    return redirect("exchange-peer", key)


def line(request: HttpRequest, key: str) -> HttpResponse:
    """The demonstration's switch. No such page outside the demo."""
    if not settings.LIBERTAD_DEMO:
        raise Http404
    one, loop = known(key), _loop(request)
    if loop is not None and request.POST.get("line") == "cut":
        loop.cut(one.origin)
        messages.success(request, _("The line to %(name)s is cut.") % {"name": one.name})
    elif loop is not None:
        loop.restore(one.origin)
        messages.success(request, _("The line is up again; what was said meanwhile arrives now."))
    return redirect("exchange-peer", key)


def _loop(request: HttpRequest) -> Loop | None:
    """This process's exchange; says so where it has none."""
    found = running()
    if found is None:
        messages.error(request, _("This process does not exchange: serve the node with libertad run."))
    return found
