"""Whether a child's guardian is safe to contact, and the letter to one who is."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care.actions.clear_guardian import clear_guardian, read_clearing, revoke_clearing
from libertad.care.clearings import OPEN, WAITS
from libertad.care.forms_family import ClearForm, ClearReadForm, RevokeForm
from libertad.care.guardian_letter import LINES, letter_pdf
from libertad.care.pages import after_reading, find, now_of, to
from libertad.care.presenters import FileSeen
from libertad.care.queries_clearings import ClearingSeen, clearings, confirmed_clearing
from libertad.care.queries_family import GuardianSeen, family
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage, Pair
from libertad.look.times import when
from libertad.look.words import words


def clear_new(request: HttpRequest, person: str, entry: str) -> HttpResponse:
    """Record a guardian as safe to contact."""
    file = find(request, person)
    guardian = _guardian(request, person, entry)
    form = ClearForm(request.POST or None, now=now_of(request))
    if save(request, form, clear_guardian, person=person, guardian=entry):
        return redirect("care-family", person)
    page = _page(
        file,
        _("Safe to contact"),
        _("Record as safe to contact"),
        _facts(guardian),
        _(
            "A guardian may be who trafficked the child. It counts once another officer has read it, and "
            "until anything else is said of any guardian of this child. Nobody is told by it."
        ),
    )
    return form_page(request, file, form, page)


def clear_read(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Read second that a guardian is safe to contact."""
    file = find(request, person)
    clearing = _clearing(request, person, key)
    if clearing.state != WAITS:
        raise Http404
    form = ClearReadForm(request.POST or None, now=now_of(request))
    if save(request, form, read_clearing, clearing=key):
        return after_reading(request, person, to(request, "care-family", person))
    facts = [
        *_facts(_guardian(request, person, clearing.guardian)),
        Pair(_("Safe to contact, because"), clearing.why),
        Pair(_("Recorded by"), clearing.by, when(clearing.when)),
    ]
    page = _page(
        file,
        _("Second reading: safe to contact"),
        _("Record my reading"),
        facts,
        _("If you agree, a letter can be printed for this guardian. None goes by itself."),
    )
    return form_page(request, file, form, page)


def revoke(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Say that a guardian is not safe to contact, or no more."""
    file = find(request, person)
    clearing = _clearing(request, person, key)
    if clearing.state not in OPEN:
        raise Http404
    form = RevokeForm(request.POST or None, now=now_of(request))
    if save(request, form, revoke_clearing, clearing=key):
        return redirect("care-family", person)
    page = _page(
        file,
        _("Not safe to contact any more"),
        _("Take it back"),
        _facts(_guardian(request, person, clearing.guardian)),
        _("It counts at once, without a second reader. A letter that was handed over stays handed over."),
    )
    return form_page(request, file, form, page)


def letter(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """What the letter says, chosen from a list; then the letter, which nothing of the file is on."""
    file = find(request, person)
    clearing = confirmed_clearing(actor_of(request), person, key)
    if clearing is None:
        raise Http404
    chosen = request.GET.getlist("line")
    codes = [code for code in LINES if code in chosen]
    if codes:
        response = HttpResponse(letter_pdf(codes), content_type="application/pdf")
        response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
        return response
    page = _page(
        file,
        _("Letter to a guardian"),
        _("Make the letter (PDF)"),
        _facts(_guardian(request, person, clearing.guardian)),
        "",
    )
    context = {
        "page": page,
        "form": None,
        "file": file,
        "lines": list(LINES.items()),
        "wont": _(
            "It is printed and handed over by hand: nothing is sent. No name is on it, nor who sends it, nor "
            "any place: write both names on the paper, and nothing else. Who hands it over does not come "
            "from where the child is, and does not go back there."
        ),
    }
    return render(request, "care/letter.html", context)


def _guardian(request: HttpRequest, person: str, entry: str) -> GuardianSeen:
    listed = family(actor_of(request), person).guardians
    view = next((row for row in listed if row.entry == entry and not row.ended), None)
    if view is None:
        raise Http404
    return view


def _clearing(request: HttpRequest, person: str, key: str) -> ClearingSeen:
    view = next((row for row in clearings(actor_of(request), person) if row.id == key), None)
    if view is None:
        raise Http404
    return view


def _facts(guardian: GuardianSeen) -> list[Pair]:
    checked = _("Checked: had no part in what was done") if guardian.checked else _("Not checked yet")
    return [Pair(words("guardian-kinds", guardian.kind), guardian.name, checked, strong=True)]


def _page(file: FileSeen, title: str, button: str, facts: list[Pair], wont: str) -> FormPage:
    return FormPage(
        title=title,
        button=button,
        reference=file.reference,
        back=back_to(file, "care-family", _("Family and guardian")),
        facts=facts,
        wont=wont,
    )
