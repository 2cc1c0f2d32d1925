"""The four addresses of phones, below `/field/api/`: without session, sealed by the channel.

A body is read before a thread is taken for it, slowly or not at all (`web/spool.py`). How much a network of
strangers may ask is counted after its question was looked at: a flood from it holds up no phone, even of the
same network.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt

from libertad.access.networks import network_of
from libertad.exchange.transport.http import Bucket
from libertad.field import app_files, enrolling, grants, hand_over
from libertad.field.limits import limits
from libertad.field.problems import BUSY, LOCKED, NOT_STORED, STRANGE, Problem
from libertad.journal.fence import TakenOver
from libertad.journal.node import BehindMark, Node, node
from libertad.journal.rings import RingError
from libertad.journal.seals import RowChanged
from libertad.journal.writer import NotStored

logger = logging.getLogger("libertad.field")
PREFIX = "/field/api/"
BYTES = "application/octet-stream"
RETRY = 60  # seconds
STRANGERS = Bucket(limits().strangers_at_once, limits().strangers_a_minute / 60)


def _reply_to(request: HttpRequest, reply: Callable[[Node, bytes], bytes]) -> HttpResponse:
    try:
        answer = HttpResponse(reply(node(), request.body), content_type=BYTES)
    except Problem as why:
        return problem(request, why)
    except RingError:
        return problem(request, Problem(LOCKED))
    except (NotStored, BehindMark, RowChanged, TakenOver) as why:
        logger.error("a phone's request was not stored: %s", type(why).__name__)
        return problem(request, Problem(NOT_STORED))
    answer["Cache-Control"] = "no-store"
    return answer


def problem(request: HttpRequest, why: Problem) -> HttpResponse:
    """In JSON, for the app. A network of which nobody is known is told so only so often."""
    if why.code in STRANGE and not STRANGERS.take(network_of(request.META.get("REMOTE_ADDR", ""))):
        why = Problem(BUSY)
    answer = JsonResponse({"code": why.code, "message": why.words}, status=why.status)
    if why.status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        answer["Retry-After"] = str(RETRY)
    return answer


@csrf_exempt
def enrol(request: HttpRequest) -> HttpResponse:
    """A new phone, by its code."""
    return _reply_to(request, enrolling.answer)


@csrf_exempt
def lease(request: HttpRequest) -> HttpResponse:
    """A phone asks for its task, and whether it may go on."""
    return _reply_to(request, grants.lease)


@csrf_exempt
def take(request: HttpRequest) -> HttpResponse:
    """A parcel of reports."""
    return _reply_to(request, hand_over.answer)


def about(request: HttpRequest) -> HttpResponse:
    """Which node this is: its key, and the words that two people compare. It names no authority."""
    content = {"v": 1, **grants.about(node(), get_language() or "en"), "app": app_files.version()}
    return JsonResponse(content)
