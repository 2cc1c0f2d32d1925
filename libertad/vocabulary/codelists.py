"""Code lists: data files with a source and a version, read and checked at first use.

A list is `codes/<name>.yaml`: `source`, `version`, `codes` (code -> English label), and `retired` (code ->
`since`, `why`, `instead`) for codes that are decoded and no longer said. Labels are marked for translation
where they are shown, by `label()`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from libertad.vocabulary import yamlfile
from libertad.vocabulary.decoding import prepared

FOLDER = Path(__file__).parent / "codes"


class Marked(str):
    """Words of a refusal that a catalogue translates: where they stand apart from it, or as its parameter."""

    __slots__ = ()


def marked(words: str) -> Marked:
    """`words` as they are, marked for translation: what is extracted for the catalogues."""
    return Marked(words)


class PartialDate(str):
    """A refusal's parameter that is a date or a part of one ('2018-04-01', '2018-04'): screens tell it in
    words. Not told by its look: what people typed, such as the number of a seal, may look like one."""

    __slots__ = ()


class Refused(ValueError):
    """A value that breaks a rule. `field` is where, `message` is what to do about it.

    `message` is a literal where it is raised, or one that is `marked`, so that it can be extracted; what
    differs from one refusal to another are `parameters`, which stand in it as %(name)s; one may be a refusal
    itself, of a part of what was refused. `rule` is both in
    English: for logs, command lines and other programs. Screens say it by `look.refusals.in_words`.
    """

    rule: str

    def __init__(self, field: str, message: str, /, **parameters: object) -> None:
        self.field = field
        self.message = message
        self.parameters = parameters
        plain = {
            name: value.rule if isinstance(value, Refused) else value for name, value in parameters.items()
        }
        self.rule = str(message % plain if plain else message)
        super().__init__(f"{field}: {self.rule}")


class UnknownCode(Refused):
    """A code that its list does not have. Never dropped: refused, naming list and field."""

    def __init__(self, field: str, code: str, name: str) -> None:
        super().__init__(field, marked("'%(code)s' is not in the list '%(name)s'"), code=code, name=name)


class Retired(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Since which version something is no longer said, why, and what is said instead ('' for nothing)."""

    since: str
    why: str
    instead: str = ""

    def words(self) -> str:
        """The retirement as a sentence or two, for refusals and for the page of the vocabulary."""
        instead = f" {self.instead}" if self.instead else ""
        return f"retired since {self.since}: {self.why}{instead}"


@cache
def codelist(name: str) -> dict[str, str]:
    """The codes of a list with their English labels, in the order of the file."""
    data = yamlfile.read(FOLDER / f"{name}.yaml")
    for key in ("source", "version", "codes"):
        if not data.get(key):
            raise ValueError(f"code list {name}: '{key}' is missing")
    return {str(code): str(text) for code, text in data["codes"].items()}


@cache
def retired_codes(name: str) -> dict[str, Retired]:
    """The codes of a list that are no longer said. They stay in `codelist`, because old entries hold them."""
    retired = yamlfile.read(FOLDER / f"{name}.yaml").get("retired") or {}
    if strange := sorted(set(map(str, retired)) - set(codelist(name))):
        raise ValueError(f"code list {name}: retired and not among its codes: {', '.join(strange)}")
    return {str(code): msgspec.convert(entry, prepared(Retired)) for code, entry in retired.items()}


def sayable(name: str) -> dict[str, str]:
    """The codes that may be said today with their English labels: what forms offer."""
    retired = retired_codes(name)
    return {code: text for code, text in codelist(name).items() if code not in retired}


def check_code(name: str, code: str, field: str) -> str:
    """`code` if the list has it, else UnknownCode naming the field."""
    if code not in codelist(name):
        raise UnknownCode(field, code, name)
    return code


def label(name: str, code: str) -> str:
    """English label of a code; the code itself if a newer version wrote one we do not know."""
    return codelist(name).get(code, code)
