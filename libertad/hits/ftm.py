"""Questions and answers in the shape of FollowTheMoney entities, as clients of yente send them.

Pure: an entity becomes a `Record`, and a subject with its hit becomes a result. Which properties there are
is the FollowTheMoney model's own (Thing, LegalEntity, Person, Vehicle, Vessel; followthemoney.tech).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import msgspec

from libertad.hits.explanation import ranked, sentence
from libertad.hits.index import numbers_of
from libertad.hits.matching.record import Birth, Hit, Kind, Name, Record
from libertad.hits.record_builder import Subject
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.decoding import prepared

DATASET = "default"
PEOPLE = ("person", "detention")
EVERY = ("person", "detention", "exhibit", "lead", "site")
# What may be asked for -> kinds of records that answer it.
SCHEMATA: dict[str, tuple[str, ...]] = {
    "Person": PEOPLE,
    "LegalEntity": PEOPLE,
    "Vehicle": EVERY,
    "Vessel": EVERY,
    "Thing": EVERY,
}
MOST = 100  # queries of one request
VALUES = 100  # values of one query
LENGTH = 200  # characters of one value
NAMES = ("name", "alias", "weakAlias", "previousName")
GIVEN = ("firstName", "secondName", "middleName")
FACTS: dict[str, Kind] = {
    "passportNumber": "document",
    "idNumber": "document",
    "socialSecurityNumber": "document",
    "taxNumber": "document",
    "phone": "phone",
    "email": "handle",
    "address": "address",
    "birthPlace": "place",
    "registrationNumber": "vehicle",
    "imoNumber": "vessel",
    "mmsi": "vessel",
    "callSign": "vessel",
}
COUNTRIES = ("nationality", "citizenship")
SHOWN: dict[str, str] = {
    "document": "idNumber",
    "phone": "phone",
    "handle": "email",
    "vehicle": "registrationNumber",
    "vessel": "imoNumber",
}
GENDERS = ("female", "male", "other")
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Value = str | Number | None


class Wrong(Exception):
    """What was sent cannot be asked; the words say where and why, and repeat nothing of a person."""


class Entity(msgspec.Struct):
    """One question: an entity that says of itself what is known."""

    schema: str
    properties: dict[str, list[Value] | Value]
    id: str | None = None


class Asked(msgspec.Struct):
    """A request's body."""

    queries: dict[str, Entity | None]
    weights: dict[str, Any] = {}
    config: dict[str, Any] = {}


def read(body: bytes) -> dict[str, Entity]:
    """The questions by the names that the client gave them; Wrong if any of them cannot be asked."""
    try:
        request = msgspec.json.decode(body, type=prepared(Asked))
    except (msgspec.MsgspecError, ValueError, RecursionError) as why:
        where = str(why) if isinstance(why, msgspec.ValidationError) else "this is not JSON"
        raise Wrong(where) from None
    if request.weights or request.config:
        raise Wrong("weights and config: there is one way of scoring here; leave them out")
    entities = {name: entity for name, entity in request.queries.items() if entity is not None}
    if not 1 <= len(entities) <= MOST:
        raise Wrong(f"queries: from 1 to {MOST} in one request")
    for number, (name, entity) in enumerate(entities.items(), 1):
        _check(f"queries, number {number}", name, entity)
    return entities


def _check(where: str, name: str, entity: Entity) -> None:
    if len(name) > LENGTH or len(entity.id or "") > LENGTH:
        raise Wrong(f"{where}: its name and id have at most {LENGTH} characters")
    if entity.schema not in SCHEMATA:
        raise Wrong(f"{where}: the schema is one of {', '.join(SCHEMATA)}")
    values = [value for key in entity.properties for value in _listed(entity.properties, key)]
    if len(values) > VALUES:
        raise Wrong(f"{where}: at most {VALUES} values")
    if any(len(value) > LENGTH for value in values):
        raise Wrong(f"{where}: a value has at most {LENGTH} characters")


def understood(entity: Entity) -> dict[str, list[str]]:
    """The properties that are compared; what is no date, gender or country is left out, as yente does."""
    properties: dict[str, list[str]] = {}
    for key in entity.properties:
        values = _listed(entity.properties, key)
        if key == "birthDate":
            values = [value for value in values if Birth.of_text(value) is not None]
        elif key == "gender":
            values = [value.lower() for value in values if value.lower() in GENDERS]
        elif key in (*COUNTRIES, "country"):
            values = [value.lower() for value in values if value.upper() in codelist("countries")]
        elif key not in (*NAMES, *GIVEN, "lastName", *FACTS):
            values = []
        if values:
            properties[key] = values
    return properties


def record(schema: str, properties: Mapping[str, Sequence[str]]) -> Record:
    """The record that an entity's properties, as `understood` gives them, describe."""
    names = [Name(full=value) for key in NAMES for value in properties.get(key, ())]
    first = " ".join(value for key in GIVEN for value in properties.get(key, ()))
    last = " ".join(properties.get("lastName", ()))
    if (first and last) or ((first or last) and not names):
        names.append(Name(given=first, family=last))
    facts: list[tuple[Kind, str]] = []
    if schema == "Vessel":  # a ship's name is no person's
        facts += [("vessel", name.full) for name in names if name.full]
        names = []
    facts += [("nationality", value.upper()) for key in COUNTRIES for value in properties.get(key, ())]
    facts += [(kind, value) for key, kind in FACTS.items() for value in properties.get(key, ())]
    born = [birth for birth in map(Birth.of_text, properties.get("birthDate", ())) if birth is not None]
    countries = [value.upper() for value in properties.get("country", ())]
    return Record(
        id="question",
        names=tuple(dict.fromkeys(names)),
        birth=_between(born),
        sex=genders.pop() if len(genders := set(properties.get("gender", ()))) == 1 else "",
        facts=tuple(dict.fromkeys(facts)),
        where=countries[0] if len(countries) == 1 else "",
    )


def result(subject: Subject, hit: Hit, question: Record, threshold: float) -> dict[str, Any]:
    """A record that may be the one asked for, as a scored entity.

    Of its numbers only those that the question named itself: a name does not open a file's telephones.
    """
    score = round(hit.probability, 4)
    weights: dict[str, float] = {}
    words: dict[str, list[str]] = {}
    for reason in ranked(hit.reasons):
        weights[reason.kind] = weights.get(reason.kind, 0.0) + reason.bits
        words.setdefault(reason.kind, []).append(sentence(reason))
    return {
        "id": subject.ref,
        "caption": next((name.text for name in subject.record.names), subject.reference),
        "schema": "Person" if subject.kind in PEOPLE else "Thing",
        "properties": properties(subject, question),
        "datasets": [DATASET],
        "referents": [],
        "target": False,
        "score": score,
        "match": hit.probability >= threshold,
        "features": {kind: round(bits, 2) for kind, bits in weights.items()},
        "explanations": {
            kind: {"score": round(bits, 2), "detail": "; ".join(words[kind])}
            for kind, bits in weights.items()
        },
    }


def properties(subject: Subject, question: Record) -> dict[str, list[str]]:
    """What a result tells of a record."""
    record = subject.record
    same = numbers_of(question)
    by_property: dict[str, list[str]] = {
        "name": [name.text for name in record.names],
        "firstName": [name.given for name in record.names if name.given],
        "lastName": [name.family for name in record.names if name.family],
        "birthDate": [day] if (day := _day(record.birth)) else [],
        "gender": [record.sex] if record.sex in GENDERS else [],
        "nationality": [code.lower() for code in record.all("nationality")],
        "country": [subject.country.lower()] if subject.country else [],
        "notes": [subject.reference],
    }
    if subject.kind not in PEOPLE:  # of a person alone
        by_property = {key: by_property[key] for key in ("name", "country", "notes")}
    for kind, value in record.facts:
        if kind in SHOWN and numbers_of(Record(id="", facts=((kind, value),))) & same:
            by_property.setdefault(SHOWN[kind], []).append(value)
    return {key: list(dict.fromkeys(values)) for key, values in by_property.items() if values}


def _listed(properties: Mapping[str, list[Value] | Value], key: str) -> list[str]:
    values = properties[key]
    listed = values if isinstance(values, list) else [values]
    return [text for value in listed if value is not None and (text := str(value).strip())]


def _between(born: Sequence[Birth]) -> Birth | None:
    """Of several birth dates the days from the first to the last."""
    if len(born) < 2:
        return born[0] if born else None
    return Birth(min(birth.earliest for birth in born), max(birth.latest for birth in born))


def _day(birth: Birth | None) -> str:
    """'1999-04-23', '1999-04' or '1999'; '' for any other interval, which the model has no word for."""
    if birth is None:
        return ""
    first = birth.earliest.isoformat()
    for text in (first, first[:7], first[:4]):
        same = Birth.of_text(text)
        if same is not None and (same.earliest, same.latest) == (birth.earliest, birth.latest):
            return text
    return ""
