"""The built app of phones, at `/field/`: files and nothing else, for whoever asks.

`make setup` builds it into `libertad/field/app/`. Names that change with their content are kept by browsers
for ever; all others are asked for again each time, so that a phone opens the app that fits its node.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

APP = Path(__file__).parent / "app"
START = "index.html"
VERSION = "0.1.0"  # of field-app/package.json
NAME = re.compile(r"(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}/){0,4}[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}", re.ASCII)
HASHED = re.compile(r"assets/.*[.-][A-Za-z0-9_-]{8,}\.(?:js|css|woff2|png|svg|webp|wasm)", re.ASCII)
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
MAY = "camera=(self), geolocation=(self), microphone=()"
FOR_EVER, EACH_TIME = "public, max-age=31536000, immutable", "no-cache"
NOT_BUILT = (
    "The app for phones is not built on this node yet. Nothing on a phone is lost by it: what it holds stays "
    "there until the node takes it.\nWhoever runs the node: run make setup, then open this address again.\n"
)


@cache
def version() -> str:
    """Of the app that fits this node; as built, or this program's own."""
    try:
        return str(json.loads((APP / "version.json").read_text("utf-8"))["version"])
    except (OSError, ValueError, KeyError, TypeError):
        return VERSION


def app(request: HttpRequest, name: str = START) -> HttpResponseBase:
    """A file of the app; without a name the page that it begins with. 503 where the app is not built."""
    if not (APP / START).is_file():
        answer = HttpResponse(NOT_BUILT, content_type=KINDS[".txt"], status=503)
        return with_policy(answer, "no-store")
    if not NAME.fullmatch(name):
        raise Http404
    path = APP / name
    # What a link in the folder leads out to is none of the app's files.
    if not path.is_file() or not path.resolve().is_relative_to(APP.resolve()):
        raise Http404
    kind = KINDS.get(path.suffix, "application/octet-stream")
    answer = HttpResponse(path.read_bytes(), content_type=kind)
    return with_policy(answer, FOR_EVER if HASHED.fullmatch(name) else EACH_TIME)


def with_policy(answer: HttpResponse, cached: str) -> HttpResponse:
    """Its own policy in place of the pages': the app scans codes, asks where it is and runs while offline."""
    answer["Content-Security-Policy"] = POLICY
    answer["Permissions-Policy"] = MAY
    answer["Cache-Control"] = cached
    return answer
