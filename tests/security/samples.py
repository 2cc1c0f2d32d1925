"""A sample of what each verb says, made from its own struct: no list of verbs is kept here.

What no type tells (a date in text, a hash) is tried in turn until the struct takes it.
"""

from __future__ import annotations

import os
import typing
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from typing import Any

import msgspec
from nacl.bindings import crypto_sign_keypair

from libertad.journal.checkpoint import origin_of
from libertad.vocabulary.body import VERBS, Verb, build
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Place, Refused

LATER = "2199-01-01"
TEXTS = (
    "generated",
    "2018-04-03",
    "22:00",
    "America/Guyana",
    "person:1",
    "person:2",
    "person",
    "0" * 64,
    "1" * 64,
    "1",
    "",
)
COPIED = {"kind": "statement", "words": "generated"}
MOST = 20_000  # combinations tried


def sample(verb: str, **fixed: Any) -> Verb:
    """Content of a verb: every required field filled, `fixed` as given. AssertionError where none fits."""
    kind = VERBS[verb]
    if "public" in kind.__struct_fields__ and "public" not in fixed:
        public = crypto_sign_keypair()[0]
        fixed |= {"public": public.hex()}
        if "origin" in kind.__struct_fields__:
            fixed |= {"origin": origin_of(public)}
    if verb == "officer.passkey":
        fixed = {"name": "node.example.org", "credential": "ab"} | fixed
    if verb == "entry.vouch":
        fixed = dict.fromkeys(["credential", "data", "client", "signature"], "ab") | fixed
    if verb == "family.link":  # one who is recorded, or one by name
        fixed = {"name": "generated"} | fixed
    if verb in ("disclosure.propose", "disclosure.give"):
        fixed = {"ground": "order", "order": "generated", "items": [COPIED]} | fixed
    if verb == "disclosure.propose":
        fixed = {"informed": "generated"} | fixed
    if verb == "service.register":
        fixed = {"telephone": "+592 555 0142"} | fixed
    if verb == "page.ask":
        fixed = {"line": "+592 555 0143", "sealed": "ab"} | fixed
        fixed |= dict.fromkeys(("page", "salt"), "0" * 32) | dict.fromkeys(("link", "key"), "0" * 64)
    if verb == "page.result":
        fixed = {"state": "sent"} | fixed
    if verb == "headcount.record":
        fixed = {"unclear": 3} | fixed
    if verb == "headcount.explain":
        fixed = {"counted_twice": 1} | fixed
    if verb == "openings.read":  # of a week, or of an amount by an officer
        fixed = {"week": "2018-04-02"} | fixed
    if kind.CORRECTS:
        return _mended(kind, fixed)
    for tried, values in enumerate(_tries(kind, fixed)):
        assert tried < MOST, verb
        try:
            return build(kind, values)
        except Refused:
            continue
    raise AssertionError(f"no sample of {verb}")


def _mended(kind: type[Verb], fixed: dict[str, Any]) -> Verb:
    """Where fields may be left out (a correction says only some): whatever is refused is filled in turn."""
    hints, values, last = typing.get_type_hints(kind), dict(fixed), ""
    left: dict[str, list[Any]] = {}
    for _try in range(MOST):
        try:
            return build(kind, values)
        except Refused as why:
            assert why.field in hints, (kind.VERB, why.field, why.rule)
            left.setdefault(why.field, _values(kind, why.field, hints[why.field]))
            # What nothing fits is asked for because of what was filled before: that is tried with another.
            last = why.field if any(left[why.field]) else last
            assert left.get(last), (kind.VERB, why.field, why.rule)
            values[last] = left[last].pop(0)
    raise AssertionError(f"no sample of {kind.VERB}")


def _tries(kind: type[Verb], fixed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    hints = typing.get_type_hints(kind)
    needed = [
        field.name for field in msgspec.structs.fields(kind) if field.required and field.name not in fixed
    ]
    optional = [
        field.name
        for field in msgspec.structs.fields(kind)
        if not field.required
        and field.name not in fixed
        and (field.name in kind.CODES or field.name == "reasons")
    ]
    for names in (needed, needed + optional):
        for values in product(*(_values(kind, name, hints[name]) for name in names)):
            yield dict(zip(names, values, strict=True)) | fixed


def _values(kind: type[Verb], name: str, hint: Any) -> list[Any]:
    if name in kind.CODES:
        codes = list(codelist(kind.CODES[name]))
        return [[code] for code in codes] if typing.get_origin(hint) is tuple else codes
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return [[], *([value] for value in _values(kind, "", inner))] if inner is str else [[]]
    if Place in typing.get_args(hint):
        return [{"lat": 6.8, "lon": -58.1, "within_m": 100}]
    if hint is bool:
        return [True]
    if hint in (int, float):
        return [1, 0.5]
    if datetime in (hint, *typing.get_args(hint)):
        return [datetime(2018, 4, 3, tzinfo=UTC), datetime(2018, 4, 4, tzinfo=UTC)]
    if (kind.VERB, name) == ("store.explain", "about"):
        return [f"missing:{os.urandom(16).hex()}"]
    if name in ("device", "to_authority", "to_officer", "owner", "about", "person", "other", "whom"):
        return [os.urandom(16).hex()]
    if name == "until":
        return [LATER]
    return list(TEXTS)
