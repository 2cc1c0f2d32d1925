"""`{% csrf_token %}` of every form: Django's, and the id by which a form that arrives twice writes once.

It takes the place of Django's tag (`builtins` in the settings), because a form without it is refused: so none
can be shown that lacks the id.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.http import HttpRequest
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html
from django.utils.safestring import SafeString

from libertad.access import choosing
from libertad.access.submissions import FIELD, SHAPE, new_submission

register = template.Library()


class PostingNode(CsrfTokenNode):
    """Hidden fields: Django's, and of who is signed in the id and, where there are several, the operation."""

    def render(self, context: Context) -> SafeString:
        hidden = SafeString(super().render(context))
        request: Any = context.get("request")
        if not hidden or getattr(request, "actor", None) is None:
            return hidden
        fields = [(FIELD, submission_of(request))]
        if len(choosing.choices(request)) > 1:
            fields.append((choosing.FIELD, request.actor.operation))
        return SafeString(
            hidden
            + "".join(format_html('<input type="hidden" name="{}" value="{}">', *field) for field in fields)
        )


def submission_of(request: Any) -> str:
    """A new id; on the answer to a form that was refused that form's own, since nothing used it up."""
    token = (
        request.POST.get(FIELD, "") if isinstance(request, HttpRequest) and request.method == "POST" else ""
    )
    posting = getattr(request, "posting", None)
    unspent = posting is not None and posting.token is not None and not posting.submission.writes
    if unspent and SHAPE.fullmatch(token):
        return str(token)
    return new_submission()


@register.tag
def csrf_token(parser: Parser, token: Token) -> PostingNode:
    return PostingNode()
