"""How an entry contradicts the chain of custody, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

FLAWS = {
    "before-taking": gettext_lazy("It is dated before the exhibit was taken."),
    "after-return": gettext_lazy("It is dated after the exhibit was returned."),
    "no-such-offer": gettext_lazy("The offer that it names is not on file before it."),
    "not-offered-to": gettext_lazy("It was offered to another officer."),
    "accepted-twice": gettext_lazy("This offer had been accepted already. Both acceptances stay on file."),
    "held-by-another": gettext_lazy(
        "Another officer is recorded as holding it then. Both entries stay on file."
    ),
    "not-holder": gettext_lazy("Another officer is recorded as holding it then."),
    "no-such-taking": gettext_lazy("The taking over that it names is not on file before it."),
    "not-the-witness": gettext_lazy("The taking over names another officer as its witness."),
    "witnessed-twice": gettext_lazy("The witness had answered already."),
    "seal-differs": gettext_lazy("The seal read is not the one that was put on."),
    "seal-not-intact": gettext_lazy("The seal was not intact."),
    "seal-opened-differs": gettext_lazy("It names another seal as opened than the one that was on."),
}
MOVES_ALL_THE_SAME = ("seal-differs", "seal-not-intact", "seal-opened-differs")
