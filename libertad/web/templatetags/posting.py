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

from libertad.access.submissions import FIELD, SHAPE, new_submission

register = template.Library()


class PostingNode(CsrfTokenNode):
    """Two hidden fields; before sign-in the first alone."""

    def render(self, context: Context) -> SafeString:
        hidden = SafeString(super().render(context))
        request = context.get("request")
        if not hidden or getattr(request, "actor", None) is None:
            return hidden
        return SafeString(
            hidden + format_html('<input type="hidden" name="{}" value="{}">', FIELD, submission_of(request))
        )


def submission_of(request: Any) -> str:
    """A new id; on the answer to a form that was refused that form's own, since nothing used it up."""
    given = (
        request.POST.get(FIELD, "") if isinstance(request, HttpRequest) and request.method == "POST" else ""
    )
    posting = getattr(request, "posting", None)
    unspent = posting is not None and posting.token is not None and not posting.submission.writes
    if unspent and SHAPE.fullmatch(given):
        return str(given)
    return new_submission()


@register.tag
def csrf_token(parser: Parser, token: Token) -> PostingNode:
    return PostingNode()
