"""The letter to a child's guardian: all that it can say. No word of the file, an officer or a form is on it.

A guardian may be who trafficked the child, so none of it tells where the child is, or who has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from libertad.look.paper import pdf

PAPER = Path(__file__).parents[1] / "people" / "papers" / "guardian.typ"
LINES = {
    "cared-for": lazy("The child is being looked after."),
    "well": lazy("The child is in good health."),
    "greets": lazy("The child sends you greetings."),
    "agreement": lazy("Your agreement is asked for. Who hands you this letter explains to what."),
    "answer": lazy("You can answer through the person who hands you this letter."),
}


def letter_pdf(codes: Iterable[str]) -> bytes:
    """The letter with these of LINES, in the language of the page. KeyError for anything else."""
    return pdf(
        PAPER,
        get_language() or "en",
        {
            "title": _("Letter to a guardian"),
            "to": _("To"),
            "about": _("About the child"),
            "lines": [str(LINES[code]) for code in codes],
            "not_where": _(
                "For the child's protection nobody tells where the child is. Please do not look for the "
                "child, and do not ask others where the child is."
            ),
        },
    )
