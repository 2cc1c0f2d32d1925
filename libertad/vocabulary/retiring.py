"""Retirement: verbs, fields and codes that are decoded, no longer said, and folded only where a rule says so.

Nothing that was ever said is taken out of the vocabulary: entries are signed and stay. What is retired is
named by the verb itself, or by '.field' or '.field=code' after it: 'tally.status.status=presumed'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from libertad.vocabulary import codelists
from libertad.vocabulary.body import VERBS, Statement, Verb
from libertad.vocabulary.codelists import Refused, Retired


@cache
def retirements(kind: type[Verb]) -> Mapping[str, Retired]:
    """All that is retired of a verb: by '' (the verb), 'field', or 'field=code'.

    Raises TypeError for a field that the verb does not have, or that has to be given.
    """
    optional = {name for name, default in kind.defaults() if default is not msgspec.NODEFAULT}
    if strange := sorted(set(kind.RETIRED) - optional - {""}):
        raise TypeError(f"{kind.VERB}: retired and not an optional field of it: {', '.join(strange)}")
    retired = dict(kind.RETIRED)
    for field, name in kind.CODES.items():
        retired |= {f"{field}={code}": entry for code, entry in codelists.retired_codes(name).items()}
    return retired


def retired_parts(verb: str, statements: Iterable[Statement]) -> list[str]:
    """Full names of what an entry says in a retired way; empty for nearly all. A retraction says nothing."""
    kind = VERBS.get(verb)
    known = retirements(kind) if kind is not None else None
    if not known:
        return []
    parts = [""] if "" in known else []
    for statement in statements:
        if statement.operator == "assert":
            coded = f"{statement.field}={statement.value}"
            parts += [part for part in (statement.field, coded) if part in known]
    return [full_name(verb, part) for part in dict.fromkeys(parts)]


def full_name(verb: str, part: str) -> str:
    """How a projection names what it still folds: 'verb', 'verb.field', 'verb.field=code'."""
    return f"{verb}.{part}" if part else verb


def known_names() -> frozenset[str]:
    """Full names of everything that is retired."""
    return frozenset(full_name(verb, part) for verb, kind in VERBS.items() for part in retirements(kind))


def refuse_retired(verb: str, statements: Iterable[Statement]) -> None:
    """Refused, in words, for what is about to be said in a retired way."""
    for name in retired_parts(verb, statements):
        part = name.removeprefix(verb).lstrip(".")
        retired = retirements(VERBS[verb])[part]
        field, _, code = part.partition("=")
        if code:
            raise Refused(field, "'%(code)s' is %(retired)s", code=code, retired=retired.words())
        if field:
            raise Refused(field, "this is %(retired)s", retired=retired.words())
        raise Refused("verb", "this kind of entry is %(retired)s", retired=retired.words())
