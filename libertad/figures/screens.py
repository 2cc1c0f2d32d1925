"""Pages of this room: figures, the entries behind a number, the public version, releases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, clock_now
from libertad.figures import (
    care_page,
    counted_rows,
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
from libertad.look.page_objects import (
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
)
from libertad.look.paging import page_number, show_list
from libertad.look.words import choices
from libertad.look.words import words as label
from libertad.vocabulary.values import Happened


def _no_names(request: HttpRequest) -> None:
    request.opening_note = _("Counts only: no names are shown on this page")  # type: ignore[attr-defined]


def figures(request: HttpRequest) -> HttpResponse:
    """Totals, each number opening to the entries behind it for those who may see them."""
    actor = actor_of(request)
    _no_names(request)
    figures_seen = queries.figures(actor)
    return render(
        request,
        "figures/figures.html",
        {"page": page.figures_page(actor, figures_seen), "cares": care_page.tables(actor)},
    )


def entries(request: HttpRequest, figure: str) -> HttpResponse:
    """The records behind one number: no names, no counting ids."""
    actor = actor_of(request)
    if figure not in counted_rows.FIGURES:
        raise Http404
    _no_names(request)
    country = request.GET.get("country", "")
    as_of, since = (
        _moment(actor, request.GET.get("release", "")),
        _moment(actor, request.GET.get("since", "")),
    )
    number = page_number(request.GET.get("page", ""))
    page_entries = entries_behind(actor, figure, country, as_of=as_of, since=since, page=number)
    second = _("%(n)d records.") % {"n": page_entries.total}
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
                Column(_("Country or territory")),
                Column(_("Met")),
                Column(_("Age group")),
                Column(_("Sex, as said")),
                Column(_("Workplace")),
                Column(_("Status")),
                Column(_("Since")),
                Column(_("Signed")),
            ],
            [_entry_row(entry) for entry in page_entries.entries],
        ),
        filters=[
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", queries.figures_countries(actor), _("All"))(),
                country,
            )
        ],
        empty=Empty(
            _("No record stands behind this"),
            _("The number is 0."),
            Action(_("Back to the figures"), reverse("figures")),
        ),
        pages=_pages(request, number, page_entries.total),
    )
    return show_list(request, here)


def _entry_row(entry: EntryBehind) -> Row:
    if entry.status in ("detained", "arrested", "charged", "released"):
        status = Cell(label("tally-statuses", entry.status))
    else:
        status = Cell(
            label("seen-as", entry.status),
            code=entry.status,
            second=_("as the officer saw it") if entry.met else "",
        )
    return Row(
        [
            Cell(page.country(entry.country), second=_("met more than once") if entry.linked else ""),
            Cell(words.day(entry.met_at) if entry.met else _("not met as a possible victim")),
            Cell(label("age-groups", entry.age_group) or _("Not said")),
            Cell(label("sexes", entry.sex) or _("Not said")),
            Cell(label("workplaces", entry.workplace) or _("Not said")),
            status,
            Cell(words.day(entry.status_at) if entry.status_at else ""),
            Cell(
                _("Entry and signature") if entry.entry else "",
                reverse("entry", args=[entry.entry]) if entry.entry else "",
                provenance=entry.provenance,
            ),
        ]
    )


def _pages(request: HttpRequest, number: int, total: int) -> Pages | None:
    last = -(-total // PAGE)
    if last < 2:
        return None
    query = request.GET.copy()
    parts = []
    for linked in range(max(1, number - 3), min(last, number + 3) + 1):
        query["page"] = str(linked)
        parts.append(Link(str(linked), f"?{query.urlencode()}", current=linked == number))
    return Pages(parts, _("Page %(page)d of %(last)d") % {"page": number, "last": last})


def _moment(actor: Any, release: str) -> datetime | None:
    """The moment of a release; an unknown one is not found."""
    if not release:
        return None
    shown_release = queries.release(actor, release)
    if shown_release is None:
        raise Http404
    return shown_release.as_of


def public(request: HttpRequest) -> HttpResponse:
    """What may go out: the release of the latest moment with small numbers withheld."""
    actor = actor_of(request)
    _no_names(request)
    figures = queries.figures(actor)
    last = figures.releases[0] if figures.releases else None
    action = None
    if can_say(actor, "release.propose"):
        action = Action(_("Prepare a release"), reverse("release-new"))
    here = ListPage(
        title=_("Public version"),
        second=public_page.sentence(figures, last) + " " + words.small_print(last.as_of) if last else "",
        provenance=figures.mark("public", 0) if last else "",
        table=public_page.table(last) if last else None,
        action=Action(_("Download"), reverse("figures-public-download")) if last else None,
        empty=Empty(
            _("Nothing has been released yet"),
            _("The public version is made from a release, never from figures that still move."),
            action,
        ),
    )
    statuses = public_page.statuses(last) if last else None
    return show_list(request, here, "figures/more.html", more=statuses)


def _csv(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def download(request: HttpRequest) -> HttpResponse:
    """The page's numbers as CSV, one cell a row, with provenance."""
    actor = actor_of(request)
    return _csv("figures.csv", public_page.download(queries.figures(actor)))


def public_download(request: HttpRequest) -> HttpResponse:
    """The public version as CSV."""
    actor = actor_of(request)
    figures = queries.figures(actor)
    if not figures.releases:
        raise Http404
    return _csv("figures-public.csv", public_page.download_public(figures, figures.releases[0]))


def release(request: HttpRequest, key: str) -> HttpResponse:
    """One release: what it said, what changed since the one before, and its own table."""
    actor = actor_of(request)
    _no_names(request)
    shown_release = queries.release(actor, key)
    if shown_release is None:
        return withdrawn_page(request, key)
    opens = page.Opens(actor)
    figures = queries.figures(actor)
    numbers = (shown_release.countries, shown_release.potential_victims, shown_release.total.arrests)
    sentence = (
        words.sentence(shown_release.days, numbers, counted=shown_release.care_day)
        if figures.operation
        else ""
    )
    changes = [
        Row(
            [
                Cell(words.change(name, value)),
                Cell(
                    _("Show them") if value > 0 and opens.may and name in page.CHANGED else "",
                    opens(page.CHANGED[name], value, release=shown_release.id, since=shown_release.before)
                    if value > 0 and name in page.CHANGED
                    else "",
                ),
            ]
        )
        for name, value in (shown_release.changes or {}).items()
    ]
    here = ListPage(
        title=_("Release %(n)d") % {"n": shown_release.number},
        second=f"{sentence} {words.small_print(shown_release.as_of)} {page.signature(shown_release)}.",
        provenance=shown_release.provenance,
        table=page.snapshot(shown_release),
        action=Action(_("Entry and signature"), reverse("entry", args=[shown_release.entry])),
    )
    caption = _("What changed since the release of the moment before")
    changes_table = Table(caption, [Column(_("Change")), Column(_("Entries"))], changes) if changes else None
    return show_list(request, here, "figures/more.html", more=changes_table)


def release_new(request: HttpRequest) -> HttpResponse:
    """Propose a release: the sentence is shown before, the node counts it; another account signs it."""
    actor = actor_of(request)
    _no_names(request)
    clock = clock_now(actor.operation).replace(second=0)
    named = queries_care.counting(actor)
    moments = releasable.moments(actor, clock, named)
    if moments.covered is not None and request.method == "GET" and request.GET.get("cut") != "earlier":
        return _covered(request, moments, moments.covered)
    now = moments.newest
    form = ReleaseForm(request.POST or None, initial={"as_of": Happened(at=now, zone=actor.zone)})
    form.fields["as_of"].zone_name = actor.zone  # type: ignore[attr-defined]
    form.fields["as_of"].help_text = moments.hint(actor.zone)
    as_of = now
    if request.method == "POST" and form.is_valid():
        cut = form.cleaned_data["as_of"].utc
        if why := moments.refusal(cut, clock):
            form.add_error("as_of", why)
        else:
            as_of = cut
    figures = queries.figures(actor, as_of)
    block = queries_care.block(named, as_of) if named else None
    victims = block[1].potential_victims if block else figures.total.potential
    later = queries.later_release(figures.releases, as_of)
    token = f"{to_ms(as_of)}:{len(figures.countries)}:{victims}:{figures.total.arrests}"
    token += f":{block[2] if block else ''}:{later.id if later else ''}"
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
    line = figures.total
    numbers = (len(figures.countries), victims, line.arrests)
    preview = [
        words.sentence(
            cuts.until(
                (figures.operation.first_day, figures.operation.last_day), as_of, figures.operation.zone
            ),
            numbers,
            counted=words.care_count(as_of, block[0] if block else None),
        )
        if figures.operation
        else "",
        words.small_print(as_of),
        _("With what care decided, as of %(moment)s: presumed %(presumed)d, confirmed %(confirmed)d.")
        % {"moment": words.utc(block[0]), "presumed": block[1].presumed, "confirmed": block[1].confirmed}
        if block
        else _("By first views: no numbers of care are published as of this moment."),
        _("Sites: %(sites)d. Hits: %(hits)d.") % {"sites": figures.sites, "hits": figures.hits},
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


def _covered(request: HttpRequest, moments: releasable.Moments, row: Release | Proposal) -> HttpResponse:
    """The newest cut is released or proposed already: which, when the next one is, what else can be done."""
    values = {"n": row.number, "last": words.utc(moments.last), "further": words.utc(moments.further)}
    waits = moments.waits
    if waits:
        message = _("Release %(n)d of the newest cut, %(last)s, waits for a second signature.") % values
    else:
        message = _("Release %(n)d of the newest cut, %(last)s, is published.") % values
    links = [
        Link(
            (_("Open the proposed release %(n)d") if waits else _("Open release %(n)d")) % values,
            reverse("release-sign" if waits else "release", args=[row.pk]),
        ),
        Link(_("Public version"), reverse("figures-public")),
    ]
    earlier = ""
    if not moments.nothing:
        earlier = _(
            "Of an earlier cut, %(moment)s, something can still be released. It would stand beside the "
            "others and take no later one's place."
        ) % {"moment": words.utc(moments.newest)}
    context = {
        "title": _("The newest figures are released already") if not waits else _("A release waits already"),
        "told": message,
        "next": _(
            "It says all that is on file as of that cut. The next cut is %(further)s: a release of it can be "
            "prepared from then on. What comes in late for the newest cut can be released at once."
        )
        % values,
        "links": links,
        "earlier": earlier,
        "back": Link(_("Figures"), reverse("figures")),
    }
    return render(request, "figures/release_covered.html", context)
