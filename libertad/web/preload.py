"""What is otherwise built by the first who asks, built before the node answers anybody."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.template import TemplateSyntaxError, engines
from django.template.backends.django import DjangoTemplates
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver

from libertad.access.matrix import matrix
from libertad.vocabulary import codelists
from libertad.vocabulary.kinds import kinds
from libertad.web.wsgi import application

OURS = Path(__file__).parents[1]


def warm() -> None:
    """The law, the code lists, the routes, the templates and, by one page, the layers around every page."""
    matrix()
    kinds()
    for path in sorted(codelists.FOLDER.glob("*.yaml")):
        codelists.codelist(path.stem)
    # Reading the patterns imports every room's screens.
    get_resolver()._populate()
    for name in templates():
        engine = engines["django"]
        try:
            engine.get_template(name)
        except TemplateSyntaxError:
            continue  # whoever asks for that page is told
    page("/")


def templates() -> list[str]:
    """Names of our own templates."""
    engine = cast(DjangoTemplates, engines["django"])
    folders = [Path(str(folder)) for folder in (*engine.dirs, *get_app_template_dirs("templates"))]
    return sorted(
        {
            str(path.relative_to(folder))
            for folder in folders
            if folder.is_relative_to(OURS)
            for path in folder.rglob("*.html")
        }
    )


def page(path: str) -> None:
    """Ask for a page as a stranger would, through every layer, and drop the answer."""
    # Its own host, over TLS: another is refused before the layers, and logged as an attack.
    host = next((name for name in settings.ALLOWED_HOSTS if name.strip(".*")), "localhost").lstrip(".")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(),
    }
    answer = application(environ, lambda status, headers, failed=None, /: _drop)
    for _ in answer:
        pass
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _drop(data: bytes) -> None:
    """Where a page that nobody asked for goes."""
