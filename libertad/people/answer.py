"""The answer to a person who asks what is kept about them: a page to be read out or printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language, ngettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as mark

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.queries import authority_names, clock_now
from libertad.access.readers import ReaderSeen
from libertad.care import queries as care
from libertad.care.queries import DisclosureSeen, disclosures, state_cell
from libertad.look import exploitation
from libertad.look.page_objects import Cell, Column, Row, Table
from libertad.look.paper import pdf, tables
from libertad.look.times import date_words, when
from libertad.look.words import words
from libertad.people import queries
from libertad.people.queries import PersonSeen
from libertad.people.queries_answer import FileAbout, OpeningsBy, files_about, openings_by
from libertad.people.queries_keeping import keeping_of
from libertad.people.side import property_item
from libertad.vocabulary.values import Happened

FILES = {
    "person": mark("Who you are and how you were met"),
    "care": mark("Your protection file"),
    "desk": mark(
        "Whose task you are, notes of talks, how you are reached safely, the plan made with you, and which "
        "papers you have and need"
    ),
    "disclosure": mark("What care told one authority about you"),
    "leading": mark("Which of two care authorities answers for you"),
}
PAGE = "answer"
PAPER = Path(__file__).parent / "papers" / "answer.typ"
PAGE_LANGUAGES = {"en": "eng", "es": "spa", "pt": "por", "fr": "fra", "nl": "nld"}


@dataclass(frozen=True)
class AnswerPage:
    """`language`: of all its words. `spoken`: the person's languages where that is none of them; '' else.
    `aloud`: how it comes to the person then, for whoever hands it over; `read_by`: the line for it on paper.
    `rights`: what can be asked for, each a sentence or two."""

    language: str
    title: str
    reference: str
    person: str
    created: str
    spoken: str
    aloud: Sequence[str]
    read_by: str
    tables: Sequence[Table]
    rights: Sequence[str]
    left_out: str


def answer(actor: Actor, person: PersonSeen, language: str = "") -> AnswerPage:
    """All that the actor's authority can tell: what it keeps, who reads it and has read it. In `language`,
    else in the first of the person's that this node has words in, else as the officer reads it: then it is
    read aloud."""
    language = language or _language_of(person)
    spoken = _foreign_languages(person, language)
    aloud = _aloud(actor, person, spoken)
    with override(language):
        return _answer(actor, person, language, spoken, aloud)


def _answer(actor: Actor, person: PersonSeen, language: str, spoken: str, aloud: Sequence[str]) -> AnswerPage:
    files = files_about(actor, person)
    now = Happened(at=clock_now(actor.operation), zone=actor.zone)
    office = authority_names([actor.authority]).get(actor.authority, "")
    return AnswerPage(
        language=language,
        title=_("What is kept about you, and who has read it"),
        reference=person.reference,
        person=person.name or _("No name said"),
        created=_("Made by %(office)s on %(when)s.") % {"office": office, "when": when(now)},
        spoken=spoken,
        aloud=aloud,
        read_by=_("Read aloud to me in %(spoken)s, by, on:") % {"spoken": spoken} if spoken else "",
        tables=[
            _files_table(actor, person, files),
            _openings_table(actor, openings_by(actor, person, files)),
            *_exploitation_table(actor, person),
            *_protection_tables(actor, person),
            _property_table(actor, person),
        ],
        rights=_rights(files),
        left_out=_(
            "Not in this answer: the names of officers, what other people said, other people's records, and "
            "whether an investigation goes on."
        ),
    )


def answer_pdf(page: AnswerPage) -> bytes:
    """The same answer as a PDF. Raises NoFont where a name is in letters that this machine cannot print."""
    with override(page.language):
        nothing, asked_for = _("Nothing is recorded."), _("What you can ask for")
    return pdf(
        PAPER,
        page.language,
        {
            "title": page.title,
            "reference": page.reference,
            "person": page.person,
            "created": page.created,
            "tables": tables(page.tables),
            "nothing": nothing,
            "asked_for": asked_for,
            "rights": list(page.rights),
            "left_out": page.left_out,
            "read_by": page.read_by,
        },
    )


def files_opened(actor: Actor, person: PersonSeen) -> list[tuple[str, str]]:
    """(file, page) of each opening that an answer is, in the order in which they are recorded."""
    protected = care.file(actor, person.id)
    if protected is None:
        return [(person.compartment, PAGE)]
    return [(person.compartment, "person"), (protected.compartment, PAGE)]


def is_anothers(actor: Actor, person: str) -> bool:
    """Whether the person is a colleague's task, who reads the protection file and answers."""
    return care.file(actor, person) is not None and care.readable_file(actor, person) is None


def _language_of(person: PersonSeen) -> str:
    """The first language that the person speaks in which this node has words; else the officer's."""
    offered = {PAGE_LANGUAGES[code]: code for code, _name in settings.LANGUAGES if code in PAGE_LANGUAGES}
    spoken = (offered.get(code, "") for code, _entry in person.languages)
    return next(filter(None, spoken), get_language() or "en")


def _foreign_languages(person: PersonSeen, language: str) -> str:
    spoken = [code for code, _entry in person.languages]
    if not spoken or PAGE_LANGUAGES.get(language[:2], "eng") in spoken:
        return ""
    return ", ".join(words("languages", code) for code in spoken)


def _aloud(actor: Actor, person: PersonSeen, spoken: str) -> list[str]:
    """To whom it must be read aloud, in which language and by whom; for who reads the protection file by the
    names of those who interpret."""
    if not person.languages:
        return [_("Nobody recorded which languages the person speaks: ask, before you hand it over.")]
    if not spoken:
        return []
    listed = [
        _("The person speaks %(spoken)s, and this page is not in that language: no catalogue of it is here.")
        % {"spoken": spoken},
        _("Have it read aloud to the person in %(spoken)s by an interpreter, who signs for it on the paper.")
        % {"spoken": spoken},
    ]
    codes = {code for code, _entry in person.languages}
    if may_open(actor, "care-safety") and care.readable_file(actor, person.id) is not None:
        names = [
            row.name for row in care.interpreters(actor, person.id) if row.language in codes and not row.ended
        ]
        listed.append(
            _("Who interprets: %(names)s.") % {"names": ", ".join(names)}
            if names
            else _("Nobody is assigned who interprets: assign somebody under 'Needs and safety'.")
        )
    return listed


def _files_table(actor: Actor, person: PersonSeen, files: Sequence[FileAbout]) -> Table:
    days = {"person": keeping_of(actor, person.id).until}
    protected = care.file(actor, person.id) if any(file.kind == "care" for file in files) else None
    if protected is not None:
        days["care"] = protected.keep_until
    rows = []
    for file in files:
        names = [_reader_words(reader, actor.zone) for reader in file.readers]
        day = days.get(file.kind, "")
        rows.append(
            Row(
                [
                    Cell(_(FILES[file.kind])),
                    Cell("; ".join(names)),
                    Cell(date_words(day) if day else _("not set")),
                ]
            )
        )
    columns = [Column(_("What is kept")), Column(_("Who can read it")), Column(_("Kept until"))]
    note = _("Nobody else can read it. Police cannot read a protection file, nor see whether there is one.")
    return Table(_("What is kept about you"), columns, rows, note=note)


def _reader_words(reader: ReaderSeen, zone: str) -> str:
    if reader.since is None:
        return reader.name
    since = when(Happened(at=reader.since, zone=zone))
    return _("%(name)s since %(when)s") % {"name": reader.name, "when": since}


def _openings_table(actor: Actor, listed: Sequence[OpeningsBy]) -> Table:
    def at(moment: OpeningsBy, first: bool) -> str:
        return when(Happened(at=moment.first if first else moment.last, zone=actor.zone))

    rows = [
        Row(
            [
                Cell(row.name, second=words("roles", row.role) if row.role else ""),
                Cell(_(FILES[row.kind])),
                Cell(
                    ngettext("%(count)d time", "%(count)d times", row.count) % {"count": row.count},
                    second=ngettext("%(count)d officer", "%(count)d officers", row.officers)
                    % {"count": row.officers},
                ),
                Cell(
                    at(row, True),
                    second=_("last %(when)s") % {"when": at(row, False)} if row.count > 1 else "",
                ),
            ]
        )
        for row in listed
    ]
    columns = [Column(_("Who")), Column(_("What")), Column(_("How often")), Column(_("First"))]
    note = _("Each opening is written down before the page is shown; the one for this answer is among them.")
    return Table(_("Who has read it"), columns, rows, note=note)


def _protection_tables(actor: Actor, person: PersonSeen) -> list[Table]:
    """What was decided and agreed to, and the services that were asked; nothing of it for who reads no
    protection file."""
    summary = care.summary_of(actor, person.id)
    if summary is None:
        return []
    decided = summary.decisions
    day, state = Column(_("When")), Column(_("How it stands"))
    decisions = [Row([Cell(line.what), Cell(line.state), Cell(when(line.when))]) for line in decided]
    listed = [Table(_("What was decided"), [Column(_("About")), state, day], decisions)]
    if disclosed := disclosures(actor, person.id):
        listed.append(_disclosures_table(disclosed))
    for caption, first, second, third, lines in (
        (
            _("What you agreed to"),
            _("For what, and to whom"),
            _("You said"),
            _("Not to be disclosed"),
            summary.agreements,
        ),
        (
            _("Who was asked to help you"),
            _("Service"),
            state.label,
            _("What it was told"),
            summary.services,
        ),
    ):
        columns = [Column(first), Column(second), Column(third), day]
        listed.append(Table(caption, columns, [_line_row(line) for line in lines]))
    if summary.relations:
        rows = [
            Row([Cell(line.what), Cell(line.recipient, second=line.state), Cell(when(line.when))])
            for line in summary.relations
        ]
        columns = [Column(_("As what")), Column(_("Who")), day]
        listed.append(Table(_("Who belongs to you, and who decides with you"), columns, rows))
    return listed


def _exploitation_table(actor: Actor, person: PersonSeen) -> list[Table]:
    """What was written down of what was done to the person: what they told care, for who reads it, and the
    first views. Nothing where nobody wrote anything."""
    records = [(_("What you told"), record) for record in care.exploitation_records(actor, person.id)] + [
        (_("A first view of whoever met you"), view) for view in queries.first_views(actor, person.id)
    ]
    rows = [
        Row([Cell(pair.label), Cell(pair.value), Cell(label, second=when(record.happened))])
        for label, record in records
        for pair in exploitation.pairs(record)
    ]
    if not rows:
        return []
    columns = [Column(_("About")), Column(_("What is written")), Column(_("From whom it is"))]
    return [Table(_("What was written down about your work and how you were held"), columns, rows)]


def _disclosures_table(disclosed: Sequence[DisclosureSeen]) -> Table:
    """What care told other authorities: what of it, to whom, on what ground, and what became of it."""
    rows = []
    for view in disclosed:
        if view.state in ("waiting", "not-agreed", "dropped"):
            continue
        cell = state_cell(view)
        kinds = dict.fromkeys(words("disclosed-kinds", item.kind) for item in view.items)
        rows.append(
            Row(
                [
                    Cell(view.recipient, second=words("disclosure-purposes", view.purpose)),
                    Cell(", ".join(kinds)),
                    Cell(words("disclosure-grounds", view.ground), second=view.order),
                    Cell(cell.text, second=cell.second),
                    Cell(when(view.read_when or view.when)),
                ]
            )
        )
    columns = [
        Column(_("Who was told, and for what")),
        Column(_("What")),
        Column(_("Why it could be told")),
        Column(_("How it stands")),
        Column(_("When")),
    ]
    return Table(_("What care told other authorities about you"), columns, rows)


def _line_row(line: care.SummaryLine) -> Row:
    cells = [
        Cell(line.what, second=line.recipient),
        Cell(line.state),
        Cell(line.detail),
        Cell(when(line.when)),
    ]
    return Row(cells)


def _property_table(actor: Actor, person: PersonSeen) -> Table:
    rows = []
    for belonging in queries.properties(actor, person.id):
        item = property_item(actor, belonging)
        since = when(Happened(at=belonging.state_at, zone=person.zone))
        rows.append(Row([Cell(item.label, second=item.note), Cell(item.state), Cell(since)]))
    columns = [Column(_("What")), Column(_("Where it is")), Column(_("Since"))]
    return Table(_("What was taken from you"), columns, rows)


def _rights(files: Sequence[FileAbout]) -> list[str]:
    listed = [
        _("If something here is wrong, say so: it is corrected. What stood before stays beside it, struck."),
        _("You may ask for your files to be erased. You are told what may not be erased yet, and why."),
        _("You may ask for this answer again, at any time, and for it to be read to you."),
    ]
    if any(file.kind == "care" for file in files):
        listed.insert(1, _("You may take back what you agreed to, and need not say why."))
    return listed
