"""What only some kinds of exhibit have, from `codes/exhibit-kinds.yaml`: for forms and `exhibit.seize`."""

from __future__ import annotations

from functools import cache

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import FOLDER, codelist

LIST = "exhibit-kinds"


@cache
def of_kinds() -> dict[str, tuple[str, ...]]:
    """Field of `exhibit.seize` -> the kinds that alone have it. Every other field is of all kinds."""
    rows = yamlfile.read(FOLDER / f"{LIST}.yaml")["only"]
    if strange := {kind for kinds in rows.values() for kind in kinds} - set(codelist(LIST)):
        raise ValueError(f"code list {LIST}: 'only' names {', '.join(sorted(strange))}, no kind of it")
    return {name: tuple(kinds) for name, kinds in rows.items()}


def not_of(kind: str) -> frozenset[str]:
    """The fields that this kind has not; none of a kind that is not known here."""
    if kind not in codelist(LIST):
        return frozenset()
    return frozenset(name for name, kinds in of_kinds().items() if kind not in kinds)
