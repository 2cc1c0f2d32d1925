"""Pages of this layer: an entry and its signature."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.access import entry_words
from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.entries import EntrySeen
from libertad.access.entries import entry as find_entry
from libertad.look.looks import Cell, Column, FilePage, Pair, Row, SideBlock, StatusCell, Table, Tick
from libertad.vocabulary.codelists import label

# Opening an entry of these kinds is an opening of the file that it is in.
FILES = ("person", "care", "case")


def entry(request: HttpRequest, name: str) -> HttpResponse:
    """One entry, for those who may read it; for all others there is no such page."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = find_entry(actor, name)
    if found is None:
        raise Http404
    if found.kind in FILES:
        perform(
            actor, open_file, compartment=found.said.compartment, subject=found.said.subject, page="entry"
        )
        request.opening_note = _("Your opening of this entry was recorded.")  # type: ignore[attr-defined]
    said = found.said
    page = FilePage(
        kind=_("Entry"),
        reference=found.name[:16],
        title=entry_words.title(said),
        second=said.verb,
        provenance=said.provenance,  # type: ignore[arg-type]
        statuses=[
            StatusCell(_("When it happened"), "", said.happened, found.authority),
            StatusCell(_("When it was written"), "", said.body.clock, _("by the clock of the device")),
            StatusCell(_("Source"), "", _(label("sources", said.source)), found.officer),
            StatusCell(
                _("Signature"), "done" if found.signature_valid else "needs",
                _("valid") if found.signature_valid else _("NOT valid"), found.device_of,
                danger=not found.signature_valid,
            ),
        ],
        side=side(found),
    )  # fmt: skip
    context = {"page": page, "says": says(found), "header": header_table(found)}
    return render(request, "access/entry.html", context)


def says(found: EntrySeen) -> Table:
    rows = [
        Row([Cell(name), Cell(value, second=note)])
        for name, value, note in entry_words.statements(found.said)
    ]
    return Table(_("What it says"), [Column(_("Field")), Column(_("Value"))], rows)


def header_table(found: EntrySeen) -> Table:
    rows = [Row([Cell(name), Cell(value)]) for name, value in parts(found)]
    return Table(_("Entry and signature"), [Column(_("Part")), Column(_("Value"))], rows)


def broken(value: str) -> str:
    """Long hex in groups of 32, so that it breaks on a phone."""
    return " ".join(value[start : start + 32] for start in range(0, len(value), 32))


def side(found: EntrySeen) -> list[SideBlock]:
    return [
        SideBlock(
            _("Checked just now"),
            ticks=[
                Tick(_("The device's signature is over exactly this header"), found.signature_valid),
                Tick(_("The body is the one that the header commits to")),
                Tick(_("The entry is in this node's tree"), found.proof_valid),
            ],
            note=_("Anybody can repeat each check from these numbers and the journal's format."),
        ),
        SideBlock(
            _("Who can see this"),
            pairs=[
                Pair(_("Kind of file"), _(label("compartment-kinds", found.kind))),
                Pair(
                    _("Readers"), _("Authorities that read this file, in roles that read such entries")
                ),
                Pair(_("All others"), _("Nothing"), _("not even that it exists")),
            ],
        ),
    ]  # fmt: skip


def parts(found: EntrySeen) -> list[tuple[str, str]]:
    """The header and the proof, as they would be checked by somebody else."""
    head = found.header
    return [
        (_("Entry"), broken(found.name)),
        (_("Format version"), str(head.version)),
        (_("Device"), head.device.hex()),
        (_("File"), head.compartment.hex()),
        (_("Number in the device's log of this file"), str(head.seq)),
        (_("Entry before it in that log"), broken(head.previous.hex()) or _("none: it is the first")),
        (_("Entries that it builds upon"), " ".join(broken(one.hex()) for one in head.depends) or _("none")),
        (_("Last words that its node had"), " ".join(map(broken, found.said.body.after or ())) or _("none")),
        (_("Hash of the sealed body"), broken(head.body_hash.hex())),
        (_("Length of the sealed body"), str(head.length)),
        (_("Signature"), broken(found.signature)),
        *(tree_parts(found) if found.tree_told else ()),
    ]


def tree_parts(found: EntrySeen) -> list[tuple[str, str]]:
    """Where the entry stands in the tree. Not on a node of police and care: its size counts both's work."""
    return [
        (
            _("Place in the tree"),
            _("%(place)d of %(size)d") % {"place": found.place, "size": found.tree_size},
        ),
        (_("Root of the tree"), broken(found.tree_root)),
        (
            _("Proof that it is in the tree"),
            " ".join(broken(one) for one in found.proof) or _("none needed: it is the only entry"),
        ),
    ]
