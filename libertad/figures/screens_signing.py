"""The pages on which another account signs a proposed release, or its own authority withdraws it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import authority_names, can_say, open_row
from libertad.figures import queries, words
from libertad.figures.actions.sign_release import sign_release
from libertad.figures.actions.withdraw_release import withdraw_release
from libertad.figures.forms import SignForm, WithdrawForm
from libertad.figures.models import Proposal, WithdrawnProposal
from libertad.look.page_objects import FilePage, FormPage, Link
from libertad.look.words import words as label

# In the order in which they add up.
CARE = (
    "records",
    "met_twice",
    "not_a_victim",
    "not_assessed",
    "potential",
    "presumed",
    "confirmed",
)


def release_sign(request: HttpRequest, key: str) -> HttpResponse:
    """All that would be signed, number by number; a proposal changed meanwhile is shown and not signed."""
    actor = actor_of(request)
    row = queries.proposal(actor, key)
    if row is None:
        return _decided(actor, key)
    form = SignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, sign_release, release=key, proposal=form.cleaned_data["proposal"]
        )
        if done:
            return redirect("release", key)
        form.data = {**request.POST.dict(), "proposal": row.entry}
    form.initial["proposal"] = row.entry
    own = row.officer == actor.officer
    here = FormPage(
        title=_("Release %(n)d waits for a second signature") % {"n": row.number},
        button=_("Sign and publish the release"),
        back=Link(_("Figures"), reverse("figures")),
        intro=_("You proposed it: another account signs it.") if own else _("Read it whole, then sign."),
        wont=_(
            "You sign exactly this. If it is changed before you send, nothing is signed: you see it again. "
            "Nothing is sent to anybody: members see it here."
        ),
    )
    withdraw = reverse("release-withdraw", args=[key]) if may_withdraw(actor, row) else ""
    context = {"page": here, "form": form, "preview": [*_lines(actor, row)], "withdraw": withdraw}
    return render(request, "figures/release_sign.html", context, status=422 if form.errors else 200)


def may_withdraw(actor: Any, row: Proposal) -> bool:
    """Who proposed it may take it back: an officer of that authority whose role may."""
    return can_say(actor, "release.withdraw") and row.authority == actor.authority


def _decided(actor: Any, key: str) -> HttpResponse:
    """Where a proposal waits no more: to the page that says what became of it."""
    if queries.release(actor, key) is None and queries.withdrawn_proposal(actor, key) is None:
        raise Http404
    return redirect("release", key)


def release_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Take a proposal back before it is signed, with the reason."""
    actor = actor_of(request)
    row = queries.proposal(actor, key)
    if row is None:
        return _decided(actor, key)
    if not may_withdraw(actor, row):
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, withdraw_release, release=key, **form.cleaned_data)
        if done:
            return redirect("release", key)
        form.data = {**request.POST.dict(), "proposal": row.entry}
    form.initial["proposal"] = row.entry
    here = FormPage(
        title=_("Withdraw the proposed release %(n)d") % {"n": row.number},
        button=_("Withdraw the proposal"),
        back=Link(_("The proposed release"), reverse("release-sign", args=[key])),
        wont=_(
            "Nobody can sign it any more, and its number is not given again. The members see what was "
            "proposed, that it was withdrawn, by whom and why."
        ),
    )
    context = {"page": here, "form": form, "preview": [*_lines(actor, row)]}
    return render(request, "figures/release_sign.html", context, status=422 if form.errors else 200)


def withdrawn_page(request: HttpRequest, key: str) -> HttpResponse:
    """What was proposed, and that it was withdrawn: by whom, when and why."""
    actor = actor_of(request)
    row = queries.withdrawn_proposal(actor, key)
    if row is None:
        raise Http404
    texts = open_row(actor, row)
    values = {
        "by": texts.get("withdrawn_by", "") or _("an officer whose name you may not read"),
        "authority": authority_names([row.authority]).get(row.authority, ""),
        "moment": words.utc(row.withdrawn_at),
    }
    here = FilePage(
        kind=_("Figures"),
        reference=_("Release %(n)d") % {"n": row.number},
        title=_("Withdrawn before it was signed"),
        second=_("Nothing of it was published."),
        provenance=row.provenance,
    )
    context = {
        "page": here,
        "withdrawn": _("Withdrawn by %(by)s, %(authority)s, %(moment)s.") % values,
        "reasons": texts.get("reasons", ""),
        "preview": [*_lines(actor, row)],
        "entry": row.withdrawal,
    }
    return render(request, "figures/release_withdrawn.html", context)


def _lines(actor: Any, row: Proposal | WithdrawnProposal) -> Iterator[str]:
    """The sentence, then every number of the proposal, and by whom and as what it is proposed."""
    content: Mapping[str, Any] = row.content
    operation = queries.operation_of(actor)
    numbers = (content["countries"], content["potential_victims"], content["arrests"])
    care_as_of = datetime.fromisoformat(content["care"]["as_of"]) if content.get("care") else None
    counted = words.care_count(row.as_of, care_as_of)
    if operation is not None:
        span = content.get("first_day") or operation.first_day, content.get("last_day") or operation.last_day
        yield words.sentence(span, numbers, counted=counted)
    yield words.small_print(row.as_of)
    if isinstance(row, Proposal):
        later = queries.later_release(queries.releases(actor), row.as_of)
        if later is not None:
            yield words.not_replacing(later.number, later.as_of)
        for rival in queries.other_proposals(actor, beside=row.pk):
            yield words.waits_too(rival.number, rival.as_of)
    yield _("Proposed by %(by)s, %(authority)s, %(moment)s.") % {
        "by": open_row(actor, row).get("by", "") or _("an officer whose name you may not read"),
        "authority": authority_names([row.authority]).get(row.authority, ""),
        "moment": words.utc(row.proposed_at),
    }
    if row.alone:
        yield _("No other authority of the operation has an officer who may sign: another of this one does.")
    yield _("Sites: %(sites)d. Hits: %(hits)d.") % {"sites": content["sites"], "hits": content["hits"]}
    if care_as_of is not None:
        yield _("What care decided, for the whole operation, as of %(moment)s: %(numbers)s.") % {
            "moment": words.utc(care_as_of),
            "numbers": _numbers_line({name: content["care"].get(name) for name in CARE}, words.decided),
        }
    for line in content.get("line", ()):
        yield f"{label('countries', line['country'])}: {_numbers_line(line) or '0'}"
    yield _("Entry %(hash)s") % {"hash": row.entry}


def _numbers_line(numbers: Mapping[str, Any], named: Callable[[str], str] = words.label) -> str:
    """The numbers that are not 0, by their names on the page of figures."""
    return ", ".join(
        f"{named(name.replace('_', '-'))} {value}"
        for name, value in numbers.items()
        if isinstance(value, int) and not isinstance(value, bool) and value
    )
