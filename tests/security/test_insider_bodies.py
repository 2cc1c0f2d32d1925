"""A member with right keys says bodies of any kind, in each verb: folded, or held and told.

Bodies are drawn from each verb's own schema (`tests/vocabulary/test_body.py`), nearly right ones made of
them, and anything that JSON can hold. They pass signature, seal and channel; an officer of the role says it.
"""

from __future__ import annotations

import json
import os
import random
import secrets
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from libertad.access import entry_words
from libertad.access.matrix import matrix
from libertad.access.models import Compartment, Reader
from libertad.exchange.authorization import reauthorization
from libertad.exchange.onboarding import admission
from libertad.exchange.screens_held import reason
from libertad.journal import header, sealing
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.journal.subjects import derive
from libertad.journal.verify import verify
from libertad.vocabulary.body import VERBS, build, statements
from libertad.vocabulary.values import Refused
from tests.security.insider import Insider
from tests.security.mutations import Mutator, as_json
from tests.security.samples import sample
from tests.support import populated as making
from tests.support.databases import emptied
from tests.support.played import home_of_its_own
from tests.support.populated import Populated
from tests.support.world import build as built
from tests.vocabulary.test_body import values

pytestmark = [pytest.mark.both, pytest.mark.xdist_group("insider-bodies")]
SOAK = bool(os.environ.get("LIBERTAD_SOAK"))
EXAMPLES = 60 if SOAK else 2
AT_ONCE = 6
MOST_BYTES = 400_000
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
Content = dict[str, Any]


class Place(NamedTuple):
    """Where a verb may be content, and a body by which it is content there."""

    authority: str
    compartment: str
    kind: str
    body: Content


class Inside:
    """The populated world, and a member's node that speaks to it."""

    def __init__(self, populated: Populated) -> None:
        self.populated, self.node = populated, node()
        self.insider = Insider(self.node, populated.world.authorities.values())
        self.spoken = list(self.stored())
        self.places = {verb: self.of(verb) for verb in VERBS}
        self.pool = [value for place in self.spoken for value in leaves(place.body)]
        self.outcomes: Counter[str] = Counter()

    def stored(self) -> Iterator[Place]:
        rows = self.node.sql().all(
            "select compartment, header, body from journal_entry where body is not null"
        )
        for compartment, exact, body in rows:
            head = header.decode(bytes(exact))
            plain = sealing.open_known(bytes(body), self.node.rings.known[head.key_id], head)
            content = json.loads(plain)
            if content["authority"] in self.insider.devices:
                yield Place(content["authority"], compartment, head.type_class, content)

    def of(self, verb: str) -> list[Place]:
        """By whom, in which file and about what: as it was said, of what was begun, of something new."""
        places = [place for place in self.spoken if place.body["verb"] == verb]
        right, kind = matrix().entries.get(verb), VERBS[verb].SUBJECT
        about = [place.body["subject"] for place in self.spoken if kind == VERBS[place.body["verb"]].SUBJECT]
        for actor in self.populated.world.actors.values() if right is not None else ():
            if actor.role not in right.say | {"node"} and "node" not in right.say:
                continue
            base = next(place.body for place in self.spoken if place.authority == actor.authority)
            kinds = list(right.kinds | right.before)
            files = Compartment.objects.filter(kind__in=kinds).values_list("pk", "kind")
            for file, kind_of_file in files:
                if not Reader.objects.filter(compartment=file, authority=actor.authority).exists():
                    continue
                nonce = secrets.token_hex(16)
                new = {"subject": derive(actor.authority, bytes.fromhex(nonce), file), "nonce": nonce}
                known = [{"subject": key} for key in [*about[:2], actor.authority]]
                for subject in (new, *known):
                    content = {
                        "verb": verb,
                        "operation": self.populated.world.operation,
                        "authority": actor.authority,
                        "officer": actor.officer if actor.role in right.say else "",
                        "happened": base["happened"],
                        "clock": base["clock"],
                        "statements": [],
                        **subject,
                    }
                    places.append(Place(actor.authority, file, kind_of_file, content))
        return places or self.spoken[:1]

    def say(self, bodies: list[tuple[Place, bytes]]) -> None:
        """Through the channel: every one is stored, and each is folded or held with a reason."""
        sent = [
            self.insider.sealed(place.authority, place.compartment, place.kind, plain)
            for place, plain in bodies
        ]
        if self.insider.say(sent).taken.stored != len(sent):
            # Something that it said before ended its device, or its place in the file: it takes another one.
            self.outcomes["ended"] += 1
            self.insider = Insider(self.node, self.populated.world.authorities.values())
            sent = [
                self.insider.sealed(place.authority, place.compartment, place.kind, plain)
                for place, plain in bodies
            ]
            assert self.insider.say(sent).taken.stored == len(sent)
        for (exact, _signature, body), (_place, plain) in zip(sent, bodies, strict=True):
            name = header.entry_hash(exact)
            row = self.node.sql().first(
                "select h.reason, h.detail from journal_entry e left join journal_held h on h.idx = e.idx "
                "where e.hash = ?",
                (name,),
            )
            assert row is not None
            entry = self.node.understand(exact, body)
            if row[0] is None:
                assert entry is not None, plain[:300]
            else:
                assert row[1] and reason(row[0]) != row[0], row
            if entry is not None:
                assert entry_words.title(entry) and isinstance(entry_words.statements(entry), list)
            self.outcomes[row[0] or "believed"] += 1


def leaves(content: Any) -> Iterator[Any]:
    yield content
    for part in (
        content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    ):
        yield from leaves(part)


@pytest.fixture(scope="module")
def inside(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inside]:
    """No member is suspended in it: its words would all wait."""
    admission.register()
    home = tmp_path_factory.mktemp("node")
    with django_db_blocker.unblock(), home_of_its_own(home):
        emptied()
        try:
            with patch.object(making, "add_changes", lambda _populated: None):
                yield Inside(making.populate(built(home)))
        finally:
            emptied()


@st.composite
def contents(draw: st.DrawFn, verb: str) -> list[Any]:
    """Statements of a verb, by its schema where that gives some that are right; else those of a sample."""
    try:
        stated = build(VERBS[verb], draw(values(VERBS[verb])))
    except Refused:
        try:
            stated = sample(verb)
        except AssertionError:  # of some days and hours in one visit: what was said before stands
            return []
    content: list[Any] = json.loads(msgspec.json.encode(statements(stated)))
    return content


@st.composite
def bodies(draw: st.DrawFn, inside: Inside, verb: str) -> tuple[Place, bytes]:
    """A body of a verb: right, nearly right, changed in structure, or anything."""
    place = draw(st.sampled_from(inside.places[verb]))
    kind = draw(st.sampled_from(["right", "near", "near", "near", "frame", "changed", "any"]))
    mutator = Mutator(random.Random(draw(st.integers(0, 1 << 32))), inside.pool, exotic=True)
    content: Any = {**place.body, "statements": draw(contents(verb)) or place.body.get("statements", [])}
    if kind == "near":
        for _change in range(draw(st.integers(1, 3))):
            stated = mutator.leaf([s[2] if len(s) > 2 else None for s in content["statements"]])
            content["statements"] = [
                [*s[:2], value, *s[3:]] for s, value in zip(content["statements"], stated, strict=True)
            ]
    elif kind == "frame":
        content = mutator.leaf({**content, "interpreter": "", "proof": "", "after": ["0" * 64]})
    elif kind == "changed":
        content = mutator.changed(content)
    elif kind == "any":
        content = draw(ANY_JSON | st.builds(lambda thing: {**place.body, "statements": thing}, ANY_JSON))
    try:
        plain = as_json(content)
    except (RecursionError, ValueError):
        plain = b"[" * 5000
    return place, plain[:MOST_BYTES]


@pytest.mark.parametrize("verb", sorted(VERBS))
@settings(
    max_examples=EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_body_of_any_kind_is_folded_or_held_and_told(
    inside: Inside, verb: str, data: st.DataObject
) -> None:
    inside.say([data.draw(bodies(inside, verb)) for _body in range(AT_ONCE)])


def test_after_all_of_them_the_node_is_well(inside: Inside) -> None:
    """They are judged again, rebuilt and verified, and what is said rightly is believed."""
    for verb in sorted(VERBS)[::10]:  # this test by itself says some as well
        place = inside.places[verb][0]
        mutator = Mutator(random.Random(verb), inside.pool, exotic=True)
        inside.say([(place, as_json(mutator.leaf(place.body))) for _body in range(AT_ONCE)])
    assert {"believed", "unreadable"} <= set(inside.outcomes), inside.outcomes
    assert inside.outcomes["ended"] < 10, "words about devices and members end some; no more"
    inside.node.writer.submit(reauthorization.rejudge)
    report = verify(inside.node)
    assert report.clean, report.findings[:5]
    assert rebuild(inside.node).changed == 0
    lead = next(place for place in inside.spoken if place.body["verb"] == "lead.report")
    before = inside.outcomes["believed"]
    nonce = secrets.token_hex(16)
    subject = derive(lead.authority, bytes.fromhex(nonce), lead.compartment)
    inside.say([(lead, as_json({**lead.body, "subject": subject, "nonce": nonce}))])
    assert inside.outcomes["believed"] == before + 1
