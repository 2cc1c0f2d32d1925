"""All entry types, by room. Importing this package fills `libertad.vocabulary.body.VERBS`."""

from libertad.vocabulary.verbs import (
    access,
    attachments,
    care,
    changes,
    closing,
    counting,
    custody,
    danger,
    desk,
    evidence,
    figures,
    hits,
    keeping,
    operations,
    people,
    store,
)

__all__ = [
    "access",
    "attachments",
    "care",
    "changes",
    "closing",
    "counting",
    "custody",
    "danger",
    "desk",
    "evidence",
    "figures",
    "hits",
    "keeping",
    "operations",
    "people",
    "store",
]
