"""Break the glass: in danger to life one officer does alone what needs an assignment or a second person."""

from __future__ import annotations

from libertad.access import amounts
from libertad.access.acting import Act, action
from libertad.access.desks import own_desk
from libertad.access.glass import READ, glass_rules
from libertad.journal.folding import Said
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.glass import GlassBreak

KINDS = {"person": "person", "care": "care"}  # of the files that it is possible with
SHORT = marked(
    "say in a sentence whose life is in danger and what from, at least %(least)s signs: a second person "
    "reads it"
)
OFTEN = marked(
    "you did this %(count)s times within seven days, and it is possible %(most)s times: ask your second "
    "person (care: the supervisor, who hands the person over; police: the national lead), or a colleague. In "
    "danger to life telephone. What you record, and saying that somebody is in danger, wait for nothing"
)


@action("glass.break")
def break_glass(act: Act, *, kind: str, person: str, way: str, words: str, reader: str = "") -> str:
    """Say it before anything is done, of the person's file of this kind ('person': in it; 'care': at the desk
    beside it, which no deciding authority reads); returns the hash.

    `way`: 'read' opens the protection file to this officer for some hours (`amounts`, `queries_glass.opens`).
    'share': whoever lets `reader` into the file calls this in the same transaction, before `act.widen`, and
    asks no second person then; each sharing needs its own. 'disclose': so does who tells `reader` something
    before a second reader has read it. Nothing is allowed by the row that is folded from
    it. Refused for less than a sentence, beyond the quota of the officer's week (`glass.yaml`), and alike for
    no file and one that the authority does not read. A second person says later whether it was right.
    """
    place = act.find_compartment(KINDS[kind], person)
    if place is None or not act.reads(place):
        raise Refused("person", "there is no such file")
    if kind == "care":
        place = own_desk(act, person)
    rules = glass_rules()
    if len(words.strip()) < rules.words:
        raise Refused("words", SHORT, least=rules.words)
    count = _count(act, way)
    if count >= rules.week[way]:
        raise Refused("words", OFTEN, count=count, most=rules.week[way])
    content = GlassBreak(way=way, words=words.strip(), reader=reader)
    return act.say(place, content, subject=person, supersedes={})


def opens_file(act: Act, person: str) -> bool:
    """Whether the officer may read the person's protection file because of it now, by the entries on file."""
    ledger = amounts.take_up(act.node, act.tx.sql, act.tx.start).ledgers.get(act.actor.authority)
    if any(broken.subject == person for broken in _pending(act, READ)):
        return True
    if ledger is None:
        return False
    with amounts.GUARD:
        return bool(ledger.glasses.opening(act.actor.officer, person, amounts.elapsed()))


def _count(act: Act, way: str) -> int:
    ledger = amounts.take_up(act.node, act.tx.sql, act.tx.start).ledgers.get(act.actor.authority)
    before = 0
    if ledger is not None:
        with amounts.GUARD:
            before = ledger.glasses.count(act.actor.officer, way, amounts.elapsed())
    return before + len(_pending(act, way))


def _pending(act: Act, way: str) -> list[Said]:
    """What the officer said of this in the transaction that is not committed yet."""
    return [
        entry
        for entry in act.tx.appended
        if entry.officer == act.actor.officer
        and isinstance(entry.content, GlassBreak)
        and entry.content.way == way
    ]
