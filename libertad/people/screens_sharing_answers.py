"""A proposal to let another authority read an identity file: read, approved, refused, taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries_sharing import APPROVE, LET_READ, REVIEW, WAIT, ShareSeen, share_waiting
from libertad.access.sharing import sharing_rules
from libertad.look.page_objects import FormPage, Link
from libertad.look.times import when
from libertad.people import forms as asked
from libertad.people import queries
from libertad.people.actions.answer_share import approve_share, let_read, refuse_share
from libertad.people.actions.share_alone import share_alone
from libertad.vocabulary.values import Happened

ACTS: Mapping[str, Callable[..., None]] = {APPROVE: approve_share, REVIEW: approve_share, LET_READ: let_read}


def share_answer(request: HttpRequest, key: str) -> HttpResponse:
    """For a second person with the form; for who proposed it how it stands. For others no page."""
    actor = actor_of(request)
    share = _share(actor, key)
    form: asked.ShareAnswerForm | asked.LetReadForm | None = None
    if share.task != WAIT:
        kind = asked.LetReadForm if share.task == LET_READ else asked.ShareAnswerForm
        form = kind(request.POST or None, initial={"entry": share.entry})
    if request.method == "POST" and form is not None and form.is_valid():
        done, _none = try_perform(
            request, form, ACTS[share.task], source="decision", share=key, **form.cleaned_data
        )
        if done:
            messages.success(request, _done(share))
            return redirect("home")
    context = {"page": _page(actor, share), "form": form}
    status = 422 if form is not None and form.errors else 200
    return render(request, "web/form.html", context, status=status)


def share_now(request: HttpRequest, key: str) -> HttpResponse:
    """Share it without the second person, because somebody's life is in danger."""
    actor = actor_of(request)
    share = _share(actor, key)
    if share.danger or not share.is_own:
        raise Http404
    form = asked.ShareAnswerForm(request.POST or None, initial={"entry": share.entry})
    form.fields["words"].label = _("Whose life is in danger, and what from?")
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, share_alone, source="decision", share=key, **form.cleaned_data
        )
        if done:
            messages.success(request, _("It reads the file now. A second person reviews that you did it."))
            return redirect("home")
    page = FormPage(
        title=_("Share now: somebody's life is in danger"),
        button=_("Share it now, and be reviewed"),
        back=Link(_("The proposal"), reverse("share-answer", args=[key])),
        intro=share_words(actor, share),
        wont=_(
            "Everybody who reads the file is told that you did it alone, and a second person says whether it "
            "was right. What was read cannot be taken back. It is possible a few times a week."
        ),
        warning=True,
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def share_refuse(request: HttpRequest, key: str) -> HttpResponse:
    """Refuse it, or take it back."""
    actor = actor_of(request)
    share = _share(actor, key)
    if not share.may_refuse:
        raise Http404
    form = asked.ShareAnswerForm(request.POST or None, initial={"entry": share.entry})
    form.fields["words"].label = _("What was not right?") if share.danger else _("Why not?")
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(
            request, form, refuse_share, source="decision", share=key, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Noted: not right.") if share.danger else _("It is not shared."))
            return redirect("home")
    page = FormPage(
        title=_("It was not right to share it") if share.danger else _("Do not share this file"),
        button=_("It was not right") if share.danger else _("Do not share it"),
        back=Link(_("The proposal"), reverse("share-answer", args=[key])),
        intro=share_words(actor, share),
        wont=_(
            "The authority goes on reading the file: remove it from the readers, which holds from then on. "
            "Whoever reads the file sees your words."
        )
        if share.danger
        else _("It can be proposed again. Whoever reads the file sees your words."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def _share(actor: Actor, key: str) -> ShareSeen:
    share = share_waiting(actor, key)
    if share is None:
        raise Http404
    return share


def _done(share: ShareSeen) -> str:
    if share.task == REVIEW:
        return _("Noted: it was right to share it.")
    if share.task == APPROVE and not share.is_own:
        return _("Approved. %(name)s is told, and lets it read.") % {"name": share.authority}
    return _("Approved. The authority reads the file from now on.")


def _page(actor: Actor, share: ShareSeen) -> FormPage:
    titles = {
        APPROVE: (_("Approve that another authority reads a file"), _("Share the file")),
        REVIEW: (_("Shared in danger: read it"), _("It was right to share it")),
        LET_READ: (_("Another authority approved it"), _("Share the file")),
        WAIT: (_("A proposal waits for a second person"), ""),
    }
    title, button = titles[share.task]
    return FormPage(
        title=title,
        button=button,
        back=Link(_("Today"), reverse("home")),
        intro=share_words(actor, share),
        wont=_wont(share),
        links=_links(actor, share),
    )


def _links(actor: Actor, share: ShareSeen) -> list[Link]:
    links = []
    if may_open(actor, "person"):
        links.append(Link(_("Read the identity file"), reverse("person", args=[share.person])))
    if share.is_own and not share.danger and may_open(actor, "share-now"):
        links.append(
            Link(
                _("Somebody's life is in danger: share now, and be reviewed"),
                reverse("share-now", args=[share.id]),
            )
        )
    if share.may_refuse:
        words = (
            _("It was not right")
            if share.danger
            else _("Refuse it")
            if share.task == APPROVE
            else _("Take it back")
        )
        links.append(Link(words, reverse("share-refuse", args=[share.id])))
    return links


def _wont(share: ShareSeen) -> str:
    if share.task == WAIT:
        return _(
            "Nothing is shared before that. If the person is in danger, record that and share it again: then "
            "it is shared at once."
        )
    if share.danger:
        return _("The authority reads it already. What was read cannot be taken back.")
    return _(
        "It gets all that was said in the identity file so far, and nothing that care writes. What was read "
        "cannot be taken back. If you do not know of it, ask who proposed it before you approve."
    )


def share_words(actor: Actor, share: ShareSeen) -> str:
    """Who proposed what, for what and when; who answers, and until when."""
    person = queries.person(actor, share.person)
    values = {
        "who": share.officer or share.authority,
        "reader": share.reader,
        "file": person.reference if person is not None else "",
        "reason": share.reason,
        "when": when(Happened(at=share.said, zone=actor.zone)),
    }
    told = (
        _("%(who)s let %(reader)s read the file %(file)s, %(when)s: “%(reason)s”.")
        if share.danger
        else _("%(who)s proposes that %(reader)s reads the file %(file)s, %(when)s: “%(reason)s”.")
    ) % values
    return " ".join([told, _standing(share)]).strip()


def _standing(share: ShareSeen) -> str:
    """How far it is: who approved it, or who answers."""
    if share.danger or not share.is_own:
        return ""
    if share.approved:
        return _("%(name)s approved it.") % {"name": share.approved}
    days = sharing_rules().lapse.days
    second = ", ".join(share.second) or _("an authority that reads the file already")
    told = _("Who answers: %(names)s. It lapses after %(days)d days (assumed).") % {
        "names": second,
        "days": days,
    }
    if share.elsewhere and share.second:
        told += " " + _("Nobody has answered in time: an authority that reads the file may approve it too.")
    return told
