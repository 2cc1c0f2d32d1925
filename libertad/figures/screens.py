"""Pages of this room: figures, the entries behind a number, the public version, releases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.queries import can_say, clock_now
from libertad.access.trying import try_perform
from libertad.figures import (
    behind,
    care_page,
    cuts,
    page,
    public_page,
    queries,
    queries_care,
    releasable,
    words,
)
from libertad.figures.actions.propose_release import propose_release
from libertad.figures.forms import ReleaseForm
from libertad.figures.models import Proposal, Release
from libertad.figures.queries_entries import PAGE, EntryBehind, entries_behind
from libertad.figures.screens_signing import withdrawn_page
from libertad.journal.fields import to_ms
from libertad.look.looks import (
    Action,
    Cell,
    Column,
    Empty,
    Filter,
    FormPage,
    Link,
    ListPage,
    Pages,
    Row,
    Table,
)  # fmt: skip
from libertad.look.paging import page_number
from libertad.look.words import choices
from libertad.look.words import words as label
from libertad.vocabulary.values import Happened


def _no_names(request: HttpRequest) -> None:
    request.opening_note = _("Counts only: no names are shown on this page")  # type: ignore[attr-defined]


def figures(request: HttpRequest) -> HttpResponse:
    """Totals, each number opening to the entries behind it for those who may see them."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    _no_names(request)
    seen = queries.figures(actor)
    return render(
        request,
        "figures/figures.html",
        {"page": page.figures_page(actor, seen), "cares": care_page.tables(actor)},
    )


def entries(request: HttpRequest, figure: str) -> HttpResponse:
    """The records behind one number: no names, no counting ids."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    if figure not in behind.FIGURES:
        raise Http404
    _no_names(request)
    asked = request.GET.get("country", "")
    as_of, since = (
        _moment(actor, request.GET.get("release", "")),
        _moment(actor, request.GET.get("since", "")),
    )
    number = page_number(request.GET.get("page", ""))
    found = entries_behind(actor, figure, asked, as_of=as_of, since=since, page=number)
    second = _("%(n)d records.") % {"n": found.total}
    if as_of:
        second += " " + _("As of %(moment)s, by what the journal says now.") % {"moment": words.utc(as_of)}
    if since:
        second += " " + _("Those that came since %(moment)s.") % {"moment": words.utc(since)}
    here = ListPage(
        title=words.label(figure),
        second=second + " " + _("Nothing here leads to a person's file."),
        table=Table(
            words.label(figure),
            [
                Column(_("Country or territory")), Column(_("Met")), Column(_("Age group")),
                Column(_("Sex, as said")), Column(_("Workplace")), Column(_("Status")), Column(_("Since")),
                Column(_("Signed")),
            ],
            [_entry_row(one) for one in found.entries],
        ),
        filters=[
            Filter(
                "country", _("Country or territory"),
                choices("countries", queries.figures_countries(actor), _("All"))(), asked,
            )
        ],
        empty=Empty(
            _("No record stands behind this"), _("The number is 0."),
            Action(_("Back to the figures"), reverse("figures")),
        ),
        pages=_pages(request, number, found.total),
    )  # fmt: skip
    return render(request, "web/list.html", {"page": here})


def _entry_row(one: EntryBehind) -> Row:
    if one.status in ("detained", "arrested", "charged", "released"):
        status = Cell(label("tally-statuses", one.status))
    else:
        status = Cell(
            label("seen-as", one.status),
            code=one.status,
            second=_("as the officer saw it") if one.met else "",
        )
    return Row(
        [
            Cell(page.country(one.country), second=_("met more than once") if one.linked else ""),
            Cell(words.day(one.met_at) if one.met else _("not met as a possible victim")),
            Cell(label("age-groups", one.age_group) or _("Not said")),
            Cell(label("sexes", one.sex) or _("Not said")),
            Cell(label("workplaces", one.workplace) or _("Not said")),
            status,
            Cell(words.day(one.status_at) if one.status_at else ""),
            Cell(
                _("Entry and signature") if one.entry else "",
                reverse("entry", args=[one.entry]) if one.entry else "",
                provenance=one.provenance,  # type: ignore[arg-type]
            ),
        ]
    )


def _pages(request: HttpRequest, number: int, total: int) -> Pages | None:
    last = -(-total // PAGE)
    if last < 2:
        return None
    asked = request.GET.copy()
    parts = []
    for one in range(max(1, number - 3), min(last, number + 3) + 1):
        asked["page"] = str(one)
        parts.append(Link(str(one), f"?{asked.urlencode()}", current=one == number))
    return Pages(parts, _("Page %(page)d of %(last)d") % {"page": number, "last": last})


def _moment(actor: Any, release: str) -> datetime | None:
    """The moment of a release; an unknown one is not found."""
    if not release:
        return None
    found = queries.release(actor, release)
    if found is None:
        raise Http404
    return found.as_of


def public(request: HttpRequest) -> HttpResponse:
    """What may go out: the release of the latest moment with small numbers withheld."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    _no_names(request)
    seen = queries.figures(actor)
    last = seen.releases[0] if seen.releases else None
    action = None
    if can_say(actor, "release.propose"):
        action = Action(_("Prepare a release"), reverse("release-new"))
    here = ListPage(
        title=_("Public version"),
        second=public_page.sentence(seen, last) + " " + words.small_print(last.as_of) if last else "",
        provenance=seen.mark("public", 0) if last else "",
        table=public_page.table(last) if last else None,
        action=Action(_("Download"), reverse("figures-public-download")) if last else None,
        empty=Empty(
            _("Nothing has been released yet"),
            _("The public version is made from a release, never from figures that still move."),
            action,
        ),
    )
    more = public_page.statuses(last) if last else None
    return render(request, "figures/more.html", {"page": here, "more": more})


def _csv(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def download(request: HttpRequest) -> HttpResponse:
    """The page's numbers as CSV, one cell a row, with provenance."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    return _csv("figures.csv", public_page.download(queries.figures(actor)))


def public_download(request: HttpRequest) -> HttpResponse:
    """The public version as CSV."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    seen = queries.figures(actor)
    if not seen.releases:
        raise Http404
    return _csv("figures-public.csv", public_page.download_public(seen, seen.releases[0]))


def release(request: HttpRequest, key: str) -> HttpResponse:
    """One release: what it said, what changed since the one before, and its own table."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    _no_names(request)
    found = queries.release(actor, key)
    if found is None:
        return withdrawn_page(request, key)
    opens = page.Opens(actor)
    seen = queries.figures(actor)
    numbers = (found.countries, found.potential_victims, found.total.arrests)
    said = words.sentence(found.days, numbers, counted=found.counted) if seen.operation else ""
    changes = [
        Row(
            [
                Cell(words.change(name, value)),
                Cell(
                    _("Show them") if value > 0 and opens.may and name in page.CHANGED else "",
                    opens(page.CHANGED[name], value, release=found.id, since=found.before)
                    if value > 0 and name in page.CHANGED
                    else "",
                ),
            ]
        )
        for name, value in (found.changes or {}).items()
    ]
    here = ListPage(
        title=_("Release %(n)d") % {"n": found.number},
        second=f"{said} {words.small_print(found.as_of)} {page.signature(found)}.",
        provenance=found.provenance,  # type: ignore[arg-type]
        table=page.snapshot(found),
        action=Action(_("Entry and signature"), reverse("entry", args=[found.entry])),
    )
    caption = _("What changed since the release of the moment before")
    more = Table(caption, [Column(_("Change")), Column(_("Entries"))], changes) if changes else None
    return render(request, "figures/more.html", {"page": here, "more": more})


def release_new(request: HttpRequest) -> HttpResponse:
    """Propose a release: the sentence is shown before, the node counts it; another account signs it."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    _no_names(request)
    clock = clock_now(actor.operation).replace(second=0)
    named = queries_care.counting(actor)
    there = releasable.moments(actor, clock, named)
    if there.covered is not None and request.method == "GET" and request.GET.get("cut") != "earlier":
        return _covered(request, there, there.covered)
    now = there.newest
    form = ReleaseForm(request.POST or None, initial={"as_of": Happened(at=now, zone=actor.zone)})
    form.fields["as_of"].zone_name = actor.zone  # type: ignore[attr-defined]
    form.fields["as_of"].help_text = there.hint(actor.zone)
    as_of = now
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["as_of"].utc
        if why := there.refusal(asked, clock):
            form.add_error("as_of", why)
        else:
            as_of = asked
    seen = queries.figures(actor, as_of)
    block = queries_care.block(named, as_of) if named else None
    victims = block[1].potential_victims if block else seen.total.potential
    later = queries.later_release(seen.releases, as_of)
    token = f"{to_ms(as_of)}:{len(seen.countries)}:{victims}:{seen.total.arrests}:{block[2] if block else ''}"
    token += f":{later.id if later else ''}"
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["previewed"] != token:
            form.add_error(
                None, _("The sentence below has changed since you last saw it. Read it, then propose it.")
            )
        else:
            done, key = try_perform(
                request, form, propose_release, as_of=as_of, block=block[2] if block else ""
            )
            if done:
                return redirect("release-sign", key)
    if form.is_bound:
        again = request.POST.copy()
        again["previewed"] = token
        form.data = again
    form.initial["previewed"] = token
    line = seen.total
    numbers = (len(seen.countries), victims, line.arrests)
    preview = [
        words.sentence(
            cuts.until((seen.operation.first_day, seen.operation.last_day), as_of, seen.operation.zone),
            numbers,
            counted=words.care_count(as_of, block[0] if block else None),
        )
        if seen.operation
        else "",
        words.small_print(as_of),
        _("With what care decided, as of %(moment)s: presumed %(presumed)d, confirmed %(confirmed)d.")
        % {"moment": words.utc(block[0]), "presumed": block[1].presumed, "confirmed": block[1].confirmed}
        if block
        else _("By first views: no numbers of care are published as of this moment."),
        _("Sites: %(sites)d. Hits: %(hits)d.") % {"sites": seen.sites, "hits": seen.hits},
        *([words.not_replacing(later.number, later.as_of)] if later else []),
        *(words.waits_too(row.number, row.as_of) for row in queries.other_proposals(actor)),
    ]
    here = FormPage(
        title=_("Prepare a release"),
        button=_("Propose the release"),
        back=Link(_("Figures"), reverse("figures")),
        wont=_(
            "No number can be typed: the node counts them as of this moment. No name or file goes out. "
            "An earlier release is not changed: what changed since stands beside it. "
            "It is published when another account has signed it, and nothing is sent to anybody."
        ),
    )
    return render(request, "figures/release_new.html", {"page": here, "form": form, "preview": preview})


def _covered(request: HttpRequest, there: releasable.Moments, row: Release | Proposal) -> HttpResponse:
    """The newest cut is released or proposed already: which, when the next one is, what else can be done."""
    values = {"n": row.number, "last": words.utc(there.last), "further": words.utc(there.further)}
    waits = there.waits
    if waits:
        told = _("Release %(n)d of the newest cut, %(last)s, waits for a second signature.") % values
    else:
        told = _("Release %(n)d of the newest cut, %(last)s, is published.") % values
    links = [
        Link(
            (_("Open the proposed release %(n)d") if waits else _("Open release %(n)d")) % values,
            reverse("release-sign" if waits else "release", args=[row.pk]),
        ),
        Link(_("Public version"), reverse("figures-public")),
    ]
    earlier = ""
    if not there.nothing:
        earlier = _(
            "Of an earlier cut, %(moment)s, something can still be released. It would stand beside the "
            "others and take no later one's place."
        ) % {"moment": words.utc(there.newest)}
    context = {
        "title": _("The newest figures are released already") if not waits else _("A release waits already"),
        "told": told,
        "next": _(
            "It says all that is on file as of that cut. The next cut is %(further)s: a release of it can be "
            "prepared from then on. What comes in late for the newest cut can be released at once."
        ) % values,
        "links": links, "earlier": earlier, "back": Link(_("Figures"), reverse("figures")),
    }  # fmt: skip
    return render(request, "figures/release_covered.html", context)
