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
from libertad.access.asking import may
from libertad.access.asking import who as asking
from libertad.access.conflicting import conflicts
from libertad.exchange import hosting, queries, queries_failing, seen, words
from libertad.exchange.peers import split_log
from libertad.exchange.queries import PeerSeen, Waits
from libertad.exchange.queries_held import promises
from libertad.exchange.seen import Part
from libertad.journal.node import node
from libertad.look.looks import Action, Cell, Column, FilePage, Link, Pair, Row, SideBlock, StatusCell, Table


def exchange(request: HttpRequest) -> HttpResponse:
    """All peers and all that waits."""
    actor, now = asking(request), queries.now_ms()
    found, waiting = queries.peers(), queries.waits(actor)
    doubled = len(conflicts(actor)) if may(actor, "conflicts") else None
    page = FilePage(
        kind=_("Exchange"),
        reference=node().key.origin,
        title=_("Exchange"),
        second=_("Each authority keeps its own node. What it shares travels when its readers' nodes ask."),
        action=Action(_("Invite an authority"), reverse("authority-new"))
        if may(actor, "authority-new")
        else None,
        statuses=_statuses(found, waiting, doubled, now),
        side=[_own(), _clock()],
    )
    from libertad.exchange.screens_peer import switch

    parts = [
        *_unread(actor, found), _peers(actor, found, now), *_failed(now), _waits(actor, waiting, doubled),
        *switch(actor, found),
        _cosigned(found, now),
    ]  # fmt: skip
    return render(request, "exchange/page.html", {"page": page, "parts": parts})


def _statuses(found: Sequence[PeerSeen], waiting: Waits, doubled: int | None, now: int) -> list[StatusCell]:
    asked = [one for one in found if one.state == "active"]
    well = sum(one.condition in ("well", "files") for one in asked)
    last = max((one.met for one in found), default=0)
    failing = any(one.condition in ("failing", "cut") for one in asked)
    cells = [
        StatusCell(
            _("Peers"), "needs" if failing else "done" if asked else "",
            _("%(well)d of %(all)d as they should be") % {"well": well, "all": len(asked)}
            if asked else _("none yet"),
            _("last contact %(ago)s") % {"ago": seen.ago(last, now)} if last else "", needs=failing,
        ),
        StatusCell(
            _("Quarantine"), "needs" if waiting.held else "", seen.entries(waiting.held),
            _("kept and passed on, not counted"), needs=bool(waiting.held),
        ),
        StatusCell(
            _("Alarms"), "danger" if waiting.alarms else "", str(waiting.alarms),
            _("two histories, or a word about another's thing"), danger=bool(waiting.alarms),
        ),
    ]  # fmt: skip
    if doubled is not None:
        note = _("in files that you may read")
        cells.append(
            StatusCell(_("Conflicts"), "needs" if doubled else "", str(doubled), note, needs=bool(doubled))
        )
    return cells


def _peers(actor: Actor, found: Sequence[PeerSeen], now: int) -> Part:
    columns = [
        Column(_("Authority")), Column(_("State")), Column(_("Last contact")), Column(_("We are behind")),
        Column(_("Received and sent")), Column(_("Its journal, cosigned by us")),
    ]  # fmt: skip
    return Part(
        _("Peers"),
        Table(_("Peers"), columns, [_peer(one, now) for one in found]),
        _("This node exchanges with nobody yet. A coordinator invites an authority that has its own node."),
        note=_("A peer's page has its key for the telephone and what was decided about it.") if found else "",
    )


def _peer(one: PeerSeen, now: int) -> Row:
    behind, since = seen.lag(one, now)
    return Row(
        [
            Cell(
                one.name, reverse("exchange-peer", args=[one.key]), second=seen.who(one.lives),
                provenance=one.lives[0].provenance if one.lives else "",  # type: ignore[arg-type]
            ),
            Cell(seen.condition(one), tone=seen.TONES[one.condition], second=seen.what_to_do(one)),
            Cell(seen.ago(one.met, now)),
            Cell(behind, second=since),
            Cell(
                _("%(amount)s in") % {"amount": seen.amount(one.bytes_in)},
                second=_("%(amount)s out") % {"amount": seen.amount(one.bytes_out)},
            ),
            Cell(_("to entry %(size)d") % {"size": one.taken} if one.taken else _("not yet")),
        ]
    )  # fmt: skip


def _failed(now: int) -> list[Part]:
    """What failed last, by peer and way, with what to do; [] where nothing did."""
    found = queries_failing.standing()
    if not found:
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
                Cell(one.name or _("The broker of letters"), second=one.origin),
                Cell(_(one.way)),
                Cell(_(one.reason) + ".", second=_(one.remedy)),
                Cell(
                    seen.ago(one.since, now), tone="" if one.alone else "needs",
                    second=_("last %(ago)s") % {"ago": seen.ago(one.at, now)},
                ),
            ]
        )
        for one in found
    ]  # fmt: skip
    title = _("What failed last")
    note = _("A line goes once something goes well by that way. What a peer says of itself is not shown.")
    return [Part(title, Table(title, columns, rows), note=note)]


def _unread(actor: Actor, found: Sequence[PeerSeen]) -> list[Part]:
    """What one node says and another does not read, because a device is not enrolled; [] where all are."""
    parts = []
    missing = hosting.not_enrolled(node(), node().sql())
    if missing:
        may_enrol = may(actor, "exchange-enrol", "post")
        parts.append(
            Part(
                _("Not read at other nodes"),
                lead=ngettext(
                    "%(n)d authority of this node is not enrolled in the operation: no other node reads what "
                    "it says.",
                    "%(n)d authorities of this node are not enrolled in the operation: no other node reads "
                    "what they say.",
                    len(missing),
                ) % {"n": len(missing)},
                pairs=[Pair(one.name, _("not enrolled")) for one in missing],
                actions=[Action(_("Enrol them"), reverse("exchange-enrol"), post=True)] if may_enrol else [],
                note="" if may_enrol else _("A coordinator enrols them, on this page."),
            )
        )  # fmt: skip
    devices = hosting.unreadable(node().sql())
    if devices:
        names = {one.origin: one.name for one in found}
        counted = Counter(names.get(split_log(one.origin)[0], one.origin) for one in devices)
        parts.append(
            Part(
                _("Not read here"),
                lead=_("Devices that nobody has enrolled wrote in files of ours. What they signed is not "
                       "counted here until its node's coordinator enrols them."),
                pairs=[
                    Pair(name, ngettext("%(n)d device", "%(n)d devices", n) % {"n": n})
                    for name, n in counted.items()
                ],
                note=_("Call that node's coordinator: the page Exchange there says which, and enrols them."),
            )
        )  # fmt: skip
    return parts


def enrol(request: HttpRequest) -> HttpResponse:
    """Enrol the authorities of this node that the others cannot read."""
    actor = asking(request)
    if request.method != "POST":
        return redirect("exchange")
    address = hosting.own_address(actor.authority)
    perform(actor, hosting.enrol_hosted, address=address)
    left = hosting.left_out(node(), node().sql(), actor)
    told = {
        "locked": _("Left: %(names)s. Its ring is locked: give its passphrase first."),
        "no-operation": _("Left: %(names)s. It is in no operation on this node yet: wait until its "
                          "invitation has arrived, then enrol again."),
    }  # fmt: skip
    for why, text in told.items():
        if names := ", ".join(one.name for one in left if one.why == why):
            messages.error(request, text % {"names": names})
    if not left:
        messages.success(request, _("Enrolled. The other nodes read them from their next question on."))
    return redirect("exchange")


def _waits(actor: Actor, waiting: Waits, doubled: int | None) -> Part:
    owed = sum(one.answered is None for one in promises(actor))
    lines = [
        (_("Files being filled in"), waiting.wants, "",
         _("Older entries of files that were opened to us, or that others build on. Nothing to do.")),
        (_("Entries in quarantine"), waiting.held, "exchange-quarantine",
         _("Validly signed and not believed, with what can be done about each.")),
        (_("Alarms"), waiting.alarms, "exchange-alarms",
         _("Proof of two histories, or of a word about another's thing.")),
        (_("Requests to erase without an answer"), owed, "exchange-erasures",
         _("Holders of a copy who have not promised yet.")),
    ]  # fmt: skip
    if doubled is not None:
        lines.insert(
            1, (_("Conflicts"), doubled, "conflicts", _("Two values on file; a person says which holds."))
        )
    rows = [
        Row(
            [
                Cell(label, reverse(route) if route and may(actor, route) else ""),
                Cell(str(count), tone="needs" if count and route else ""),
                Cell(why),
            ]
        )
        for label, count, route, why in lines
    ]
    columns = [Column(_("What")), Column(_("How many"), numeric=True), Column(_("What it is"))]
    links = [Link(_("Open invitations"), reverse("invitations"))] if may(actor, "invitations") else []
    return Part(_("What waits"), Table(_("What waits"), columns, rows), links=links)


def _cosigned(found: Sequence[PeerSeen], now: int) -> Part:
    rows = [
        Row(
            [
                Cell(one.name),
                Cell(seen.ago(one.cosigned_at, now)),
            ]
        )
        for one in found
        if one.cosigned_at
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
        lead=" ".join(words.fingerprint_words(public, get_language() or "en")),
        pairs=[Pair(_("In digits"), seen.spaced(words.digits(public)))],
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
