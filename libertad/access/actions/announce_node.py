"""Announce where an authority lives: the node's key, and the address at which other nodes reach it."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.fold_exchange import usable
from libertad.journal.causal import as_said
from libertad.journal.checkpoint import origin_of
from libertad.journal.folding import Said
from libertad.vocabulary.body import Verb, build
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import NodeAnnounce


@action("node.announce")
def announce_node(act: Act, *, public: str, address: str = "", authority: str | None = None) -> str:
    """Returns the node's origin. `authority`: the actor's own, where none is named.

    A coordinator announces the node of any authority of the operation (the one that it invited), an
    administrator its own. It is said in each operation that the authority is in, so that the members of each
    learn it; of another's node in those that the actor's authority coordinates. What stands there already is
    not said again.
    """
    owner = authority or act.actor.authority
    if owner != act.actor.authority and act.actor.role != "coordinator":
        raise Forbidden("only a coordinator announces another authority's node")
    if act.member(owner) is None:
        raise Refused("authority", "there is no such authority in this operation")
    if not _hex(public) or not usable(public):
        raise Refused("public", "this is no node's key; take it from the node's own page")
    origin = origin_of(bytes.fromhex(public))
    content = build(NodeAnnounce, {"origin": origin, "public": public, "address": address})
    for place in {act.operation_compartment: None} | dict.fromkeys(act.operation_files(owner)):
        entries = list(act.tx.entries_touching(f"access.Node:{owner}"))
        if _last(entries, place, owner) != content:
            # After all words that are known of it: the operation's clock may have been set back since.
            happened = act.later(*(entry.at for entry in entries))
            act.inside(place).say(place, content, subject=owner, happened=happened)
    return origin


def _last(entries: list[Said], place: str, owner: str) -> Verb | None:
    """What this operation's file says last of the node: the authority's own word, where there is one."""
    here = [entry for entry in entries if entry.compartment == place]
    words = as_said([entry for entry in here if entry.authority == owner] or here)
    return words[-1].content if words else None


def _hex(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
