"""How a disclosure stands, in words: what was sent, what a withdrawal did, and what a hold keeps."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from libertad.care.disclosing import Limits
from libertad.care.presenters import PartSeen
from libertad.care.queries_disclosing import DisclosureSeen
from libertad.look.page_objects import Cell, Pair
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.vocabulary.values import Happened


def state_cell(view: DisclosureSeen) -> Cell:
    """The state in a few words, and what it means in a sentence."""
    names = {"name": view.recipient, "until": date_words(view.until)}
    match view.state:
        case "waiting":
            return Cell(_("Waits for a second reader"), tone="needs", second=_("Nothing was sent."))
        case "not-agreed":
            return Cell(_("The second reader did not agree"), second=_("Nothing was sent."))
        case "dropped":
            return Cell(_("Withdrawn before it was sent"), second=_("Nothing was sent."))
        case "sent":
            opened = _("%(name)s has not opened it yet, as far as is known here.") % names
            if view.opened is not None:
                opened = _("Opened there %(when)s.") % {"when": when(view.opened)}
            if view.by_one:
                label, tone = _by_one(view)
                return Cell(label % names, tone=tone, second=f"{_reviewed(view)} {opened}")
            return Cell(_("Sent, until %(until)s") % names, tone="done", second=opened)
        case "over":
            return Cell(
                _("Its last day has gone by"),
                tone="needs",
                second=_("%(name)s opens it no more. Withdraw it, and it is erased.") % names,
            )
    return _ended(view)


def _by_one(view: DisclosureSeen) -> tuple[str, str]:
    """How one that was sent by one officer stands, and as what it is shown."""
    if view.was_wrong:
        return _("Sent by one, and it was not right"), "needs"
    if view.glass is not None and view.glass.verdict:
        return _("Sent by one, until %(until)s"), "done"
    return _("Sent by one, not read by a second yet"), "needs"


def _reviewed(view: DisclosureSeen) -> str:
    """What a second person made of it, or who is asked."""
    glass = view.glass
    if glass is None or not glass.verdict:
        return ""
    text = _("%(name)s: it was right.")
    if view.was_wrong:
        text = _("%(name)s says that it was not right: %(words)s. Withdraw it, or disclose what is right.")
    return text % {"name": glass.reviewed_by, "words": glass.review.rstrip(".")}


def _read_before(view: DisclosureSeen) -> str:
    """What the person is told besides: what was read cannot be unread."""
    return " " + _("It had been opened there before.") if view.was_opened else ""


def _ended(view: DisclosureSeen) -> Cell:
    """Of one that was withdrawn: erased, asked back, or kept, with by whom and until when."""
    since = when(view.hold_since) if view.hold_since is not None else ""
    names = {"name": view.recipient, "hold": view.hold, "at": _answered(view), "since": since}
    match view.state:
        case "kept":
            text = _("By %(hold)s, since %(since)s, until it lifts the hold. It is used for nothing else.")
            if view.may_erase:
                text = _("No hold is known here any more: erase it now.")
            return Cell(_("Withdrawn, kept under a legal hold"), tone="needs", second=text % names)
        case "erased":
            text = _("%(name)s has no key of it: nobody opens it any more.")
            return Cell(_("Withdrawn and erased"), tone="done", second=text % names + _read_before(view))
        case "signed":
            text = _("%(name)s signed %(at)s that it has erased it.")
            return Cell(_("Withdrawn and erased"), tone="done", second=text % names + _read_before(view))
        case "held":
            text = _("%(name)s signed %(at)s that it keeps it under a legal hold, until that is lifted.")
            return Cell(_("Withdrawn, kept there under a legal hold"), tone="needs", second=text % names)
        case "refused":
            text = _("%(name)s signed %(at)s that it still needs it. Telephone it, or ask a court.")
            return Cell(_("Withdrawn, and not erased there"), tone="needs", second=text % names)
        case "late":
            text = _("%(name)s was asked to erase it and has not signed in time: telephone it.")
            return Cell(_("Erased here, not signed for there"), tone="needs", second=text % names)
    text = _("%(name)s was asked to erase it and has not signed yet.")
    return Cell(_("Erased here"), tone="needs", second=text % names)


def _answered(view: DisclosureSeen) -> str:
    """When its recipient signed, by the clock of this node."""
    if view.promise is None or view.promise.answered is None:
        return ""
    at = datetime.fromtimestamp(view.promise.answered / 1000, UTC)
    return when(Happened(at=at, zone=view.when.zone))


def ends_words(view: DisclosureSeen) -> list[Pair]:
    """When and why it was withdrawn."""
    if view.ended is None:
        return []
    reasons = f"{words('disclosure-ends', view.cause)}. {view.end_reasons}".strip()
    return [Pair(_("Withdrawn"), when(view.ended), reasons)]


def ground_words(agreement: PartSeen) -> str:
    """What the person agreed to, and what shall not be told."""
    purpose = words("consent-purposes", agreement.plain["purpose"])
    withheld = ", ".join(words("file-parts", code) for code in agreement.words.get("withheld", ()))
    return purpose + (" · " + _("not to be disclosed: %(what)s") % {"what": withheld} if withheld else "")


def what_a_withdrawal_does(limits: Limits) -> list[Pair]:
    """Told before something is disclosed, and before it is withdrawn."""
    days = _("%(days)d days (assumed)") if limits.assumed else _("%(days)d days")
    return [
        Pair(_("Here, at once"), _("the keys are destroyed, and nobody opens the copies again.")),
        Pair(
            _("At the recipient"),
            _("asked to erase and to sign for it. Not signed in %(days)s: it stands on your Today.")
            % {"days": days % {"days": limits.receipt}},
        ),
        Pair(_("Under a legal hold"), _("kept. You see by whom and until when: tell the person.")),
        Pair(_("Said in court already"), _("cannot be taken back. Tell the person before.")),
    ]
