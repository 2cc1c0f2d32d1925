"""Uploading a file in parts, before the form that attaches it is sent.

After the tus protocol, version 1.0.0 (https://tus.io/protocols/resumable-upload), whose core this is: `HEAD`
tells how much is here, `PATCH` (by `X-HTTP-Method-Override`, since forms know GET and POST) brings the next
part, `DELETE` ends it. What is attached, and whether, the form says: here nothing is on file yet.
"""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import upload_parts
from libertad.access.asking import actor_of
from libertad.access.attaching import ABOUT
from libertad.access.upload_parts import Full, NotNext, Upload
from libertad.vocabulary.verbs.attachments import MOST_BYTES

VERSION = "1.0.0"
PART = "application/offset+octet-stream"


def address(kind: str, key: str) -> str:
    """What an upload is about: the address of the form for which it is."""
    return reverse("attachment-add", args=[kind, key])


def upload_of(request: HttpRequest, kind: str, key: str, name: str) -> Upload | None:
    """An unfinished upload of who asks, for this form."""
    return upload_parts.find(str(request.user.pk), address(kind, key), name)


def upload(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Begin an upload of `size` bytes, or go on with that of the same file (`mark`).

    JSON: `address` and `name`, or what is wrong with it, in words (`error`).
    """
    _check_about(request, kind, key)
    digits = request.POST.get("size", "")
    size = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0
    if not 0 < size <= MOST_BYTES:
        return _refused(
            413, _("The file is empty or above 100 MB: make it smaller, or cut it into parts and add each.")
        )
    mark = request.POST.get("mark", "")[:64]
    try:
        begun = upload_parts.begin(str(request.user.pk), address(kind, key), size, mark)
    except Full as why:
        return _refused(
            429,
            _("You are sending as many large files at a time as are taken. Finish one of them first.")
            if why.own
            else _("This node is taking as many large files as it can just now. Try again in some minutes."),
        )
    way = reverse("attachment-part", args=[kind, key, begun.name])
    return JsonResponse({"address": way, "name": begun.name}, status=201)


def part(request: HttpRequest, kind: str, key: str, name: str) -> HttpResponse:
    """How much of an upload is here; or its next part; or its end."""
    _check_about(request, kind, key)
    found = upload_of(request, kind, key, name)
    if found is None:
        raise Http404
    if request.method != "POST":
        return _told(200, found.have, found.size)
    method = request.headers.get("X-HTTP-Method-Override", "")
    if method == "DELETE":
        found.end()
        return _told(204)
    begin = request.headers.get("Upload-Offset", "")
    if method != "PATCH" or request.content_type != PART or not (begin.isascii() and begin.isdigit()):
        return _told(400)
    try:
        return _told(204, found.add(int(begin[:16]), request.body))
    except NotNext as why:
        return _told(409, why.have)
    except ValueError:
        return _told(413)


def _check_about(request: HttpRequest, kind: str, key: str) -> None:
    """Http404 for what is none, or not for who asks: as the form's own page answers."""
    find = ABOUT.get(kind)
    if find is None or find(actor_of(request), key) is None:
        raise Http404


def _refused(status: int, words: str) -> HttpResponse:
    return JsonResponse({"error": words}, status=status)


def _told(status: int, have: int | None = None, size: int | None = None) -> HttpResponse:
    response = HttpResponse(status=status, content_type="text/plain")  # no page
    response["Tus-Resumable"] = VERSION
    if have is not None:
        response["Upload-Offset"] = str(have)
    if size is not None:
        response["Upload-Length"] = str(size)
    return response
