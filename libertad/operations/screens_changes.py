"""Changes that another authority countersigns: to read, sign, refuse, carry out and propose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import changes
from libertad.access import queries_members as members
from libertad.access.about_changes import ALONE
from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.carry_out_change import carry_out_change
from libertad.access.actions.invite_authority import invite_authority
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.refuse_change import refuse_change
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.actions.sign_change import sign_change
from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.models import Authority
from libertad.access.queries import authority_names, officer_names
from libertad.look import refusals
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    FilePage,
    FormPage,
    Link,
    Pair,
    Row,
    SideBlock,
    Table,
)
from libertad.look.times import when
from libertad.operations import queries, queries_changes, wording_changes
from libertad.operations.closing_parts import open_part
from libertad.operations.forms_changes import MemberForm, WhyForm
from libertad.operations.parts import Part, said_at
from libertad.operations.queries_changes import ChangeSeen
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, CompartmentRemove


def change(request: HttpRequest, key: str) -> HttpResponse:
    """A change as it would be signed: what, from what to what, by whom and why. Posting it signs it."""
    actor, change = actor_of(request), known_change(actor_of(request), key)
    if request.method == "POST":
        if _tried(request, sign_change, change=key, proposal=request.POST.get("proposal", "")):
            at_once = not changes.notice_of(change.change)
            messages.success(
                request,
                _("Signed. It counts from now on.")
                if change.change in changes.ITSELF
                else _("Signed. Nothing waits any longer: it can be carried out now.")
                if at_once
                else _("Signed. It is shown to every member for 24 hours."),
            )
        return redirect("change", key)
    names, officers = authority_names(), officer_names(actor, [change.officer, change.signer])
    action = None
    suspends = change.change == changes.SUSPEND
    if change.may_sign:
        label = _("Confirm it") if suspends else _("Countersign it")
        action = Action(label, reverse("change", args=[key]), True, {"proposal": change.entry})
    elif change.may_carry_out:
        action = Action(_("Carry it out"), reverse("change-carry-out", args=[key]), True)
    about = [
        Pair(
            _("Proposed by"),
            officers.get(change.officer, "") or _("An officer"),
            names.get(change.authority, ""),
        ),
        Pair(_("When"), when(said_at(change.at, actor.zone))),
        Pair(_("Why"), change.reason),
    ]
    if change.signed_by and change.signed_at:
        signed = officers.get(change.signer, "") or _("An officer")
        label = _("Confirmed by") if suspends else _("Countersigned by")
        about.append(Pair(label, signed, names.get(change.signed_by, "")))
    if change.refused_by:
        about.append(Pair(_("Refused by"), names.get(change.refused_by, ""), change.refused))
    takes_back = _("Take it back") if suspends else _("Refuse it")
    links = [Link(takes_back, reverse("change-refuse", args=[key]))] if change.may_refuse else []
    if change.may_lift:
        links.append(Link(_("Propose to lift it"), reverse("suspension-lift", args=[key])))
    if change.state == queries_changes.DONE and _joins(actor, change):
        href = f"{reverse('authority-new')}?authority={change.about}"
        links.append(Link(_("Give it the operation's keys"), href))
    page = FilePage(
        kind=_("Change"),
        reference=_("Change"),
        title=wording_changes.title(change),
        second=wording_changes.state(actor, change),
        action=action,
        side=[
            SideBlock(
                _("Why two sign"),
                lead=_(
                    "A robbed node is cut off at once, by whoever notices it. A second authority keeps one "
                    "robbed member from cutting off the others."
                )
                if suspends
                else _(
                    "Once an operation has begun, no authority changes its members, days or clock alone: "
                    "whoever had its keys could hand files to a stranger."
                ),
                note=_("If you did not expect this, telephone who proposed it before you sign."),
            )
        ],
    )
    parts = [
        Part(_("What changes"), pairs=wording_changes.differences(actor, change)),
        Part(_("Who and why"), pairs=about, links=links),
    ]
    if change.change == changes.CLOSE:
        parts.append(open_part(actor))
    return render(request, "operations/file.html", {"page": page, "parts": parts})


def _joins(actor: Actor, change: ChangeSeen) -> bool:
    """Whether a member that was invited has not been given the operation's keys."""
    if change.change != changes.MEMBER or not may_open(actor, "authority-new"):
        return False
    return not queries_changes.reads_operation(actor, change.about)


def alone(actor: Actor) -> str:
    """Before the operation has begun: that the act holds by one signature; '' once others countersign."""
    if queries_changes.begun(actor):
        return ""
    return _(
        "It holds at once, with your signature alone: the operation does not count as begun yet. It does "
        "once its first action day has come or, where it was opened later, a day after that. "
    )


def known_change(actor: Actor, key: str) -> ChangeSeen:
    change = queries_changes.change(actor, key)
    if change is None:
        raise Http404
    return change


def _tried(request: HttpRequest, action: Callable[..., Any], **values: Any) -> bool:
    """Run an action; what speaks against it is shown above the next page."""
    try:
        perform(actor_of(request), action, **values)
    except (Refused, Forbidden) as why:
        messages.error(request, refusals.in_words(why))
        return False
    return True


def change_refuse(request: HttpRequest, key: str) -> HttpResponse:
    """Refuse a change, or take a signed one back while it is shown, with a reason."""
    change = known_change(actor_of(request), key)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, refuse_change, change=key, **form.cleaned_data)
        if done:
            messages.success(request, _("Refused. Nothing changes."))
            return redirect("change", key)
    page = FormPage(
        title=_("Refuse this change"),
        reference=wording_changes.title(change),
        button=_("Refuse it"),
        back=Link(_("The change"), reverse("change", args=[key])),
        wont=_("Nothing changes. Whoever proposed it reads your reason and may propose it anew."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def carry_out(request: HttpRequest, key: str) -> HttpResponse:
    """Carry out what two signed and nobody refused; there is nothing here before."""
    if not known_change(actor_of(request), key).may_carry_out:
        raise Http404
    if _tried(request, carry_out_change, change=key):
        messages.success(request, _("Carried out."))
    return redirect("change", key)


# -- proposing -------------------------------------------------------------------------------------


def propose_instead(
    request: HttpRequest,
    form: forms.Form,
    direct: Callable[[Act], Any],
    content: Verb,
    about: str,
    reason: str,
) -> HttpResponse | None:
    """Do it, or, once the operation has begun, propose it: the page to go to; None where it was refused."""
    try:
        perform(actor_of(request), direct)
    except Refused as why:
        refusals.show(form, why)
        return None
    except Forbidden as why:
        if why.message != ALONE:
            raise
        done, key = try_perform(request, form, propose_change, about=about, what=content, reason=reason)
        if not done or key is None:
            return None
        messages.success(request, _("Proposed. It waits for the signature of another authority."))
        return redirect("change", key)
    return redirect("operation")


def member_change(request: HttpRequest, key: str) -> HttpResponse:
    """Change what the operation says of a member: its name, country and part."""
    actor, row = actor_of(request), other_member(actor_of(request), key)
    names = ("name", "country", "part")
    form = MemberForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if request.method == "POST" and form.is_valid():
        edits = {name: form.cleaned_data[name] for name in names}
        values = {"kind": row.kind, "zone": row.zone, "officers": row.officers, **edits}

        def direct(act: Act) -> str:
            return invite_authority(act, authority=key, **values)

        answer = propose_instead(
            request, form, direct, AuthorityInvite(**values), key, form.cleaned_data["reason"]
        )
        if answer is not None:
            return answer
    page = FormPage(
        title=_("Change a member"),
        reference=row.name,
        button=_("Propose it") if queries_changes.begun(actor) else _("Change it"),
        back=Link(_("Operation"), reverse("operation")),
        intro=_two(actor),
        wont=_(
            "Its kind never changes: invite it anew if that is wrong. No file changes its readers by this."
        ),
    )
    reads = key in members.reading({row.compartment})
    remove = Link(_("Remove it from the operation"), reverse("member-remove", args=[key])) if reads else None
    status = 422 if form.errors else 200
    return render(
        request, "operations/member.html", {"page": page, "form": form, "remove": remove}, status=status
    )


def member_remove(request: HttpRequest, key: str) -> HttpResponse:
    """Remove a member from the operation."""
    actor, row = actor_of(request), other_member(actor_of(request), key)
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]

        def direct(act: Act) -> str:
            return remove_reader(act, compartment=act.operation_compartment, readers=[key], reason=reason)

        content = CompartmentRemove(reader=(key,), reason=reason)
        if (answer := propose_instead(request, form, direct, content, row.compartment, reason)) is not None:
            return answer
    page = FormPage(
        title=_("Remove a member from the operation"),
        reference=row.name,
        button=_("Propose it") if queries_changes.begun(actor) else _("Remove it"),
        back=Link(row.name, reverse("member-change", args=[key])),
        intro=_two(actor),
        wont=_("It keeps what it has read. Files that its officers share with others keep their readers."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


def other_member(actor: Actor, key: str) -> Authority:
    row = next((member for member in queries.members(actor) if member.pk == key), None)
    if row is None or key == actor.authority:
        raise Http404
    return row


def _two(actor: Actor) -> str:
    if not queries_changes.begun(actor):
        return ""
    return _(
        "The operation has begun: another authority countersigns it, then it is shown to all for 24 hours."
    )


def vouched_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Propose to take back keys that were vouched for in an authority's name."""
    actor = actor_of(request)
    row = queries_changes.vouching(actor, key)
    if row is None:
        raise Http404
    form = WhyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        keys = []
        for keys_vouched in queries_changes.vouched_together(row):
            done, change = try_perform(
                request, form, propose_change, about=keys_vouched.pk, **form.cleaned_data
            )
            if not done:
                break
            keys.append(str(change))
        else:
            messages.success(request, _("Proposed. Ask another authority by telephone to countersign it."))
            return redirect("change", keys[0])
    names = authority_names([row.about, row.authority])
    page = FormPage(
        title=_("Take back new keys"),
        reference=names.get(row.about, ""),
        button=_("Propose it"),
        back=Link(_("Today"), reverse("home")),
        intro=_("%(who)s said on %(moment)s that %(name)s has new keys. Telephone %(name)s first.")
        % {
            "who": names.get(row.authority, ""),
            "name": names.get(row.about, ""),
            "moment": when(said_at(row.at, actor.zone)),
        },
        wont=_("Nothing changes until an officer of another authority countersigns it; then at once."),
    )
    status = 422 if form.errors else 200
    return render(request, "web/form.html", {"page": page, "form": form}, status=status)


# -- on the operation's page -----------------------------------------------------------------------


def parts(actor: Actor) -> list[Part]:
    """Open changes and the last that ended; an empty state where there are none."""
    names = authority_names()
    linked = may_open(actor, "change")
    open_changes = queries_changes.open_changes(actor)
    rows = [
        Row(
            [
                Cell(
                    wording_changes.title(change),
                    reverse("change", args=[change.id]) if linked else "",
                    second=", ".join(
                        f"{pair.label}: {pair.value}" for pair in wording_changes.differences(actor, change)
                    ),
                ),
                Cell(names.get(change.authority, ""), second=change.reason),
                Cell(wording_changes.state(actor, change)),
            ]
        )
        for change in [*open_changes, *queries_changes.ended_changes(actor)]
    ]
    columns = [Column(_("Change")), Column(_("Proposed by")), Column(_("How far it is"))]
    if not rows and not queries_changes.begun(actor):
        return []
    return [
        Part(
            _("Changes that two authorities sign"),
            Table(_("Changes that two authorities sign"), columns, rows),
            _("None. Since the operation has begun, members, days and clock need two signatures."),
        )
    ]
