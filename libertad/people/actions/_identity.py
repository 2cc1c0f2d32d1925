"""What is said of who is held, checked against the day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from libertad.access.acting import Act
from libertad.vocabulary.body import build
from libertad.vocabulary.bounds import VALID, check_not_far
from libertad.vocabulary.verbs.custody import DetentionIdentity
from libertad.vocabulary.written import check_birth


def identity_said(act: Act, values: Mapping[str, Any]) -> DetentionIdentity:
    """What is said of who is held; Refused for a birth or an expiry that cannot be."""
    content = build(DetentionIdentity, dict(values))
    if content.document_expires:
        check_not_far(content.document_expires, act.happened.local.date(), "document_expires", years=VALID)
    if content.birth is not None and content.birth.date:
        check_birth(content.birth.date, act.now.date() + timedelta(days=1))
    return content
