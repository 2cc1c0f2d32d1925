"""The forms of the field app, from the vocabulary and the node's own forms.

    python -m tools.field_forms

Writes field-app/src/forms/forms.json (what the app delivers) and field-app/vectors/forms.json (values that
each verb's struct takes or refuses, for the app's tests). tools/field_forms.yaml names verbs and forms.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import django
import msgspec

from libertad.vocabulary import yamlfile

if TYPE_CHECKING:
    from tools.field_probing import Prober, Rule

ROOT = Path(__file__).parents[1]
VERBS = ROOT / "tools" / "field_forms.yaml"
FORMS = ROOT / "field-app" / "src" / "forms" / "forms.json"
CASES = ROOT / "field-app" / "vectors" / "forms.json"
TYPES = {"str": "text", "int": "number", "float": "fraction", "bool": "flag", "datetime": "moment"}
Json = dict[str, Any]


def write() -> dict[Path, str]:
    """Each file's text, anew."""
    import libertad.vocabulary.verbs  # noqa: F401  fills VERBS
    from libertad.vocabulary.body import VERBS as STRUCTS
    from tools.field_probing import STRUCTS as PARTS
    from tools.field_probing import Prober

    verbs: Json = {}
    cases: Json = {}
    lists: set[str] = set()
    for verb, paths in sorted(yamlfile.read(VERBS).items()):
        prober = Prober(STRUCTS[verb])
        verbs[verb] = describe(prober, words(paths))
        cases[verb] = examples(prober, verbs[verb])
        lists |= {field["codes"] for field in verbs[verb]["fields"] if "codes" in field}
    parts = {kind.__name__: parts_of(kind) for kind in PARTS}
    forms = {"verbs": verbs, "parts": parts, "codes": {name: codes(name) for name in sorted(lists)}}
    return {FORMS: text(forms), CASES: text(cases)}


def text(value: Json) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def codes(name: str) -> dict[str, str]:
    from libertad.vocabulary.codelists import sayable

    return sayable(name)


def words(paths: Iterable[str]) -> dict[str, Any]:
    """Fields of the node's forms, by name."""
    fields: dict[str, Any] = {}
    for path in paths:
        module, _, name = path.rpartition(".")
        fields |= getattr(importlib.import_module(f"libertad.{module}"), name).base_fields
    return fields


def parts_of(kind: type[msgspec.Struct]) -> Json:
    """A value of several parts, in the order in which they are written; `omits` those of their default."""
    fields = [
        {"name": field.name}
        | ({"required": True} if field.required else {"default": field.default})
        | ({"type": "fraction"} if float in (field.type, *get_args(field.type)) else {})
        for field in msgspec.structs.fields(kind)
    ]
    return {"omits": kind.__struct_config__.omit_defaults, "fields": fields}


def describe(prober: Prober, worded: dict[str, Any]) -> Json:
    """A verb: its fields in the order in which they are said, and what one asks of another."""
    fields = [describe_field(prober, name, worded.get(name)) for name in prober.fields]
    described: Json = {"subject": prober.kind.SUBJECT, "fields": fields, "rules": grouped(prober.rules())}
    return described | ({"corrects": prober.kind.CORRECTS} if prober.kind.CORRECTS else {})


def describe_field(prober: Prober, name: str, form: Any) -> Json:
    field, held = prober.fields[name], prober.value_type(name)
    bounds = prober.bounds(name) if form is not None else {}  # what nobody types has its bounds elsewhere
    longest = prober.longest(name) or getattr(form, "max_length", None)
    optional: Json = {
        "many": name in prober.multi_valued,
        "required": field.required,
        "default": None if field.required or field.default in ("", (), None) else field.default,
        "codes": prober.kind.CODES.get(name),
        "needed": prober.needed(name),
        "longest": longest if held is str and name not in prober.kind.CODES else None,
        "label": str(form.label) if form is not None and form.label else None,
        "help": str(form.help_text) if form is not None and form.help_text else None,
    }
    stated = {
        key: value
        for key, value in optional.items()
        if value is not None and value is not False and value != ""
    }
    return {"name": name, "type": TYPES.get(held.__name__, held.__name__)} | stated | bounds


def grouped(rules: Iterable[Rule]) -> list[Json]:
    """Rules of one field about one other, with all codes that they are of."""
    groups: dict[tuple[str, ...], list[Any]] = {}
    for rule in rules:
        key = (rule.field, rule.target, rule.must, rule.message, "filled" if rule.code is None else "codes")
        groups.setdefault(key, []).append(rule.code)
    return [
        {"when": field, "field": target, "must": must, "message": message}
        | ({} if way == "filled" else {"codes": sorted(set(listed))})
        for (field, target, must, message, way), listed in sorted(groups.items())
    ]


def examples(prober: Prober, described: Json) -> list[Json]:
    """Values of a verb with the field at which its struct refuses them: '' for those that it takes."""
    tried = [prober.base]
    for field in described["fields"]:
        name, many = field["name"], field.get("many", False)
        if "needed" in field:
            tried.append(
                prober.base | {name: [] if many else ""}
                if field["type"] == "text"
                else without(prober.base, name)
            )
        if "longest" in field and prober.longest(name):
            tried += [prober.base | {name: sized(n, many)} for n in (field["longest"], field["longest"] + 1)]
        tried += [
            prober.base | {name: number}
            for limit, step in (("least", -1), ("most", 1), ("above", 1), ("below", -1))
            if limit in field
            for number in (field[limit], field[limit] + step)
        ]
    tried += [values for _, values in prober.filled()]
    for _, _, values in prober._solved():
        tried.append(values)
        tried += [
            values | {rule["field"]: candidate_of(prober, rule["field"])} for rule in described["rules"]
        ]
        tried += [without(values, rule["field"]) for rule in described["rules"]]
    return [example(prober, values) for values in tried]


def example(prober: Prober, values: Json) -> Json:
    """What the struct says of these: the field and why, or the statements as the node writes them."""
    from libertad.vocabulary.body import build, statements
    from tools.field_probing import wording

    why = prober.refusal(values)
    if why is not None:
        return {"values": values, "refused": prober.name_of(why.field), "message": wording(why)}
    encoded = msgspec.json.encode(statements(build(prober.kind, values)))
    return {"values": values, "statements": encoded.decode()}


def without(values: Json, name: str) -> Json:
    return {key: value for key, value in values.items() if key != name}


def candidate_of(prober: Prober, name: str) -> Any:
    return prober.candidates(name)[0]


def sized(size: int, many: bool) -> Any:
    return ["x" * size] if many else "x" * size


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "libertad.web.settings.test")
    django.setup()
    for path, content in write().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
