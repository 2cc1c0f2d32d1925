"""Inviting authorities: onto this node, or as one that has a node of its own; and the open invitations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from libertad.access.acting import new_id
from libertad.access.actions.propose_change import propose_change
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.founding import make_ring
from libertad.access.models import Authority
from libertad.access.queries import officer_names
from libertad.access.queries_members import joined_authorities as joined_of
from libertad.access.queries_members import known_elsewhere
from libertad.access.submissions import submit_once
from libertad.exchange import wording
from libertad.exchange.onboarding import admission, invitations
from libertad.exchange.onboarding.invitation import Invitation, read
from libertad.exchange.peering.hosting import invite_hosted, own_address
from libertad.exchange.protocol import fingerprint_words
from libertad.journal.node import node
from libertad.journal.rings import RingError
from libertad.look import refusals
from libertad.look.page_objects import Action, Cell, Column, Empty, FormPage, Link, ListPage, Pair, Row, Table
from libertad.look.paging import show_list
from libertad.look.square import square
from libertad.look.words import words as code_words
from libertad.operations import queries
from libertad.operations.forms_planning import AuthorityForm
from libertad.operations.queries_changes import begun
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite
from libertad.web.first_steps import returns

HERE, OWN = "here", "own"


class InviteForm(AuthorityForm):
    """Invite an authority, and say where its data will live."""

    lives = forms.ChoiceField(
        label=gettext_lazy("Where will its data live?"),
        choices=(
            (OWN, gettext_lazy("It has a node of its own")),
            (HERE, gettext_lazy("On this node, with keys of its own")),
        ),
        widget=forms.RadioSelect(attrs={"data-look": "radios"}),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy(
            "Needed once the operation has begun: another authority countersigns it then."
        ),
        max_length=500,
        required=False,
    )
    address = forms.CharField(
        label=gettext_lazy("Address at which this node answers the others"),
        help_text=gettext_lazy(
            "Only for one with its own node. It begins with https://. Leave it empty where only files travel."
        ),
        max_length=200,
        required=False,
    )

    def keep_what_is_known(self, here: bool) -> None:
        """Ask nothing of an authority of another operation that is known from there. `here`: it lives on this
        node."""
        for name in ("name", "kind", "country", "zone", "lives", *(("address",) if here else ())):
            del self.fields[name]


def authority_new(request: HttpRequest) -> HttpResponse:
    """Invite an authority into the operation."""
    actor = actor_of(request)
    if queries.operation(actor) is None:
        return redirect("operation-new")
    member = _signed_member(request, actor) or _known_elsewhere(request, actor)
    initial: dict[str, Any] = {"address": own_address(actor.authority)}
    for name, codes in (("kind", "authority-kinds"), ("country", "countries")):  # as a first step asks for it
        if request.GET.get(name) in codelist(codes):
            initial[name] = request.GET[name]
    if member is not None:
        initial |= {name: getattr(member, name) for name in ("name", "kind", "country", "zone", "officers")}
    form = InviteForm(request.POST or None, initial=initial)
    known = member if member is not None and member.operation != actor.operation else None
    if known is not None:
        form.keep_what_is_known(here=known.pk in node().rings.authorities())
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        lives, address = values.pop("lives", ""), values.pop("address", "")
        reason = values.pop("reason")
        signed = member is not None and member.operation == actor.operation
        if member is not None:  # as two authorities signed it, or as it is known in another operation
            values |= {name: getattr(member, name) for name in ("name", "kind", "country", "zone")}
            values |= {"part": member.part if signed else "member", "authority": member.pk}
            if member.pk in node().rings.authorities():
                lives = HERE
            elif not signed or joined_of([member.pk]):  # it lives elsewhere, with the keys that it has
                lives = OWN
            else:
                lives = lives or HERE
        if begun(actor) and not signed:
            about = values.pop("authority", None) or new_id()
            done, key = try_perform(
                request, form, propose_change, about=about, what=AuthorityInvite(**values), reason=reason
            )
            if done and key is not None:
                messages.success(request, _("Proposed. It waits for the signature of another authority."))
                return redirect("change", key)
            lives = ""
        elif not lives:
            form.add_error("lives", _("Say where its data will live."))
        if lives == OWN:
            if (answer := _own_node(request, form, values, address)) is not None:
                return answer
        elif lives == HERE and _onto_this_node(request, form, values):
            return redirect("operation")
    page = FormPage(
        title=_("Invite %(name)s") % {"name": known.name} if known else _("Invite an authority"),
        intro=_(
            "It is in another operation already, and joins this one with the keys and officers that it has."
        )
        if known
        else "",
        button=_("Invite the authority"),
        back=Link(_("Operation"), reverse("operation")),
        wont=_(
            "It reads the operation's page and totals. It reads no file of another authority, "
            "and you read none of its own."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _known_elsewhere(request: HttpRequest, actor: Actor) -> Authority | None:
    """A member of another operation of this centre that is not in this one yet."""
    key = request.GET.get("authority", "")
    return next((row for row in known_elsewhere(actor) if row.pk == key), None) if key else None


def _signed_member(request: HttpRequest, actor: Actor) -> Authority | None:
    """A member that two authorities signed, which is to be given the operation's keys."""
    key = request.GET.get("authority", "")
    return next((row for row in queries.members(actor) if row.pk == key), None) if key else None


def _onto_this_node(request: HttpRequest, form: InviteForm, values: dict[str, Any]) -> bool:
    authority = values.pop("authority", None) or new_id()
    known = authority in node().rings.authorities()  # it is in another operation on this node
    try:
        if not known:
            make_ring(authority, kind=values["kind"])
    except RingError as why:
        form.add_error("kind", str(why))
        return False
    done, _key = try_perform(
        request,
        form,
        invite_hosted,
        authority=authority,
        address=own_address(actor_of(request).authority),
        **values,
    )
    if done and known:
        messages.success(request, _("Invited. Its officers choose the operation when they sign in."))
    elif done:
        messages.success(
            request,
            _("Invited. Set up its first administrator on this node with: %(command)s")
            % {"command": f"libertad found --authority {authority}"},
        )
    return done


def _own_node(
    request: HttpRequest, form: InviteForm, values: dict[str, Any], address: str
) -> HttpResponse | None:
    try:
        invitation, text = admission.invite_node(actor_of(request), address=address.strip(), **values)
    except Refused as why:
        refusals.show(form, why)
        return None
    return invitation_page(request, invitation, text)


def invitation_page(request: HttpRequest, invitation: Invitation, text: str) -> HttpResponse:
    """The invitation, on the answer to this one request and nowhere else: it holds a secret."""
    zone = actor_of(request).zone
    context = {
        "name": invitation.name,
        "home": returns(request),
        "text": text,
        "square": square(text),
        "words": " ".join(fingerprint_words.fingerprint_words(invitation.node, get_language() or "en")),
        "digits": wording.spaced(fingerprint_words.digits(invitation.node)),
        "expires": wording.at(round(invitation.expires.timestamp() * 1000), zone),
        "pairs": [
            Pair(_("Kind"), code_words("authority-kinds", invitation.kind)),
            Pair(_("Country or territory"), code_words("countries", invitation.country)),
        ],
    }
    return render(request, "web/invitation.html", context)


def invitation_file(request: HttpRequest) -> HttpResponse:
    """The invitation as a file: the text comes from the page that showed it; nothing keeps it here."""
    text = request.POST.get("text", "")
    try:
        invitation = read(text, datetime.now(UTC))
    except Refused:
        raise Http404 from None
    if invitation.node != node().key.public or invitation.inviter != actor_of(request).authority:
        raise Http404
    answer = HttpResponse(text.replace("\r\n", "\n"), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="libertad-{invitation.id[:8]}.invitation"'
    return answer


def listed(request: HttpRequest) -> HttpResponse:
    """Invitations that may still be used."""
    actor = actor_of(request)
    pending = [
        invitation
        for invitation in invitations.pending(node().sql(), datetime.now(UTC))
        if invitation.inviter == actor.authority
    ]
    officers = officer_names(actor, [invitation.officer for invitation in pending])
    rows = [
        Row(
            [
                Cell(invitation.name, second=code_words("authority-kinds", invitation.kind)),
                Cell(code_words("countries", invitation.country)),
                Cell(
                    officers.get(invitation.officer, "") or _("An officer"),
                    second=wording.at(invitation.made, actor.zone),
                ),
                Cell(wording.at(invitation.expires, actor.zone)),
                Cell(_("Withdraw"), reverse("invitation-withdraw", args=[invitation.id])),
            ]
        )
        for invitation in pending
    ]
    columns = [
        Column(_("Authority")),
        Column(_("Country or territory")),
        Column(_("Invited by")),
        Column(_("Until")),
        Column(_("Change")),
    ]
    invite = Action(_("Invite an authority"), reverse("authority-new"))
    page = ListPage(
        title=_("Open invitations"),
        second=_("Each works once. An invitation that was lost is withdrawn, and a new one made."),
        action=invite if rows else None,
        table=Table(_("Open invitations"), columns, rows),
        empty=Empty(
            _("No invitation is open"),
            _("Every invitation was used, was withdrawn or has expired."),
            invite,
        ),
    )
    return show_list(request, page)


def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Withdraw an invitation that nobody has used."""
    from libertad.look.page_objects import ConfirmPage

    actor, here = actor_of(request), node()
    invitation = invitations.find(here.sql(), key)
    if invitation is None or invitation.inviter != actor.authority:
        raise Http404
    if request.method == "POST":
        if submit_once(
            lambda tx: invitations.revoke(tx.sql, key, datetime.now(UTC)), withdraw, {"invitation": key}
        ):
            messages.success(request, _("Withdrawn. Whoever holds the invitation cannot use it."))
        else:
            messages.error(request, _("It was used or withdrawn already. To end an exchange, open its peer."))
        return redirect("invitations")
    page = ConfirmPage(
        _("Withdraw the invitation of %(name)s") % {"name": invitation.name},
        [_("Whoever holds it cannot join with it any more.")],
        _("Withdraw it"),
        Link(_("Open invitations"), reverse("invitations")),
        [
            _(
                "The authority stays on the operation's list as invited. Invite it again with the same "
                "name, kind and country: it is then the same authority, with a new invitation."
            )
        ],
    )
    return render(request, "web/confirm.html", {"page": page})
