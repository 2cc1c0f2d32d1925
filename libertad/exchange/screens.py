"""The page Exchange: each peer, what waits, and what failed with what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.access.asking import actor_of as asking
from libertad.access.asking import may_open
from libertad.access.conflicting import conflicts
from libertad.exchange import queries, queries_failing, wording
from libertad.exchange.peering import hosting
from libertad.exchange.peering.peers import split_log
from libertad.exchange.protocol import fingerprint_words
from libertad.exchange.queries import PeerSeen, Waits
from libertad.exchange.queries_held import promises
from libertad.exchange.wording import Part
from libertad.journal.node import node
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    FilePage,
    Link,
    Pair,
    Row,
    SideBlock,
    StatusCell,
    Table,
)


def exchange(request: HttpRequest) -> HttpResponse:
    """All peers and all that waits."""
    actor, now = asking(request), queries.now_ms()
    peers, waiting = queries.peers(), queries.waits(actor)
    doubled = len(conflicts(actor)) if may_open(actor, "conflicts") else None
    page = FilePage(
        kind=_("Exchange"),
        reference=node().key.origin,
        title=_("Exchange"),
        second=_("Each authority keeps its own node. What it shares travels when its readers' nodes ask."),
        action=Action(_("Invite an authority"), reverse("authority-new"))
        if may_open(actor, "authority-new")
        else None,
        statuses=_statuses(peers, waiting, doubled, now),
        side=[_own(), _clock()],
    )
    from libertad.exchange.screens_peer import switch

    parts = [
        *_unread(actor, peers),
        _peers(actor, peers, now),
        *_failed(now),
        _waits(actor, waiting, doubled),
        *switch(actor, peers),
        _cosigned(peers, now),
    ]
    return render(request, "exchange/page.html", {"page": page, "parts": parts})


def _statuses(peers: Sequence[PeerSeen], waiting: Waits, doubled: int | None, now: int) -> list[StatusCell]:
    active = [peer for peer in peers if peer.state == "active"]
    well = sum(peer.condition in ("well", "files") for peer in active)
    last = max((peer.met for peer in peers), default=0)
    failing = any(peer.condition in ("failing", "cut") for peer in active)
    cells = [
        StatusCell(
            _("Peers"),
            "needs" if failing else "done" if active else "",
            _("%(well)d of %(all)d as they should be") % {"well": well, "all": len(active)}
            if active
            else _("none yet"),
            _("last contact %(ago)s") % {"ago": wording.ago(last, now)} if last else "",
            needs=failing,
        ),
        StatusCell(
            _("Quarantine"),
            "needs" if waiting.held else "",
            wording.entries(waiting.held),
            _("kept and passed on, not counted"),
            needs=bool(waiting.held),
        ),
        StatusCell(
            _("Alarms"),
            "danger" if waiting.alarms else "",
            str(waiting.alarms),
            _("two histories, or an entry that its authority was not entitled to make"),
            danger=bool(waiting.alarms),
        ),
    ]
    if doubled is not None:
        note = _("in files that you may read")
        cells.append(
            StatusCell(_("Conflicts"), "needs" if doubled else "", str(doubled), note, needs=bool(doubled))
        )
    return cells


def _peers(actor: Actor, peers: Sequence[PeerSeen], now: int) -> Part:
    columns = [
        Column(_("Authority")),
        Column(_("State")),
        Column(_("Last contact")),
        Column(_("We are behind")),
        Column(_("Received and sent")),
        Column(_("Its journal, cosigned by us")),
    ]
    return Part(
        _("Peers"),
        Table(_("Peers"), columns, [_peer(peer, now) for peer in peers]),
        _("This node exchanges with nobody yet. A coordinator invites an authority that has its own node."),
        note=_("A peer's page has its key for the telephone and what was decided about it.") if peers else "",
    )


def _peer(peer: PeerSeen, now: int) -> Row:
    behind, since = wording.lag(peer, now)
    return Row(
        [
            Cell(
                peer.name,
                reverse("exchange-peer", args=[peer.key]),
                second=wording.describe_residents(peer.lives),
                provenance=peer.lives[0].provenance if peer.lives else "",
            ),
            Cell(
                wording.condition(peer),
                tone=wording.TONES[peer.condition],
                second=wording.what_to_do(peer),
            ),
            Cell(wording.ago(peer.met, now)),
            Cell(behind, second=since),
            Cell(
                _("%(amount)s in") % {"amount": wording.amount(peer.bytes_in)},
                second=_("%(amount)s out") % {"amount": wording.amount(peer.bytes_out)},
            ),
            Cell(_("to entry %(size)d") % {"size": peer.taken} if peer.taken else _("not yet")),
        ]
    )


def _failed(now: int) -> list[Part]:
    """What failed last, by peer and way, with what to do; [] where nothing did."""
    failures = queries_failing.standing()
    if not failures:
        return []
    columns = [
        Column(_("With whom")),
        Column(_("By which way")),
        Column(_("What failed")),
        Column(_("Since")),
    ]
    rows = [
        Row(
            [
                Cell(failure.name or _("The broker of letters"), second=failure.origin),
                Cell(_(failure.way)),
                Cell(_(failure.reason) + ".", second=_(failure.remedy)),
                Cell(
                    wording.ago(failure.since, now),
                    tone="" if failure.alone else "needs",
                    second=_("last %(ago)s") % {"ago": wording.ago(failure.at, now)},
                ),
            ]
        )
        for failure in failures
    ]
    title = _("What failed last")
    note = _("A line goes once something goes well by that way. What a peer says of itself is not shown.")
    return [Part(title, Table(title, columns, rows), note=note)]


def _unread(actor: Actor, peers: Sequence[PeerSeen]) -> list[Part]:
    """What one node says and another does not read, because a device is not enrolled; [] where all are."""
    parts = []
    missing = hosting.not_enrolled(node(), node().sql())
    if missing:
        may_enrol = may_open(actor, "exchange-enrol", "post")
        parts.append(
            Part(
                _("Not read at other nodes"),
                lead=ngettext(
                    "%(n)d authority of this node is not enrolled in the operation: no other node reads what "
                    "it says.",
                    "%(n)d authorities of this node are not enrolled in the operation: no other node reads "
                    "what they say.",
                    len(missing),
                )
                % {"n": len(missing)},
                pairs=[Pair(authority.name, _("not enrolled")) for authority in missing],
                actions=[Action(_("Enrol them"), reverse("exchange-enrol"), post=True)] if may_enrol else [],
                note="" if may_enrol else _("A coordinator enrols them, on this page."),
            )
        )
    devices = hosting.unreadable(node().sql())
    if devices:
        names = {peer.origin: peer.name for peer in peers}
        counted = Counter(names.get(split_log(device.origin)[0], device.origin) for device in devices)
        parts.append(
            Part(
                _("Not read here"),
                lead=_(
                    "Devices that nobody has enrolled wrote in files of ours. What they signed is not "
                    "counted here until its node's coordinator enrols them."
                ),
                pairs=[
                    Pair(name, ngettext("%(n)d device", "%(n)d devices", n) % {"n": n})
                    for name, n in counted.items()
                ],
                note=_("Call that node's coordinator: the page Exchange there says which, and enrols them."),
            )
        )
    return parts


def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol the authorities of this node that the others cannot read."""
    actor = asking(request)
    if request.method != "POST":
        return redirect("exchange")
    address = hosting.own_address(actor.authority)
    perform(actor, hosting.enrol_hosted, address=address)
    left = hosting.omitted_authorities(node(), node().sql(), actor)
    reasons = {
        "locked": _("Left: %(names)s. Its ring is locked: give its passphrase first."),
        "no-operation": _(
            "Left: %(names)s. It is in no operation on this node yet: wait until its "
            "invitation has arrived, then enrol again."
        ),
    }
    for why, text in reasons.items():
        if names := ", ".join(omission.name for omission in left if omission.why == why):
            messages.error(request, text % {"names": names})
    if not left:
        messages.success(request, _("Enrolled. The other nodes read them from their next question on."))
    return redirect("exchange")


def _waits(actor: Actor, waiting: Waits, doubled: int | None) -> Part:
    owed = sum(promise.answered is None for promise in promises(actor))
    lines = [
        (
            _("Files being filled in"),
            waiting.wants,
            "",
            _("Older entries of files that were opened to us, or that others build on. Nothing to do."),
        ),
        (
            _("Entries in quarantine"),
            waiting.held,
            "exchange-quarantine",
            _("Validly signed and not believed, with what can be done about each."),
        ),
        (
            _("Alarms"),
            waiting.alarms,
            "exchange-alarms",
            _("Proof of two histories, or of an entry that its authority was not entitled to make."),
        ),
        (
            _("Requests to erase without an answer"),
            owed,
            "exchange-erasures",
            _("Holders of a copy who have not promised yet."),
        ),
    ]
    if doubled is not None:
        lines.insert(
            1, (_("Conflicts"), doubled, "conflicts", _("Two values on file; a person says which holds."))
        )
    rows = [
        Row(
            [
                Cell(label, reverse(route) if route and may_open(actor, route) else ""),
                Cell(str(count), tone="needs" if count and route else ""),
                Cell(why),
            ]
        )
        for label, count, route, why in lines
    ]
    columns = [Column(_("What")), Column(_("How many"), numeric=True), Column(_("What it is"))]
    links = [Link(_("Open invitations"), reverse("invitations"))] if may_open(actor, "invitations") else []
    return Part(_("What waits"), Table(_("What waits"), columns, rows), links=links)


def _cosigned(peers: Sequence[PeerSeen], now: int) -> Part:
    rows = [
        Row(
            [
                Cell(peer.name),
                Cell(wording.ago(peer.cosigned_at, now)),
            ]
        )
        for peer in peers
        if peer.cosigned_at
    ]
    columns = [Column(_("Cosigned by")), Column(_("Received"))]
    return Part(
        _("Our journal, cosigned by others"),
        Table(_("Our journal, cosigned by others"), columns, rows),
        _("No peer has cosigned this node's checkpoints yet."),
        note=_(
            "A cosignature says: this is the history that you showed me. Showing another later is noticed."
        ),
    )


def _own() -> SideBlock:
    public = node().key.public
    return SideBlock(
        _("This node, for the telephone"),
        lead=" ".join(fingerprint_words.fingerprint_words(public, get_language() or "en")),
        pairs=[Pair(_("In digits"), wording.spaced(fingerprint_words.digits(public)))],
        note=_("The other side reads these from its own page, in its own language. The digits are the same."),
    )


def _clock() -> SideBlock:
    return SideBlock(
        _("About this page"),
        note=_(
            "Times here are real time, not the operation's clock. Bytes are counted since the peer joined. "
            "Peers are outside the journal: what you decide about them is kept at this node only."
        ),
    )
