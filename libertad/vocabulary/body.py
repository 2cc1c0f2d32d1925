"""The body of an entry: one verb said by one officer at one time.

A verb's content is a struct (`Verb`); on the wire it is a list of statements
(field, assert | retract | attest, value, entries superseded). A field typed
`tuple[X, ...]` is 'many': each item is a statement of its own. Any other field is
'single': two live values of it are a conflict that a person settles.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeVar

import msgspec

from libertad.vocabulary.codelists import Retired, check_code, codelist, marked
from libertad.vocabulary.decoding import prepared
from libertad.vocabulary.values import Happened, Refused, moment

Operator = Literal["assert", "retract", "attest"]
Provenance = Literal["", "generated", "published"]
V = TypeVar("V", bound="Verb")


class Statement(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """(field, operator, value, hashes of the entries whose value of this field it supersedes)."""

    field: str
    operator: Operator
    value: Any = None
    supersedes: tuple[str, ...] = ()


class Body(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is sealed. JSON on the wire; see docs/journal-format.md.

    `nonce` is in the entry that begins its subject alone: with authority and file it gives the subject's id.
    """

    verb: str
    subject: str
    operation: str = ""
    authority: str
    officer: str
    happened: Happened
    clock: datetime
    source: str = "saw"
    interpreter: str = ""
    provenance: Provenance = ""
    statements: tuple[Statement, ...] = ()
    # From 0.2 on, passed over by 0.1: a secret from which an id is made, the signature of an enrolled key.
    nonce: str = ""
    proof: str = ""
    # Hashes of the last words about the same rows that the node had in this file; None: it names none.
    after: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        check_code("sources", self.source, "source")
        moment(self.clock, "clock")


class Verb(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, gc=False
):
    """Content of one entry type. Subclasses name the verb and the kind of its subject.

    Subclasses say `frozen=True, kw_only=True`, because msgspec does not inherit kw_only.
    `CODES` binds fields to code lists; `check()` holds rules across fields. `RETIRED` names what is decoded
    and no longer said: '' for the verb itself, else a field (`retiring.py`). `CORRECTS` names the field that
    says why an entry corrects what was said before; where it is filled, the entry begins nothing, says only
    what changes, and names what it supersedes. `OPAQUE` names fields that say nothing to a person, such as
    keys: no page shows them.
    """

    VERB: ClassVar[str] = ""
    SUBJECT: ClassVar[str] = ""
    CODES: ClassVar[Mapping[str, str]] = {}
    RETIRED: ClassVar[Mapping[str, Retired]] = {}
    CORRECTS: ClassVar[str] = ""
    OPAQUE: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        name = cls.__dict__.get("VERB")
        if name:
            if name in VERBS:
                raise TypeError(f"two structs for the verb {name}")
            VERBS[name] = cls

    def __post_init__(self) -> None:
        kind = self.__class__
        rules = _RULES.get(kind)
        if rules is None:
            rules = _RULES[kind] = kind.codes(), tuple(kind.moments())
        codes, moments = rules
        for field, name, listed in codes:
            value = getattr(self, field)
            if value.__class__ is tuple:
                for item in value:
                    if item not in listed:
                        check_code(name, item, field)
            elif value not in listed:
                check_code(name, value, field)
        for field in moments:
            at = getattr(self, field)
            if at is not None:
                moment(at, field)
        self.check()

    @classmethod
    def codes(cls) -> tuple[tuple[str, str, frozenset[str | None]], ...]:
        """Fields bound to code lists, the list's name, and what they may hold: its codes, '' and None."""
        return tuple(
            (field, name, frozenset({"", None, *codelist(name)})) for field, name in cls.CODES.items()
        )

    def check(self) -> None:
        """Refuse what no single field can tell. Nothing by default."""

    @classmethod
    def multi_valued(cls) -> frozenset[str]:
        """Fields that hold any number of values side by side."""
        cached = _MANY.get(cls)
        if cached is None:
            hints = typing.get_type_hints(cls)
            names = frozenset(
                f.name for f in msgspec.structs.fields(cls) if typing.get_origin(hints[f.name]) is tuple
            )
            _MANY[cls] = cached = names
        return cached

    @classmethod
    def defaults(cls) -> tuple[tuple[str, Any], ...]:
        """Fields in order, each with its default (or msgspec's mark that it has none)."""
        cached = _DEFAULTS.get(cls)
        if cached is None:
            _DEFAULTS[cls] = cached = tuple((f.name, f.default) for f in msgspec.structs.fields(cls))
        return cached

    @classmethod
    def moments(cls) -> frozenset[str]:
        """Fields that hold a time; each needs its offset from UTC."""
        cached = _MOMENTS.get(cls)
        if cached is None:
            hints = typing.get_type_hints(cls)
            names = (f.name for f in msgspec.structs.fields(cls))
            cached = frozenset(
                n for n in names if hints[n] is datetime or datetime in typing.get_args(hints[n])
            )
            _MOMENTS[cls] = cached
        return cached


def reason_of(content: Verb) -> str:
    """The reason of a correction; '' for what is none.

    A verb whose `CORRECTS` is a bool gives no reason: then a word that is not empty, for True alone.
    """
    return str(getattr(content, content.CORRECTS) or "") if content.CORRECTS else ""


VERBS: dict[str, type[Verb]] = {}
_RULES: dict[type[Verb], tuple[tuple[tuple[str, str, frozenset[str | None]], ...], tuple[str, ...]]] = {}
_DEFAULTS: dict[type[Verb], tuple[tuple[str, Any], ...]] = {}
_MANY: dict[type[Verb], frozenset[str]] = {}
_MOMENTS: dict[type[Verb], frozenset[str]] = {}


def statements(verb: Verb, supersedes: Mapping[str, tuple[str, ...]] | None = None) -> tuple[Statement, ...]:
    """A verb's content as statements; `supersedes` names, per field, the entries that it replaces."""
    old = supersedes or {}
    statements: list[Statement] = []
    multi_valued = type(verb).multi_valued()
    for name, default in type(verb).defaults():
        value = getattr(verb, name)
        if not old:
            if value == default:
                continue
            if value.__class__ is not tuple:
                statements.append(Statement(name, "assert", value))
                continue
        superseded = tuple(old.get(name, ()))
        if name in multi_valued and isinstance(value, tuple):
            for item in value:
                statements.append(Statement(name, "assert", item, superseded))
            if not value and superseded:
                statements.append(Statement(name, "retract", None, superseded))
        # A default that says something ('no', 0) is said when it takes another value's place.
        elif value != default or (superseded and value not in ("", None, ())):
            statements.append(Statement(name, "assert", value, superseded))
        elif superseded:
            statements.append(Statement(name, "retract", None, superseded))
    return tuple(statements)


def content(body: Body) -> Verb:
    """The typed content of a body; Refused for an unknown verb or a value against its rule."""
    kind = VERBS.get(body.verb)
    if kind is None:
        raise Refused(
            "verb", "'%(verb)s' is not known to this version; it is kept and not folded", verb=body.verb
        )
    values: dict[str, Any] = {}
    multi_valued, fields = kind.multi_valued(), kind.__struct_fields__
    for statement in body.statements:
        name = statement.field
        if name not in fields:
            raise Refused(name, NO_FIELD)
        if statement.operator != "assert":
            continue
        if name in multi_valued:
            values.setdefault(name, []).append(statement.value)
        elif name in values:
            raise Refused(name, "has two values in one entry; it can have one")
        else:
            values[name] = statement.value
    try:
        return msgspec.convert(values, prepared(kind))
    except msgspec.ValidationError as why:
        raise refused(why) from why


def build(kind: type[V], values: Mapping[str, Any]) -> V:
    """Make a verb's content from plain values; every error is a Refused naming the field."""
    try:
        return msgspec.convert(dict(values), prepared(kind))
    except msgspec.ValidationError as why:
        raise refused(why) from why


NO_VALUE = marked("this is not a value it can have")
NO_FIELD = marked("is not a field of this entry")
_MISSING = re.compile(r"missing required field `([^`]+)`")
_EXTRA = re.compile(r"contains unknown field `([^`]+)`")
_EXPECTED = re.compile(r"Expected `([^`]+)`")
_ASKS = {
    "str": marked("write it in words"),
    "int": marked("write a whole number"),
    "float": marked("write a number"),
    "bool": marked("answer yes or no"),
    "datetime": marked("write a date and time with its offset from UTC, such as 2018-04-05T09:40:00-04:00"),
    "array": marked("give a list"),
    "object": marked("fill in its parts"),
}


def refused(why: Exception) -> Refused:
    """Turn msgspec's error (which wraps ours) into a Refused that names field and rule, in plain words."""
    for step in _causes(why):
        if isinstance(step, Refused):
            return Refused(step.field, step.message, **step.parameters)
    text, _, where = str(why).partition(" - at ")
    path = re.sub(r"\[[^]]*\]", "", where.strip("`").removeprefix("$").lstrip("."))
    if match := _MISSING.search(text):
        return Refused(_join(path, match[1]), "is missing; fill it in")
    if match := _EXTRA.search(text):
        return Refused(_join(path, match[1]), NO_FIELD)
    if match := _EXPECTED.search(text):
        return Refused(path or "entry", _ASKS.get(match[1].split(" ")[0], NO_VALUE))
    if "datetime" in text or "RFC3339" in text:
        return Refused(path or "entry", _ASKS["datetime"])
    return Refused(path or "entry", NO_VALUE)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _causes(why: BaseException | None) -> Iterator[BaseException]:
    while why is not None:
        yield why
        why = why.__cause__ or why.__context__
