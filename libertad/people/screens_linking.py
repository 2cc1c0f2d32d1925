"""A proposal that two records are of one person: read, confirmed, refused, taken back, or linked alone."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.sharing import sharing_rules
from libertad.look.page_objects import FormPage, Link, Pair, StatusCell
from libertad.look.times import when
from libertad.people import queries
from libertad.people.actions.answer_link import confirm_link, link_alone, refuse_link
from libertad.people.forms_linking import REFUSE, LinkAnswerForm, LinkWordsForm
from libertad.people.queries import PersonSeen
from libertad.people.queries_linking import (
    CONFIRM,
    REVIEW,
    WAIT,
    LinkSeen,
    link_waiting,
    linked_by_one,
    links_waiting,
)
from libertad.vocabulary.values import Happened


def link_answer(request: HttpRequest, key: str) -> HttpResponse:
    """For a second person, who confirms or refuses it, or reads what was linked alone; who proposed it takes
    it back. For others no page."""
    actor = actor_of(request)
    proposal = _waiting_or_404(actor, key)
    form = _form(request, proposal)
    if request.method == "POST" and form is not None and form.is_valid():
        data = form.cleaned_data
        ends = proposal.task == WAIT or data.pop("decision", "") == REFUSE
        done, _none = try_perform(
            request, form, refuse_link if ends else confirm_link, source="decision", **data
        )
        if done:
            messages.success(request, _done(proposal, ends))
            return redirect("home")
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/form.html", {"page": _page(actor, proposal), "form": form}, status=status)


def link_by_one(request: HttpRequest, key: str) -> HttpResponse:
    """Link them alone: where nobody second can confirm it, once the wait is over. It stays marked."""
    actor = actor_of(request)
    proposal = _waiting_or_404(actor, key)
    if not proposal.may_alone:
        raise Http404
    form = LinkWordsForm(request.POST or None, initial={"entry": proposal.id})
    form.fields["words"].label = _("Why can it not wait for a second person?")
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, link_alone, source="decision", **form.cleaned_data)
        if done:
            messages.success(
                request, _("Linked by one officer. It stays marked until a second person has read it.")
            )
            return redirect("home")
    page = FormPage(
        title=_("Link two records alone"),
        button=_("Link them alone, and be read"),
        back=Link(_("The proposal"), reverse("link-answer", args=[key])),
        intro=link_words(actor, proposal),
        facts=_facts(actor, proposal),
        wont=_does(),
        warning=True,
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def _waiting_or_404(actor: Actor, key: str) -> LinkSeen:
    proposal = link_waiting(actor, key)
    if proposal is None:
        raise Http404
    return proposal


def _form(request: HttpRequest, proposal: LinkSeen) -> LinkWordsForm | None:
    """None for who linked them alone: somebody second reads it."""
    if proposal.task == WAIT and proposal.is_alone:
        return None
    kind = LinkAnswerForm if proposal.task == CONFIRM else LinkWordsForm
    form = kind(request.POST or None, initial={"entry": proposal.id})
    if proposal.task == WAIT:
        form.fields["words"].label = _("Why do you take it back?")
    elif proposal.is_stale:
        form.fields["decision"].choices = form.fields["decision"].choices[1:]  # type: ignore[attr-defined]
    return form


def _done(proposal: LinkSeen, ends: bool) -> str:
    if ends:
        return _("Nothing is linked: both records stay as they were.")
    if proposal.task == REVIEW:
        return _("Noted: it is the same person.")
    return _("Linked. Both records stay, and the person is counted once.")


def _page(actor: Actor, proposal: LinkSeen) -> FormPage:
    titles = {
        CONFIRM: (_("Are two records of one person?"), _("Save")),
        REVIEW: (
            _("Two records were linked by one officer: read it"),
            _("I have compared both: the same person"),
        ),
        WAIT: (_("Your proposal waits for a second person"), _("Take it back")),
    }
    title, button = titles[proposal.task]
    return FormPage(
        title=title,
        button=button,
        back=Link(_("Today"), reverse("home")),
        intro=link_words(actor, proposal),
        facts=_facts(actor, proposal),
        links=_links(proposal),
        wont=_("Nothing is linked before that.")
        if proposal.task == WAIT and not proposal.is_alone
        else _does(),
    )


def _links(proposal: LinkSeen) -> list[Link]:
    links = []
    if proposal.may_alone:
        links.append(
            Link(
                _("Nobody second can confirm it: link them alone"), reverse("link-alone", args=[proposal.id])
            )
        )
    if proposal.task == REVIEW:
        links.append(
            Link(
                _("They are not the same person: end the link"),
                reverse("person-link", args=[proposal.person]),
            )
        )
    return links


def _does() -> str:
    return _(
        "Nothing is merged: both records stay, and the person is counted once. Danger and what care does "
        "stay with each record. One person ends the link again, if it was wrong."
    )


def _facts(actor: Actor, proposal: LinkSeen) -> list[Pair]:
    """Both records, each with its way there; why; and who answers."""
    mistaken, continued = (_("This record was made by mistake"), _("We go on in this record"))
    labels = (mistaken, continued) if proposal.recorded_twice else (_("One record"), _("The other record"))
    pairs = [
        _record(label, queries.person(actor, key))
        for label, key in zip(labels, (proposal.person, proposal.other), strict=True)
    ]
    pairs.append(Pair(_("What shows it"), proposal.reasons))
    if proposal.is_alone:
        pairs.append(Pair(_("Linked alone because"), proposal.words))
    pairs.append(Pair(_("Who answers"), _answerers(proposal)))
    return pairs


def _record(label: str, person: PersonSeen | None) -> Pair:
    if person is None:
        return Pair(label, _("A record that you do not read"))
    href = reverse("person", args=[person.id])
    danger = _("in danger now") if person.endangered else ""
    return Pair(
        label, person.reference, ", ".join(filter(None, [called(person), danger])), Link(_("Open"), href)
    )


def called(person: PersonSeen) -> str:
    return person.name or _("no name said")


def _answerers(proposal: LinkSeen) -> str:
    if proposal.second:
        return ", ".join(proposal.second)
    minutes = int(sharing_rules().wait.total_seconds() // 60)
    return _(
        "Nobody second of your authority can. After %(minutes)d minutes (assumed) who proposed it may link "
        "them alone, if in a role that links, which stays marked"
    ) % {"minutes": minutes}


def link_words(actor: Actor, proposal: LinkSeen) -> str:
    """Who proposed or did what, and when; whether it can be confirmed still, and until when."""
    values = {
        "who": proposal.officer or proposal.authority,
        "when": when(Happened(at=proposal.said, zone=actor.zone)),
        "files": files_words(actor, proposal),
    }
    if proposal.is_alone:
        return _("%(who)s linked %(files)s alone: proposed %(when)s.") % values
    sentence = _("%(who)s proposes that %(files)s are of one person, %(when)s.") % values
    if proposal.is_stale:
        return " ".join(
            [
                sentence,
                _(
                    "Something was said about one of them since: it cannot be confirmed any more. Read both "
                    "again, and propose it anew."
                ),
            ]
        )
    days = sharing_rules().lapse.days
    return " ".join([sentence, _("It lapses after %(days)d days (assumed).") % {"days": days}])


def files_words(actor: Actor, proposal: LinkSeen) -> str:
    """Both records by reference and name."""
    by_id = {person.id: person for person in queries.people(actor, ids=[proposal.person, proposal.other])}
    named = [
        f"{by_id[key].reference} ({called(by_id[key])})" if key in by_id else _("another record")
        for key in (proposal.person, proposal.other)
    ]
    return _("%(one)s and %(other)s") % {"one": named[0], "other": named[1]}


# -- on the record's page --------------------------------------------------------------------------


def cells(actor: Actor, person: PersonSeen) -> list[StatusCell]:
    """In the strip: that a proposal waits, and that a link stands by one."""
    listed = [
        StatusCell(
            _("Proposed: the same person as another record"),
            "needs",
            Happened(at=proposal.said, zone=actor.zone),
            _("nothing is linked until a second person confirms it"),
            needs=True,
        )
        for proposal in links_waiting(actor, person.id)
        if not proposal.is_alone
    ]
    if linked_by_one(actor, person.id):
        listed.append(
            StatusCell(
                _("Linked by one officer"),
                "needs",
                "",
                _("no second person is known to have confirmed it"),
                needs=True,
            )
        )
    return listed


def pairs(actor: Actor, person: PersonSeen) -> list[Pair]:
    """Beside the file: which record, and the way to the proposal for whoever answers it or made it."""
    listed = []
    for proposal in links_waiting(actor, person.id):
        record = queries.person(actor, proposal.other)
        record_words = f"{record.reference} ({called(record)})" if record else _("another record")
        label = _("Linked by one officer, to be read") if proposal.is_alone else _("Proposed, not linked yet")
        way = Link(_("Read it"), reverse("link-answer", args=[proposal.id])) if proposal.task else None
        listed.append(Pair(label, record_words, proposal.reasons, way))
    return listed
