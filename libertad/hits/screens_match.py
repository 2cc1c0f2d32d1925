"""POST /match/default: programs ask as clients of yente do; with a key, as a named officer, and recorded."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse

from libertad.access import keys
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.hits import engine, ftm, index, search_log, visibility
from libertad.hits.record_builder import identifying
from libertad.look.words import words
from libertad.vocabulary.codelists import codelist

LIMIT, MOST = 5, 50
THRESHOLD, CUTOFF = 0.7, 0.5
LIKELIEST = 100  # of one question that are looked at before a role's rights and the kind of record choose
# Filters that would leave results out: not to know one is said, because the client relies on it.
UNKNOWN = ("include_dataset", "exclude_dataset", "exclude_schema", "topics", "changed_since", "filters")
NOTHING = "nothing by which anybody could be known: a name, a document, a phone or another number"


@keys.keyed
def match(request: HttpRequest, dataset: str) -> HttpResponse:
    """Each question's likeliest records, among those that the officer may read."""
    if dataset != ftm.DATASET:
        return refused(404, f"there is one dataset here: {ftm.DATASET}")
    try:
        limit, threshold, cutoff, without = query_options(request)
        queries = ftm.read(request.body)
    except RequestDataTooBig:
        return refused(413, "the request is too large: send fewer queries at once")
    except ftm.Wrong as why:
        return refused(400, str(why))
    if not keys.take(request.key, len(queries)):  # type: ignore[attr-defined]
        answer = refused(429, f"a key asks at most {keys.AN_HOUR} questions an hour; ask again later")
        answer["Retry-After"] = "3600"
        return answer
    responses = answers(actor_of(request), queries, limit, threshold, cutoff, without)
    return JsonResponse({"responses": responses, "matcher": matcher(), "limit": limit})


def answers(
    actor: Actor,
    queries: dict[str, ftm.Entity],
    limit: int,
    threshold: float,
    cutoff: float,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """Answers by the questions' names. All questions are in the journal before any answer is given."""
    responses: dict[str, Any] = {}
    searches = []
    for name, entity in queries.items():
        properties = ftm.understood(entity)
        echo = {"id": entity.id, "schema": entity.schema, "properties": properties}
        question = ftm.record(entity.schema, properties)
        if not identifying(question):
            empty = {"results": [], "total": {"value": 0, "relation": "eq"}}
            responses[name] = {"status": 400, **empty, "query": echo, "detail": NOTHING}
            continue
        # Alone: a client's cutoff is meant for pairs, and would leave out all three of one name.
        likely = index.ask(actor.authority, question, LIKELIEST, engine.LOWEST, alone=True)
        kinds = ftm.SCHEMATA[entity.schema]
        near = [
            (subject, hit)
            for subject, hit in likely
            if subject.kind in kinds and subject.ref not in without and hit.probability >= cutoff
        ]
        visible = visibility.visible(actor, [subject.ref for subject, _hit in near])
        candidates = [(visible[subject.ref], hit) for subject, hit in near if subject.ref in visible]
        candidates.sort(key=lambda pair: -pair[1].probability)
        results = [ftm.result(subject, hit, question, threshold) for subject, hit in candidates[:limit]]
        searches.append((question, len(results)))
        responses[name] = {
            "status": 200,
            "results": results,
            "total": {"value": len(candidates), "relation": "eq" if len(likely) < LIKELIEST else "gte"},
            "query": echo,
        }
    if searches:
        search_log.all_searched(actor, searches)
    return responses


def query_options(request: HttpRequest) -> tuple[int, float, float, frozenset[str]]:
    """(limit, threshold, cutoff, ids to leave out) of the address; Wrong for what is not understood."""
    for name in UNKNOWN:
        if request.GET.get(name):
            raise ftm.Wrong(f"{name}: results are not chosen by that here")
    limit = request.GET.get("limit", str(LIMIT))
    if not (limit.isascii() and limit.isdecimal() and len(limit) < 5 and 1 <= int(limit) <= MOST):
        raise ftm.Wrong(f"limit: a number from 1 to {MOST}")
    threshold = _share(request, "threshold", THRESHOLD)
    cutoff = min(_share(request, "cutoff", CUTOFF), threshold)
    return int(limit), threshold, cutoff, _without(request)


def _share(request: HttpRequest, name: str, otherwise: float) -> float:
    text = request.GET.get(name, "")
    try:
        share = float(text) if text else otherwise
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise ftm.Wrong(f"{name}: a number from 0 to 1")
    return share


def _without(request: HttpRequest) -> frozenset[str]:
    ids = request.GET.getlist("exclude_entity_ids")
    if len(ids) > MOST:
        raise ftm.Wrong(f"exclude_entity_ids: at most {MOST}")
    return frozenset(ids)


def matcher() -> dict[str, Any]:
    """What a feature's name means. A feature is a weight in bits; all are added."""
    return {
        kind: {"description": words("fact-kinds", kind), "coefficient": 1.0, "url": ""}
        for kind in codelist("fact-kinds")
    }


def refused(status: int, detail: str) -> JsonResponse:
    return JsonResponse({"detail": detail}, status=status)
