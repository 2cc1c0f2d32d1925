"""Adding a picture, document or recording, and opening one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.access import attaching
from libertad.access.actions.add_attachment import OLDER
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.attaching import ABOUT, About, Attached
from libertad.access.clean_recordings import READERS
from libertad.access.cleaning import (
    BUSY,
    CLEANED,
    FORM,
    LARGE,
    LONG,
    NO_SANDBOX,
    PICTURE,
    PROTECTED,
    RECORDING,
    SLOW,
    NotClean,
)
from libertad.access.media_kinds import ENDINGS, kind_of
from libertad.access.queries import can_say
from libertad.access.recording_limits import recording_limits
from libertad.access.screens_uploads import upload_of
from libertad.access.upload_parts import Busy, NotNext, Upload, upload_limits
from libertad.journal.chunks import Damaged, Missing
from libertad.look import refusals
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.attachments import USUAL_BYTES

TOO_LARGE = gettext_lazy(
    "is above 20 MB, which come only in parts: open this page in a newer browser, on a line on which all of "
    "it arrives; or make the file smaller"
)
BEING_ADDED = gettext_lazy("is being added just now, from another page of yours: look whether it is there")
WAITING = frozenset({BUSY, SLOW, NO_SANDBOX, OLDER})
NOT_WHOLE = marked("has not arrived whole, or too long ago: choose it again")
ACCEPTED = ",".join(f".{ending}" for ending in ("jpeg", "opus", "m4v", *ENDINGS.values()))


class AttachForm(forms.Form):
    """A file, and what it shows. The name that it has on the device is not kept."""

    file = forms.FileField(
        label=gettext_lazy("Picture, document, sound or short video"),
        help_text=gettext_lazy(
            "JPEG, PNG, PDF, text, or what a telephone records (MP4, MOV, 3GP, WebM, MP3, M4A, AAC, AMR, "
            "Ogg, WAV); at most 100 MB. What is large is sent in parts: where the line is lost, it goes on "
            "from there."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        max_length=500,
    )
    name = forms.CharField(
        label=gettext_lazy("What it shows"),
        max_length=200,
        help_text=gettext_lazy("So that another officer knows it without opening it."),
    )
    urgent = forms.BooleanField(
        label=gettext_lazy("Send it to the other readers before other attachments"), required=False
    )

    def __init__(self, *args: Any, arrived: Upload | None = None, **kwargs: Any) -> None:
        """`arrived`: the file that came in parts, where there is one."""
        super().__init__(*args, **kwargs)
        self.fields["file"].required = arrived is None


def attachment_add(request: HttpRequest, kind: str, key: str) -> HttpResponse:
    """Attach a file to something whose page the officer reads."""
    actor = actor_of(request)
    find = ABOUT.get(kind)
    about = find(actor, key) if find is not None else None
    if about is None:
        raise Http404
    arrived = upload_of(request, kind, key, request.POST.get("upload", ""))
    form = AttachForm(request.POST or None, request.FILES or None, arrived=arrived)
    if request.method == "POST":
        if getattr(request, "too_large", False):
            form = AttachForm(request.POST)
            form.errors.pop("file", None)
            form.add_error("file", TOO_LARGE)
        elif form.is_valid() and _attached(actor, about, form, arrived):
            return redirect(about.back.href)
    page = FormPage(
        title=_("Add a picture, document or recording"),
        reference=about.reference,
        button=_("Add it"),
        back=about.back,
        intro=_("It is sealed on this node at once, and goes to the others who read this file after reports.")
        + " "
        + (
            _(
                "It is kept as you bring it. Who opens it sees what it shows, and not when, where and by "
                "which device a picture, sound or video was taken, nor what a program hid in a document; "
                "'As it was brought' gives that, for a court."
            )
            if attaching.evidence_files([about.compartment])
            else _(
                "When, where and by which device a picture, sound or video was taken, and what a program hid "
                "in a document, is taken out before: no reader gets it. A minute of video may take a minute."
            )
        ),
        wont=_("It is not changed and cannot be taken back; only erasing the whole file destroys it."),
    )
    context = {
        "page": page,
        "form": form,
        "begin": reverse("attachment-upload", args=[kind, key]),
        "part": upload_limits()["part"],
        "whole": USUAL_BYTES,
        "arrived": arrived if arrived is not None and arrived.is_whole else None,
        "arrived_size": size(arrived.size) if arrived is not None else "",
    }
    return render(request, "access/attach.html", context)


def _attached(actor: Actor, about: About, form: AttachForm, arrived: Upload | None) -> bool:
    values: dict[str, Any] = form.cleaned_data
    priority = attaching.URGENT if values["urgent"] else attaching.USUAL
    try:
        with (
            arrived.attaching() if arrived is not None else nullcontext(),
            attaching.turn(arrived.size if arrived is not None else 0),
        ):
            content = values["file"].read() if values["file"] or arrived is None else _in_parts(arrived)
            attaching.attach(actor, about, content=content, name=values["name"], priority=priority)
            if arrived is not None:
                arrived.end()
    except Busy:
        form.add_error("file", BEING_ADDED)
        return False
    except Refused as why:
        # What only has to wait is kept; what will not do, or is damaged, is not.
        if arrived is not None and arrived.is_whole and why.field == "file" and why.rule not in WAITING:
            arrived.end()
        refusals.show(form, why)
        return False
    return True


def _in_parts(arrived: Upload) -> bytes:
    """What arrived in parts. Refused where it has not."""
    try:
        return arrived.content()
    except NotNext:
        raise Refused("file", NOT_WHOLE) from None


def attachment(request: HttpRequest, key: str) -> HttpResponse:
    """The file, under a name that says nothing; that it was opened is on file first.

    What it does not show is left out; `?original=1` gives evidence as it was brought.
    """
    actor = actor_of(request)
    attached = attaching.attachment(actor, key)
    if attached is None:
        raise Http404
    is_original = attached.is_evidence and bool(request.GET.get("original"))
    try:
        content = (
            attaching.opened_content(actor, key) if is_original else attaching.shown_content(actor, attached)
        )
    except NotClean as why:
        return _not_shown(request, attached, why)
    except Missing:
        return _not_here(request, attached)
    except Damaged as why:
        attaching.fetch_again(why.name)
        return _not_here(request, attached)
    media = attached.media if is_original else kind_of(content)
    signs = "; charset=utf-8" if media == "text/plain" else ""  # as `kind_of` read it
    response = HttpResponse(content, content_type=media + signs)
    ending = ENDINGS.get(media, "bin")
    response["Content-Disposition"] = f'attachment; filename="attachment-{key[:8]}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "no-store"
    return response


def _not_shown(request: HttpRequest, attachment: Attached, why: NotClean) -> HttpResponse:
    whats: dict[str, str] = {
        PROTECTED: _("It is protected by a password, so that nobody can see what it would do."),
        FORM: _("It is a form whose fields only some programs draw."),
        PICTURE: _("It is damaged, or not built as pictures are: it could harm the device that opens it."),
        RECORDING: _(
            "It is damaged, or not built as recordings are: it could harm the device that opens it."
        ),
        LONG: _("It is too long for a copy to be made of it, or shows too much."),
        LARGE: _("Its pictures are too large for a copy to be made."),
        SLOW: _("Making a copy of it takes this node too long."),
        BUSY: _("Copies of others are being made just now. Try again in a minute."),
        NO_SANDBOX: _("It cannot be read safely on this node's machine. Tell your administrator."),
    }
    otherwise = _("It is damaged, or not built as documents are: it could harm the device that opens it.")
    status = 503 if why.rule == BUSY else 409
    context = {
        "title": _("This is not shown"),
        "what": whats.get(why.rule, otherwise),
        "link": original_link(attachment),
        "status": status,
    }
    return render(request, "web/error.html", context, status=status)


def original_link(attachment: Attached) -> Link | None:
    """The way to evidence as it was brought."""
    if not attachment.is_evidence:
        return None
    return Link(_("As it was brought"), f"{reverse('attachment', args=[attachment.id])}?original=1")


def _not_here(request: HttpRequest, attachment: Attached) -> HttpResponse:
    values = {"have": attachment.have, "count": attachment.count}
    context = {
        "title": _("It is not here yet"),
        "what": _("%(have)d of %(count)d parts are on this node. It comes by itself; try again later.")
        % values,
        "status": 409,
    }
    return render(request, "web/error.html", context, status=409)


# -- what stands on the pages of the rooms ---------------------------------------------------


def table(actor: Actor, attachments: list[Attached], zone: str) -> Table:
    """What is attached, each with how far it has come; of evidence also as it was brought."""
    original = [Column(_("For a court"))] if any(map(original_link, attachments)) else []
    recorded = any(attachment.media in READERS for attachment in attachments)
    return Table(
        _("Pictures, documents and recordings"),
        [Column(_("What it shows")), Column(_("Kind")), Column(_("Added")), Column(_("State")), *original],
        [
            Row(
                [
                    Cell(
                        attachment.name,
                        reverse("attachment", args=[attachment.id]) if attachment.here else "",
                    ),
                    Cell(words("media", attachment.media), second=size(attachment.size)),
                    Cell(when(Happened(at=attachment.at, zone=zone)), second=attachment.authority),
                    Cell(_("here"), tone="done")
                    if attachment.here
                    else Cell(arriving(attachment), tone="plain"),
                    *(_original(attachment) for _column in original),
                ]
            )
            for attachment in attachments
        ],
        note=" ".join(
            [_("Opening one is recorded before it is sent."), *([_patience()] if recorded else [])]
        ),
    )


def _patience() -> str:
    """What whoever opens sound or video has to know."""
    limits = recording_limits()
    values = {
        "video": round(limits["video_seconds"] / 60),
        "sound": round(limits["sound_seconds"] / 60),
        "wait": round(limits["patience"] / 60),
    }
    return (
        _(
            "Of sound and video a copy is made each time, without place, device, date and whatever else is "
            "in the file. A minute of video may take a minute, and it is given up after %(wait)d. Video of "
            "at most %(video)d minutes and sound of at most %(sound)d are shown (assumed numbers)."
        )
        % values
    )


def _original(attachment: Attached) -> Cell:
    way = original_link(attachment)
    if way is None or not attachment.here or attachment.media not in CLEANED:
        return Cell("")
    return Cell(way.label, way.href, second=_("with what it does not show"))


def arriving(attachment: Attached) -> str:
    return _("arriving, %(have)d of %(count)d") % {"have": attachment.have, "count": attachment.count}


def size(count: int) -> str:
    """'312 kB', '4.1 MB'."""
    if count < 1_000_000:
        return _("%(count)d kB") % {"count": max(1, round(count / 1000))}
    return _("%(count).1f MB") % {"count": count / 1_000_000}


def add_link(actor: Actor, kind: str, key: str, label: str = "") -> list[Link]:
    """The way to the form, for whoever may attach."""
    if not can_say(actor, "attachment.add"):
        return []
    return [
        Link(label or _("Add a picture, document or recording"), reverse("attachment-add", args=[kind, key]))
    ]
