"""Changes that two authorities sign, in words: what changes, from what to what, and how far it is."""

from __future__ import annotations

from django.utils.translation import gettext as _

from libertad.access import changes, suspending
from libertad.access.actor import Actor
from libertad.access.queries import authority_names, clock_now
from libertad.look.page_objects import Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations import queries
from libertad.operations.parts import said_at
from libertad.operations.queries_changes import (
    DONE,
    NOTICE,
    READY,
    REFUSED,
    WAITING,
    ChangeSeen,
    suspended_by,
    vouched_for,
)
from libertad.vocabulary.verbs.access import AuthorityInvite, CompartmentRemove
from libertad.vocabulary.verbs.closing import OperationClose, OperationReopen
from libertad.vocabulary.verbs.operations import OperationClock, OperationOpen


def title(change: ChangeSeen) -> str:
    """The change in one line."""
    content, names = change.what, authority_names([change.member, vouched_for(change.about)])
    if change.change == changes.UNDO:
        return _("Take back new keys of %(name)s") % {"name": names.get(vouched_for(change.about), "")}
    if change.change == changes.SUSPEND:
        return _("Suspend %(name)s from the operation") % {"name": names.get(change.about, "")}
    if change.change == changes.LIFT:
        member = suspended_by(change.about)
        return _("Lift the suspension of %(name)s") % {"name": authority_names([member]).get(member, "")}
    if isinstance(content, CompartmentRemove):
        return _("Remove %(name)s from the operation") % {"name": names.get(change.member, "")}
    if isinstance(content, AuthorityInvite):
        if change.before is None:
            return _("Invite %(name)s into the operation") % {"name": content.name}
        return _("Change %(name)s") % {"name": change.before.name}
    if isinstance(content, OperationClock):
        return _("Set the operation's clock")
    if isinstance(content, OperationClose):
        return _("Close the operation")
    if isinstance(content, OperationReopen):
        return _("Open the operation again")
    return _("Change the operation's name, days or countries")


def differences(actor: Actor, change: ChangeSeen) -> list[Pair]:
    """What changes, from what to what. As it stands now: of what was carried out, what it says."""
    content, done = change.what, change.state == DONE
    if isinstance(content, AuthorityInvite):
        new = {
            _("Name"): content.name,
            _("Kind"): words("authority-kinds", content.kind),
            _("Country or territory"): words("countries", content.country),
            _("Part"): words("authority-parts", content.part),
            _("Time zone"): content.zone,
        }
        if change.before is None or done:
            return [Pair(label, value) for label, value in new.items()]
        row = change.before
        old = (
            row.name,
            words("authority-kinds", row.kind),
            words("countries", row.country),
            words("authority-parts", row.part),
            row.zone,
        )
        return [
            from_to(label, before, after)
            for before, (label, after) in zip(old, new.items(), strict=True)
            if before != after
        ]
    if isinstance(content, CompartmentRemove):
        name = authority_names([change.member]).get(change.member, "")
        return [from_to(_("Member"), name, _("no member; it keeps what it has read"))]
    if isinstance(content, OperationClock):
        reads = when(said_at(content.reads, actor.zone))
        now = when(said_at(clock_now(actor.operation), actor.zone))
        return [
            from_to(_("The operation's clock"), now, reads),
            Pair(_("Seconds in one real second"), f"{content.rate:g}"),
        ]
    if isinstance(content, OperationClose):
        return [from_to(_("Operation"), _("open"), _("closed: nothing new begins, what is open goes on"))]
    if isinstance(content, OperationReopen):
        return [from_to(_("Operation"), _("closed"), _("open"))]
    if isinstance(content, OperationOpen):
        row_now = queries.operation(actor)
        if row_now is None:
            return []
        pairs = (
            (_("Name"), row_now.name, content.name),
            (_("First action day"), row_now.first_day, content.first_day),
            (_("Last action day"), row_now.last_day, content.last_day),
        )
        return [from_to(label, before, after) for label, before, after in pairs if before != after]
    if change.change == changes.SUSPEND:
        return [
            Pair(_("What it says"), _("is kept and not believed, until the suspension is over")),
            Pair(_("What it gets"), _("nothing new; what it has it keeps")),
            Pair(_("Danger to life"), _("that it reports reaches everybody as always")),
        ]
    if change.change == changes.LIFT:
        return [Pair(_("What it said meanwhile"), _("is judged again, and it gets what was kept from it"))]
    if change.change == changes.UNDO:
        name = authority_names([vouched_for(change.about)]).get(vouched_for(change.about), "")
        return [Pair(_("New keys"), _("of %(name)s count no more") % {"name": name})]
    return [Pair(_("What it would say"), _("Not known to this version"))]


def from_to(label: str, before: str, after: str) -> Pair:
    return Pair(label, _("from %(before)s to %(after)s") % {"before": before or "–", "after": after or "–"})


def state(actor: Actor, change: ChangeSeen) -> str:
    """How far it is, in a sentence."""
    if change.change == changes.SUSPEND:
        return _suspension(actor, change)
    if change.state == WAITING:
        return _("Waits for the signature of another authority. Nothing has changed.")
    if change.state == NOTICE and change.over is not None:
        return _("Signed by two. Every member can refuse it until %(moment)s; nothing has changed yet.") % {
            "moment": when(said_at(change.over, actor.zone))
        }
    if change.state == READY:
        return _("Signed by two, and nobody refused it. Who coordinates can carry it out.")
    if change.state == REFUSED:
        return _("Refused. Nothing has changed.")
    return _("Carried out.")


def _suspension(actor: Actor, change: ChangeSeen) -> str:
    """How a suspension stands here."""
    if change.state == suspending.ALONE and change.over is not None:
        return _("Suspended by one authority until %(moment)s, unless another confirms it before.") % {
            "moment": when(said_at(change.over, actor.zone))
        }
    if change.state == suspending.CONFIRMED:
        return _("Suspended by two authorities, until two lift it.")
    if change.state == suspending.LAPSED:
        return _("Over: no second authority confirmed it within a day.")
    if change.state == suspending.LIFTED:
        return _("Over: two authorities lifted it.")
    if change.state == suspending.WITHDRAWN:
        return _("Over: who had suspended it took that back.")
    return _("Not suspended yet: here the word of one is not enough. It begins when another confirms it.")
