"""'Five minutes': the demo's short way from page to page, each under the officer whose work it is.

The scenario says where each step leads (`home/demo.json`); what there is to see is said here. Nothing of it
exists outside the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.models import Account
from libertad.look.addresses import address_of
from libertad.web.demo_accounts import DemoAccount, account_row, demo, demo_accounts

AT = "five-minutes"  # in the session: at which step somebody is
AWAY = "five-minutes-away"  # a cookie: put away


@dataclass(frozen=True)
class Step:
    """One page of the way. `words`: what there is to see, and why; `today`: how Today leads there."""

    key: str
    number: int
    title: str
    words: str
    today: str
    account: DemoAccount
    href: str


@dataclass(frozen=True)
class Guide:
    """What the band on a page shows: where somebody is (None before the first step), and what is next."""

    here: Step | None
    then: Step | None
    count: int


def texts() -> dict[str, tuple[str, str, str]]:
    """By step: title, what there is to see, and what leads there from Today."""
    return {
        "moved": (
            _("The woman who was moved across a border"),
            _(
                "Police in Guyana met her on 3 April, police in Venezuela on 7 April. The node found that"
                " the two records are alike; one officer asked Venezuela, and a second one read before "
                "they were linked. She is counted once."
            ),
            _("On Today it stands as 'Confirmed'."),
        ),
        "empty": (
            _("The site that was found empty"),
            _(
                "When the team reached the mine its people had been moved in the night. The visit is on "
                "file as it was, and the lead behind it has become stale, because she was met elsewhere "
                "since."
            ),
            _("On Today 'Confirmed' leads to her first file, and that to the site."),
        ),
        "phone": (
            _("The phone that another country knew"),
            _(
                "A phone seized in Jamaica has the number that a lead in Venezuela had named a month "
                "before. Each weight is told in bits: one number in two leads is a reason to look, and an"
                " analyst decided."
            ),
            _("On Today it stands as 'Confirmed'."),
        ),
        "passport": (
            _("The passport on its way back"),
            _(
                "The manager had kept it; the team found it in the empty mine. It is offered to this "
                "officer, who takes it to the border, where she signs for it. Until it is accepted the "
                "store answers for it."
            ),
            _("On Today it stands as 'Custody is offered to you'."),
        ),
        "namesake": (
            _("Two women of one name"),
            _(
                "More alike than she who was moved, and still two people: they were seen together. The "
                "officer's reasons stay on file, and the pair comes back only with new facts."
            ),
            _("It is decided, so Today is silent about it."),
        ),
        "child": (
            _("The child whose age is not settled"),
            _(
                "She says 1999, her passport says 2001. Both stand with their source, a person settles "
                "it, and until then the rules for a child hold."
            ),
            _("On Today it stands as 'Two birth years'."),
        ),
        "consent": (
            _("An agreement that was taken back"),
            _(
                "This person agreed that the embassy is told, and took it back the next day. From then "
                "on nothing goes out under it. A shelter that was asked had no place: its refusal stands "
                "under 'Referrals'."
            ),
            _("It holds by itself, so Today is silent about it."),
        ),
        "forged": (
            _("The bundle of a node that was changed"),
            _(
                "A node of its own joined for this demo, had its checks taken out, and sent a bundle in "
                "which it says that an officer of another authority has left. Its signature is valid; it "
                "may not say so. It is held, counts nowhere, and is kept as proof. What to do: call its "
                "authority on a number that you had before, then settle the alarm. 'Quarantine' under "
                "'Exchange' shows all that is held."
            ),
            _("On Today it stands as 'Entry from an authority not entitled to make it'."),
        ),
        "figure": (
            _("The figure that opens to all of it"),
            _(
                "Each number opens to the entries behind it, as far as you may read them; what cannot be "
                "counted yet is shown apart. She who was met twice is one of them, once."
            ),
            _("Today's bar leads to it: 'Figures'."),
        ),
    }


def steps() -> list[Step]:
    """The way, in its order; [] where the demo has none, or a step's page or officer is not there."""
    accounts = {row.account: row for row in demo_accounts()}
    step_texts = texts()
    way: list[Step] = []
    for row in demo().get("guide", []):
        account, href = accounts.get(row["account"]), _address(row)
        if account is not None and href and row["step"] in step_texts:
            title, words, today = step_texts[row["step"]]
            way.append(Step(row["step"], len(way) + 1, title, words, today, account, href))
    return way


def _address(row: Mapping[str, Any]) -> str:
    return address_of(row["route"], *row["keys"])


def begin(request: HttpRequest, key: str) -> tuple[Account, Step] | None:
    """The step and the account under which its page is opened; None for a step that is not on the way."""
    step = next((candidate for candidate in steps() if candidate.key == key), None)
    account = account_row(step.account.account) if step else None
    return None if step is None or account is None else (account, step)


def guide(request: HttpRequest) -> Guide | None:
    """The band of this page: at a step, or on Today before the first; None outside the demo or put away."""
    if not settings.LIBERTAD_DEMO or settings.ROOT_URLCONF != "libertad.web.demo_urls":
        return None
    session = getattr(request, "session", None)
    if session is None or request.COOKIES.get(AWAY) == "1" or not (way := steps()):
        return None
    at = session.get(AT, "")
    here = next((candidate for candidate in way if candidate.key == at), None)
    if here is None:
        return Guide(None, way[0], len(way)) if request.path == reverse("home") else None
    return Guide(here, way[here.number] if here.number < len(way) else None, len(way))
