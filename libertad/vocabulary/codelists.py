"""Code lists: data files with a source and a version, read and checked at first use.

A list is `codes/<name>.yaml`: `source`, `version`, `codes` (code -> English label).
Labels are marked for translation where they are shown, by `label()`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile

FOLDER = Path(__file__).parent / "codes"


class Refused(ValueError):
    """A value that breaks a rule. `field` is where, `rule` is what to do about it."""

    def __init__(self, field: str, rule: str) -> None:
        super().__init__(f"{field}: {rule}")
        self.field = field
        self.rule = rule


class UnknownCode(Refused):
    """A code that its list does not have. Never dropped: refused, naming list and field."""

    def __init__(self, field: str, code: str, name: str) -> None:
        super().__init__(field, f"'{code}' is not in the list '{name}'")


@cache
def codelist(name: str) -> dict[str, str]:
    """The codes of a list with their English labels, in the order of the file."""
    data = yamlfile.read(FOLDER / f"{name}.yaml")
    for key in ("source", "version", "codes"):
        if not data.get(key):
            raise ValueError(f"code list {name}: '{key}' is missing")
    return {str(code): str(text) for code, text in data["codes"].items()}


def known(name: str, code: str, field: str) -> str:
    """`code` if the list has it, else UnknownCode naming the field."""
    if code not in codelist(name):
        raise UnknownCode(field, code, name)
    return code


def label(name: str, code: str) -> str:
    """English label of a code; the code itself if a newer version wrote one we do not know."""
    return codelist(name).get(code, code)
