"""The access matrix: `matrix.yaml` read once, checked, and asked by code. No default allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import libertad.vocabulary.verbs  # noqa: F401  fills VERBS
from libertad.vocabulary import yamlfile
from libertad.vocabulary.body import VERBS
from libertad.vocabulary.codelists import codelist

PATH = Path(__file__).with_name("matrix.yaml")
METHODS = ("get", "post")
ANYONE = "anyone"
ABOUT = frozenset(
    {
        "self",
        "own",
        "owner",
        "namer",
        "reader",
        "responsible",
        "counterpart",
        "both",
        "coordinator",
        "coordination-2",
        "inviter-once",
        "none",
    }
)
AUTHOR = "author"  # no role: the officer who began the subject, of words of their own; see `may_supersede`
NODE = "node"  # no officer's role: what the node itself says, such as that two records are alike


class MatrixError(Exception):
    """The matrix and the code disagree; the node does not start."""


@dataclass(frozen=True)
class Right:
    """One verb's row: compartment kinds, the roles that may say, read and supersede it, whom it may be about.

    Of the rules in `about` any one suffices. `before`: kinds in which it was said until it moved: what stands
    there counts still, and nothing new is said there.
    """

    kinds: frozenset[str]
    say: frozenset[str]
    read: frozenset[str]
    supersede: frozenset[str]
    about: tuple[str, ...]
    before: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Matrix:
    """All rows. `routes[name][method]` is a set of roles; ANYONE in it means before sign-in."""

    entries: Mapping[str, Right]
    routes: Mapping[str, Mapping[str, frozenset[str]]]

    def may_say(self, role: str, verb: str, kind: str) -> bool:
        right = self.entries.get(verb)
        return right is not None and role in right.say and kind in right.kinds

    def could_say(self, role: str, verb: str, kind: str) -> bool:
        """As `may_say`, or could until the verb moved to another kind of file."""
        right = self.entries.get(verb)
        return right is not None and role in right.say and kind in right.kinds | right.before

    def may_read(self, role: str, verb: str) -> bool:
        right = self.entries.get(verb)
        return right is not None and role in right.read

    def may_supersede(self, role: str, verb: str, *, own: bool = False) -> bool:
        """`own`: the officer began the subject and said all that is superseded (`subjects.is_author`)."""
        right = self.entries.get(verb)
        if right is None:
            return False
        return role in right.supersede or (own and AUTHOR in right.supersede and role in right.say)

    def asks_author(self, verb: str) -> bool:
        """Whether somebody corrects of this verb their own words alone."""
        right = self.entries.get(verb)
        return right is not None and AUTHOR in right.supersede

    def may_ask(self, role: str, route: str, method: str) -> bool:
        """HEAD goes with GET. A route without a row is for nobody."""
        row = self.routes.get(route, {})
        roles = row.get("get" if method.lower() == "head" else method.lower(), frozenset())
        return ANYONE in roles or role in roles


def roles() -> tuple[str, ...]:
    return tuple(codelist("roles"))


@cache
def matrix() -> Matrix:
    """The matrix, checked: every verb has a row, every row a verb, every role exists."""
    return parse(yamlfile.read(PATH))


def parse(data: Mapping[str, Any]) -> Matrix:
    groups = {name: frozenset(names) for name, names in data["groups"].items()}
    groups["signed-in"] = frozenset(roles())
    groups[ANYONE] = frozenset({ANYONE, *roles()})

    def people(value: Any, where: str) -> frozenset[str]:
        role_names: set[str] = set()
        for name in [value] if isinstance(value, str) else value:
            if name in groups:
                role_names |= groups[name]
            elif name in roles():
                role_names.add(name)
            else:
                raise MatrixError(f"matrix.yaml, {where}: '{name}' is neither a role nor a group")
        return frozenset(role_names)

    def roles_or(special: str, value: Any, where: str) -> frozenset[str]:
        """Roles, and `special`, which is none."""
        names = [value] if isinstance(value, str) else value
        itself = frozenset({special} if special in names else ())
        return itself | people([name for name in names if name != special], where)

    kinds = codelist("compartment-kinds")
    entries: dict[str, Right] = {}
    for verb, row in data["entries"].items():
        if verb not in VERBS:
            raise MatrixError(f"matrix.yaml has a row for '{verb}', which is no verb")
        before = row.get("before", [])
        if set(row) - {"before"} != {"in", "about", "say", "read", "supersede"} or not {
            *row["in"],
            *before,
        } <= set(kinds):
            raise MatrixError(f"matrix.yaml, {verb}: needs in (kinds), about, say, read, supersede")
        if set(row["in"]) & set(before):
            raise MatrixError(f"matrix.yaml, {verb}: it is said in a kind of file, or was before")
        if not row["about"] or not set(row["about"]) <= ABOUT:
            raise MatrixError(f"matrix.yaml, {verb}: about names whom it may be about: {sorted(ABOUT)}")
        entries[verb] = Right(
            frozenset(row["in"]),
            roles_or(NODE, row["say"], verb),
            people(row["read"], verb),
            roles_or(AUTHOR, row["supersede"], verb),
            tuple(row["about"]),
            frozenset(before),
        )
    missing = sorted(set(VERBS) - set(entries))
    if missing:
        raise MatrixError(f"matrix.yaml has no row for: {', '.join(missing)}")
    routes: dict[str, dict[str, frozenset[str]]] = {}
    for name, methods in data["routes"].items():
        if not set(methods) <= set(METHODS):
            raise MatrixError(f"matrix.yaml, route {name}: only {METHODS}")
        routes[name] = {method: people(allowed, name) for method, allowed in methods.items()}
    return Matrix(entries, routes)
