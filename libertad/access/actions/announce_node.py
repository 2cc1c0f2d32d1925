"""Announce where an authority lives: the node's key, and the address at which other nodes reach it."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.fold_exchange import usable
from libertad.access.models import Node
from libertad.journal.checkpoint import origin_of
from libertad.vocabulary.body import build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import NodeAnnounce


@action("node.announce")
def announce_node(act: Act, *, public: str, address: str = "", authority: str | None = None) -> str:
    """Returns the node's origin. `authority`: the actor's own, where none is named.

    A coordinator announces the node of any authority of the operation (the one that it invited), an
    administrator its own. What stands already is not said again.
    """
    whose = authority or act.actor.authority
    if whose != act.actor.authority and act.actor.role != "coordinator":
        raise Forbidden("only a coordinator announces another authority's node")
    if act.member(whose) is None:
        raise Refused("authority", "there is no such authority in this operation")
    if not _hex(public) or not usable(public):
        raise Refused("public", "this is no node's key; take it from the node's own page")
    origin = origin_of(bytes.fromhex(public))
    what = build(NodeAnnounce, {"origin": origin, "public": public, "address": address})
    now, place, said = act.get(Node, whose), act.operation_compartment, act.tx.known(f"access.Node:{whose}")
    here = any(entry.compartment == place and entry.content == what for entry in said)
    if now is None or not here or (now["public"], now["address"]) != (public, address):
        # After all words that are known of it: the operation's clock may have been set back since.
        act.say(place, what, subject=whose, happened=act.later(*(entry.at for entry in said)))
    return origin


def _hex(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
