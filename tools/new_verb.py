"""Begin a new verb: its struct, its row in the matrix, its action and a test that runs.

    python -m tools.new_verb VERB --room ROOM --file KIND --say ROLE[,ROLE] [--about RULE] [--read ROLES]
        [--subject NAME] [--action FUNCTION] FIELD:TYPE ...

Writes the struct, its row in the matrix, the action and its test, and makes docs/vocabulary.md and
docs/access.md anew: what is there then runs, and its tests pass. Then it lists what only a person can write.
TYPE is text, texts (several), flag, number, day or code=LIST (codes=LIST for several) with a list of
libertad/vocabulary/codes. A field with `!` after its type has to be filled in.
Nothing is written where something of it is there already. Exit 2 with a sentence for a wrong argument.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
MATRIX = ROOT / "libertad/access/matrix.yaml"
BODY = "from libertad.vocabulary.body import Verb\n"
VERB = re.compile(r"[a-z_]+\.[a-z_]+")
FIELD = re.compile(r"(?P<name>[a-z_]+):(?P<kind>text|texts|flag|number|day|codes?=[a-z-]+)(?P<needed>!?)")
TYPES = {
    "text": ("str", '""'),
    "texts": ("tuple[str, ...]", "()"),
    "flag": ("bool", "False"),
    "number": ("int", "0"),
    "day": ("str", '""'),
    "code": ("str", '""'),
    "codes": ("tuple[str, ...]", "()"),
}


class Field(NamedTuple):
    """A field of the verb. `codes`: the code list, '' where it is none."""

    name: str
    kind: str
    codes: str
    needed: bool

    @property
    def declared(self) -> str:
        annotation, default = TYPES[self.kind]
        return f"{self.name}: {annotation}" + ("" if self.needed else f" = {default}")

    @property
    def check(self) -> str:
        """The lines that refuse an empty or impossible value, '' where the type does."""
        if self.kind == "day":
            return (
                f'        if self.{self.name}:\n            partial_date(self.{self.name}, "{self.name}")\n'
            )
        if self.needed and self.kind == "text":
            words = self.name.replace("_", " ")
            return (
                f"        if not self.{self.name}.strip():\n"
                f'            raise Refused("{self.name}", "say the {words}")\n'
            )
        return ""

    def sample(self) -> str:
        """A value as a test writes it."""
        if self.codes:
            from libertad.vocabulary.codelists import codelist

            code = next(iter(codelist(self.codes)))
            return f'"{code}"' if self.kind == "code" else f'("{code}",)'
        samples = {"text": '"generated"', "texts": '("generated",)', "flag": "True", "number": "1"}
        return samples.get(self.kind, '"2018-04-05"')


class Plan(NamedTuple):
    """What is to be written."""

    verb: str
    room: str
    compartment: str
    say: tuple[str, ...]
    read: str
    about: str
    subject: str
    action: str
    fields: tuple[Field, ...]

    @property
    def struct(self) -> str:
        return "".join(part.capitalize() for part in re.split(r"[._]", self.verb))

    @property
    def needed(self) -> list[Field]:
        return [field for field in self.fields if field.needed]


def read_plan(arguments: list[str]) -> Plan:
    """Raises SystemExit(2) with a sentence for what cannot be meant."""
    parser = argparse.ArgumentParser(prog="python -m tools.new_verb")
    parser.add_argument("verb")
    parser.add_argument("--room", required=True)
    parser.add_argument("--file", required=True, dest="compartment", help="kind of the file it is said in")
    parser.add_argument("--say", required=True)
    parser.add_argument("--read", default="")
    parser.add_argument("--about", default="owner")
    parser.add_argument("--subject", default="person")
    parser.add_argument("--action", default="")
    parser.add_argument("fields", nargs="+")
    options = parser.parse_args(arguments)
    fields = []
    for text in options.fields:
        match = FIELD.fullmatch(text)
        if match is None:
            parser.error(f"{text}: write a field as name:type, such as reach:text! or way:code=languages")
        kind, _, codes = match["kind"].partition("=")
        if codes and not (ROOT / f"libertad/vocabulary/codes/{codes}.yaml").exists():
            parser.error(f"{text}: there is no libertad/vocabulary/codes/{codes}.yaml; write it first")
        fields.append(Field(match["name"], kind, codes, bool(match["needed"])))
    if not VERB.fullmatch(options.verb):
        parser.error(f"{options.verb}: write a verb as thing.deed, such as interpreter.assign")
    noun, deed = options.verb.split(".")
    plan = Plan(
        options.verb,
        options.room,
        options.compartment,
        tuple(options.say.split(",")),
        options.read or f"[{', '.join(options.say.split(','))}]",
        options.about,
        options.subject,
        options.action or f"{deed}_{noun}",
        tuple(fields),
    )
    for path in (struct_path(plan), ROOT / f"libertad/{plan.room}/actions/__init__.py"):
        if not path.exists():
            parser.error(f"{plan.room}: there is no {path.relative_to(ROOT)}")
    if f"  {plan.verb}: {{in:" in MATRIX.read_text("utf-8"):
        parser.error(f"{plan.verb}: has its row in matrix.yaml already")
    for path in (action_path(plan), test_path(plan)):
        if path.exists():
            parser.error(f"{path.relative_to(ROOT)} is there already")
    return plan


def struct_path(plan: Plan) -> Path:
    return ROOT / f"libertad/vocabulary/verbs/{plan.room}.py"


def action_path(plan: Plan) -> Path:
    return ROOT / f"libertad/{plan.room}/actions/{plan.action}.py"


def test_path(plan: Plan) -> Path:
    return ROOT / f"tests/{plan.room}/test_{plan.action}.py"


def struct_text(plan: Plan) -> str:
    codes = ", ".join(f'"{field.name}": "{field.codes}"' for field in plan.fields if field.codes)
    checks = "".join(field.check for field in plan.fields)
    ordered = sorted(plan.fields, key=lambda field: not field.needed)
    return (
        f"\n\nclass {plan.struct}(Verb, frozen=True, kw_only=True):\n"
        f'    """{plan.verb}: say here what it means, and where the rule is from."""\n\n'
        f'    VERB = "{plan.verb}"\n    SUBJECT = "{plan.subject}"\n'
        + (f"    CODES = {{{codes}}}\n" if codes else "")
        + "".join(f"    {field.declared}\n" for field in ordered)
        + (f"\n    def check(self) -> None:\n{checks}" if checks else "")
    )


def action_text(plan: Plan) -> str:
    ordered = sorted(plan.fields, key=lambda field: not field.needed)
    parameters = "".join(f"    {field.declared},\n" for field in ordered)
    values = ", ".join(f"{field.name}={field.name}" for field in ordered)
    return (
        f'"""{plan.action.replace("_", " ").capitalize()}."""\n\n'
        "from __future__ import annotations\n\n"
        "from libertad.access.acting import Act, action\n"
        "from libertad.vocabulary.values import Refused\n"
        f"from libertad.vocabulary.verbs.{plan.room} import {plan.struct}\n\n\n"
        f'@action("{plan.verb}")\n'
        f"def {plan.action}(\n    act: Act,\n    *,\n    {plan.subject}: str,\n{parameters}) -> str:\n"
        f'    """Returns the entry\'s hash. Refused alike for no such file and for one that is not read."""\n'
        f'    place = act.find_compartment("{plan.compartment}", {plan.subject})\n'
        "    if place is None or not act.reads(place):\n"
        f'        raise Refused("{plan.subject}", "there is no such file")\n'
        f"    content = {plan.struct}({values})\n"
        f"    return act.say(place, content, subject={plan.subject})\n"
    )


def test_text(plan: Plan) -> str:
    values = "".join(f"    {field.name!r}: {field.sample()},\n" for field in plan.needed)
    call = f'{plan.action}, {plan.subject}="0" * 32, **VALUES)'
    return (
        f'"""{plan.verb}: who may say it, of what, and what a wrong value answers."""\n\n'
        "from __future__ import annotations\n\n"
        "from typing import Any\n\n"
        "import pytest\n\n"
        "from libertad.access.acting import Forbidden\n"
        "from libertad.access.matrix import matrix, roles\n"
        f"from libertad.{plan.room}.actions.{plan.action} import {plan.action}\n"
        "from libertad.vocabulary.values import Refused\n"
        "from tests.support.world import World\n\n"
        f"VALUES: dict[str, Any] = {{\n{values}}}\n\n\n"
        f"def test_there_has_to_be_a_file(world: World) -> None:\n"
        f'    with pytest.raises(Refused, match="no such file"):\n'
        f'        world.perform("{plan.say[0]}", {call}\n\n\n'
        f'@pytest.mark.parametrize("role", roles())\n'
        f"def test_who_may_not_say_it_is_refused(world: World, role: str) -> None:\n"
        f'    """Whoever may, is asked for the file first."""\n'
        f'    allowed = matrix().may_say(role, "{plan.verb}", "{plan.compartment}")\n'
        f"    assert allowed == (role in {plan.say!r})\n"
        f"    with pytest.raises(Refused if allowed else (Refused, Forbidden)):\n"
        f"        world.perform(role, {call}\n"
    )


def add_row(plan: Plan) -> None:
    """The matrix's row, behind the last verb of the same struct file."""
    from libertad.vocabulary.body import VERBS

    module = f"libertad.vocabulary.verbs.{plan.room}"
    siblings = {verb for verb, kind in VERBS.items() if kind.__module__ == module}
    lines = MATRIX.read_text("utf-8").splitlines(keepends=True)
    rows = [n for n, line in enumerate(lines) if line.strip().split(": {in:")[0] in siblings]
    row = (
        f"  {plan.verb}: {{in: [{plan.compartment}], about: [{plan.about}], say: [{', '.join(plan.say)}], "
        f"read: {plan.read}, supersede: []}}\n"
    )
    lines.insert(max(rows) + 1, row)
    MATRIX.write_text("".join(lines), "utf-8")


LEFT = """
Written: {written}.

Now by hand, in this order (docs/architecture.md tells why; CONTRIBUTING.md has the commands):
 1. The docstring of {struct}: what it means, and its source. Rules across fields go into its `check`.
 2. What it changes: a projection in libertad/{room}/fold.py with `verbs=("{verb}",)`, its model, a migration,
    its `queries.py`. Until then the entry is on file and shown by its signature page alone.
 3. What else must hold before it is said, in {action}; its test beside it, seen to fail without the rule.
 4. Its form, screen and route (a row under `routes` in matrix.yaml), and the page from which one gets there.
    The form: FILLED in tests/web/test_every_form.py. The page: tests/e2e/test_every_page.py and a file of its
    kind in tests/support/populated.py.
 5. The words of its line in a file's timeline (libertad/{room}/timeline.py), and its labels:
    `python -m libertad.web.labels_reference > libertad/web/labels.py`.
 6. `.venv/bin/python -m pytest tests/vocabulary tests/access tests/security/test_forging.py tests/lint`:
    a text that a rule of `check` does not take needs its values in BY_NAME of tests/vocabulary/test_body.py
    (Hypothesis says Unsatisfiable), and in TEXTS of tests/security/samples.py ('no sample of {verb}').
 7. The page of the role that uses it, CHANGELOG.md. If it changes what becomes of entries on file: RULES.
"""


def main(arguments: list[str]) -> None:
    import libertad.vocabulary.verbs  # noqa: F401 (fills VERBS)

    plan = read_plan(arguments)
    source = struct_path(plan).read_text("utf-8").rstrip("\n") + "\n" + struct_text(plan)
    for name in ("Refused", "partial_date"):
        if f"{name}(" in source and not re.search(rf"^from .*\b{name}\b", source, re.M):
            source = source.replace(BODY, f"{BODY}from libertad.vocabulary.values import {name}\n", 1)
    struct_path(plan).write_text(source, "utf-8")
    add_row(plan)
    action_path(plan).write_text(action_text(plan), "utf-8")
    test_path(plan).write_text(test_text(plan), "utf-8")
    files = [struct_path(plan), action_path(plan), test_path(plan)]
    ruff = [sys.executable, "-m", "ruff"]
    for step in (["format"], ["check", "--fix"], ["format"]):
        subprocess.run([*ruff, *step, "-q", *map(str, files)], cwd=ROOT, check=True)
    for module, page in (("vocabulary", "vocabulary.md"), ("access", "access.md")):
        process = subprocess.run(
            [sys.executable, "-m", f"libertad.{module}.reference"], cwd=ROOT, check=True, capture_output=True
        )
        (ROOT / "docs" / page).write_bytes(process.stdout)
    changed = [*files, MATRIX, ROOT / "docs/vocabulary.md", ROOT / "docs/access.md"]
    listed = ", ".join(str(path.relative_to(ROOT)) for path in changed)
    print(LEFT.format(written=listed, struct=plan.struct, room=plan.room, verb=plan.verb, action=plan.action))


if __name__ == "__main__":
    main(sys.argv[1:])
