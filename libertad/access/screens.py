"""Pages of this layer: an entry and its signature."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from libertad.access import entry_words
from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import actor_of
from libertad.access.entries import EntrySeen
from libertad.access.entries import entry as find_entry
from libertad.look.page_objects import Cell, Column, FilePage, Pair, Row, SideBlock, StatusCell, Table, Tick
from libertad.vocabulary.codelists import label

# Opening an entry of these kinds is an opening of the file that it is in.
FILES = ("person", "care", "case", "desk", "disclosure", "leading")


def entry(request: HttpRequest, name: str) -> HttpResponse:
    """One entry, for those who may read it; for all others there is no such page."""
    actor = actor_of(request)
    view = find_entry(actor, name)
    if view is None:
        raise Http404
    if view.kind in FILES:
        perform(actor, open_file, compartment=view.said.compartment, subject=view.said.subject, page="entry")
        request.opening_note = _("Your opening of this entry was recorded.")  # type: ignore[attr-defined]
    folded_entry = view.said
    page = FilePage(
        kind=_("Entry"),
        reference=view.name[:16],
        title=entry_words.title(folded_entry),
        second=folded_entry.verb,
        provenance=folded_entry.provenance,
        statuses=[
            StatusCell(_("When it happened"), "", folded_entry.happened, view.authority),
            StatusCell(
                _("When it was written"), "", folded_entry.body.clock, _("by the clock of the device")
            ),
            StatusCell(_("Source"), "", _(label("sources", folded_entry.source)), view.officer),
            StatusCell(
                _("Signature"),
                "done" if view.signature_valid else "needs",
                _("valid") if view.signature_valid else _("NOT valid"),
                view.device_of,
                danger=not view.signature_valid,
            ),
        ],
        side=side(view),
    )
    context = {"page": page, "says": says(view), "header": header_table(view)}
    return render(request, "access/entry.html", context)


def says(entry: EntrySeen) -> Table:
    rows = [
        Row([Cell(name), Cell(value, second=note)])
        for name, value, note in entry_words.statements(entry.said)
    ]
    return Table(_("What it says"), [Column(_("Field")), Column(_("Value"))], rows)


def header_table(entry: EntrySeen) -> Table:
    rows = [Row([Cell(name), Cell(value)]) for name, value in parts(entry)]
    return Table(_("Entry and signature"), [Column(_("Part")), Column(_("Value"))], rows)


def broken(value: str) -> str:
    """Long hex in groups of 32, so that it breaks on a phone."""
    return " ".join(value[start : start + 32] for start in range(0, len(value), 32))


def side(entry: EntrySeen) -> list[SideBlock]:
    return [
        SideBlock(
            _("Checked just now"),
            ticks=[
                Tick(_("The device's signature is over exactly this header"), entry.signature_valid),
                Tick(_("The body is the one that the header commits to")),
                Tick(_("The entry is in this node's tree"), entry.proof_valid),
            ],
            note=_("Anybody can repeat each check from these numbers and the journal's format."),
        ),
        SideBlock(
            _("Who can see this"),
            pairs=[
                Pair(_("Kind of file"), _(label("compartment-kinds", entry.kind))),
                Pair(_("Readers"), _("Authorities that read this file, in roles that read such entries")),
                Pair(_("All others"), _("Nothing")),
            ],
        ),
    ]


def parts(entry: EntrySeen) -> list[tuple[str, str]]:
    """The header and the proof, as they would be checked by somebody else."""
    head = entry.header
    return [
        (_("Entry"), broken(entry.name)),
        (_("Format version"), str(head.version)),
        (_("Device"), head.device.hex()),
        (_("File"), head.compartment.hex()),
        (_("Number in the device's log of this file"), str(head.seq)),
        (_("Entry before it in that log"), broken(head.previous.hex()) or _("none: it is the first")),
        (
            _("Entries that it builds upon"),
            " ".join(broken(dependency.hex()) for dependency in head.depends) or _("none"),
        ),
        (_("Last words that its node had"), " ".join(map(broken, entry.said.body.after or ())) or _("none")),
        (_("Hash of the sealed body"), broken(head.body_hash.hex())),
        (_("Length of the sealed body"), str(head.length)),
        (_("Signature"), broken(entry.signature)),
        *(tree_parts(entry) if entry.tree_told else ()),
    ]


def tree_parts(entry: EntrySeen) -> list[tuple[str, str]]:
    """Where the entry stands in the tree. Not on a node of police and care: its size counts both's work."""
    return [
        (
            _("Place in the tree"),
            _("%(place)d of %(size)d") % {"place": entry.place, "size": entry.tree_size},
        ),
        (_("Root of the tree"), broken(entry.tree_root)),
        (
            _("Proof that it is in the tree"),
            " ".join(broken(step) for step in entry.proof) or _("none needed: it is the only entry"),
        ),
    ]
