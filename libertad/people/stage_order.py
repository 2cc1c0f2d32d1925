"""Which stage of a charge follows which, as `stages.yaml` has it: pure rules, no row and no clock is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist

FILE = Path(__file__).with_name("stages.yaml")
DOES = frozenset({"charge", "court", "free", "none"})
Needs = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class StageRules:
    """`assumed`: nobody but Libertad set them. `does`: by stage; `needs`: by tradition, then by stage;
    `tradition`: by country."""

    assumed: bool
    does: Mapping[str, str]
    ends: frozenset[str]
    reopens: frozenset[str]
    by_order: frozenset[str]
    needs: Mapping[str, Needs]
    tradition: Mapping[str, str]

    def before(self, country: str, stage: str) -> frozenset[str]:
        """One of these comes before a stage; empty where nothing must. Of a country that the table does not
        list, what any tradition lets come before."""
        own = self.tradition.get(country)
        tables = [self.needs[own]] if own else list(self.needs.values())
        listed = [table.get(stage, frozenset()) for table in tables]
        return frozenset() if not all(listed) else frozenset().union(*listed)


@dataclass(frozen=True)
class Step:
    """A stage that stands: of which charge ('' is all of them), and between which moments (in ms) it was."""

    id: str
    stage: str
    charge: str
    begins: int
    until: int


def read(path: Path) -> StageRules:
    """The table of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "does", "ends", "reopens", "by_order", "traditions"))
    known = set(codelist("stages"))
    does = content["does"]
    if set(does) != known or not set(does.values()) <= DOES:
        raise ValueError(f"{path.name}: 'does' says of each stage one of {', '.join(sorted(DOES))}")
    needs: dict[str, Needs] = {}
    tradition: dict[str, str] = {}
    for name, row in content["traditions"].items():
        needs[name] = {stage: frozenset(before) for stage, before in row["needs"].items()}
        tradition |= dict.fromkeys(row["countries"], name)
    named = {
        stage for table in needs.values() for stage, before in table.items() for stage in (stage, *before)
    }
    named |= {*content["ends"], *content["reopens"]}
    if not named <= known:
        raise ValueError(f"{path.name}: no stage: {', '.join(sorted(named - known))}")
    if not set(content["by_order"]) <= set(codelist("release-kinds")):
        raise ValueError(f"{path.name}: 'by_order' is a list of kinds of a release")
    ends, reopens, by_order = (frozenset(content[name]) for name in ("ends", "reopens", "by_order"))
    return StageRules(content["assumed"], does, ends, reopens, by_order, needs, tradition)


@cache
def rules() -> StageRules:
    """The table that holds here."""
    return read(FILE)


def lacking(step: Step, placed: Iterable[Step], country: str) -> frozenset[str]:
    """What should come before a stage and does not: one of these; empty where it follows.

    `placed`: the other stages of the detention that stand and follow themselves.
    """
    table = rules()
    earlier = [
        earlier_step
        for earlier_step in placed
        if earlier_step.begins <= step.until and earlier_step.id != step.id
    ]
    earlier = [
        earlier_step
        for earlier_step in earlier
        if not step.charge or earlier_step.charge in ("", step.charge)
    ]
    moves = [earlier_step for earlier_step in earlier if earlier_step.stage in table.ends | table.reopens]
    last = max(moves, key=lambda earlier_step: (earlier_step.begins, earlier_step.id), default=None)
    if last is not None and last.stage in table.ends and step.charge and step.stage not in table.reopens:
        return table.reopens
    needed = table.before(country, step.stage)
    return frozenset() if needed & {earlier_step.stage for earlier_step in earlier} else needed


def misplaced(steps: Sequence[Step], country: str) -> set[str]:
    """Of the stages that stand, those that follow from nothing that stands before them (their ids)."""
    placed: list[Step] = []
    waiting = sorted(steps, key=lambda step: (step.begins, step.id))
    while waiting:
        follow = [step for step in waiting if not lacking(step, placed, country)]
        if not follow:
            break
        placed += follow[:1]
        waiting.remove(follow[0])
    return {step.id for step in waiting}


def leaves_another(step: Step, steps: Iterable[Step]) -> bool:
    """Whether a stage ends one charge while another stands that has no end: then it frees nobody."""
    table = rules()
    if step.stage not in table.ends or not step.charge:
        return False
    last: dict[str, str] = {}
    for earlier_step in sorted(steps, key=lambda earlier_step: (earlier_step.begins, earlier_step.id)):
        if earlier_step.begins <= step.until and earlier_step.charge != step.charge and earlier_step.charge:
            last[earlier_step.charge] = earlier_step.stage
    return any(stage not in table.ends for stage in last.values())
