"""The custody of an exhibit for reading, from its opened entries alone: in a browser or a terminal.

The same entries give the same text to whoever has them, so that a verifier compares a page with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libertad.evidence import package_passkeys as passkeys
from libertad.evidence.custody import Chain, Event, Gap, chain
from libertad.evidence.events import event
from libertad.evidence.flaws import FLAWS
from libertad.evidence.package import Manifest, Opened
from libertad.evidence.receipts import receipt_words
from libertad.evidence.sentence import happened, sentence, stretch
from libertad.journal.causal import in_order
from libertad.journal.subjects import content_of, definition
from libertad.look import times
from libertad.look.words import words
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs import evidence as say

PROVENANCE = {
    "generated": gettext_lazy("Generated for a demonstration: no real thing, no real person"),
    "published": gettext_lazy("From a published source"),
}


class Line(NamedTuple):
    """A row of the chain: when, what by whom, further pairs (label, value), and the entry's hash:
    '' for a gap, which no entry says and two tell.
    """

    when: str
    title: str
    pairs: tuple[tuple[str, str], ...]
    entry: str


class Story(NamedTuple):
    """The custody as entries tell it. `aside`: entries that do not count for it; `proven`: whether the
    exhibit's id proves who began it."""

    chain: Chain
    lines: tuple[Line, ...]
    sentence: str
    aside: tuple[str, ...]


def tell(
    entries: Sequence[Opened],
    made_at: datetime,
    names: Mapping[str, str],
    confirmed: Mapping[str, passkeys.State],
) -> Story | None:
    """The custody that entries of one exhibit tell; None without its taking. `names`: of authorities;
    `confirmed`: by entry, as `package_passkeys.states`."""
    begins = content_of(say.ExhibitSeize)
    candidates = [entry for entry in entries if begins(entry)]  # type: ignore[arg-type]
    if not candidates:
        return None
    began = definition(candidates, entries, tuple)  # type: ignore[arg-type]
    counting = [
        entry
        for entry in entries
        if entry.compartment == began.compartment
        and (entry.authority == began.body.authority or entry.verb != "exhibit.seize")
    ]
    ordered: Sequence[Opened] = in_order(counting)  # type: ignore[arg-type,assignment]
    custody = chain(event(entry, place) for place, entry in enumerate(ordered))
    if custody is None:
        return None
    contents = {entry.id: entry for entry in ordered}
    gaps = {gap.release.id: gap for gap in custody.gaps}
    lines: list[Line] = []
    for step in custody.events:
        line = _line(step, contents[step.id], custody, names)
        if said := passkeys.words(confirmed.get(step.id)):
            line = line._replace(pairs=(*line.pairs, (_("Passkey"), said)))
        lines.append(line)
        if step.id in gaps:
            lines.append(_gap(gaps[step.id], made_at))
    counted = {entry.id for entry in counting}
    aside = tuple(entry.id for entry in entries if entry.id not in counted)
    return Story(custody, tuple(lines), sentence(custody, made_at), aside)


def _gap(gap: Gap, made_at: datetime) -> Line:
    """A gap as a row of its own, as on the exhibit's page."""
    lasted = times.span((gap.until or max(made_at, gap.since)) - gap.since)
    text = (
        _("Nobody is recorded as holding it for %(span)s")
        if gap.until is not None
        else _("Nobody is recorded as holding it since, for %(span)s by now")
    )
    by = ", ".join(dict.fromkeys(statement.by or _("an officer") for statement in gap.statements))
    explained = _("by a statement of %(by)s; it stays a gap") % {"by": by} if by else _("not explained")
    return Line(
        times.when(happened(gap.release)),
        text % {"span": lasted},
        ((_("Gap"), stretch(gap)), (_("Explained"), explained)),
        "",
    )


def _line(event: Event, entry: Opened, told: Chain, names: Mapping[str, str]) -> Line:
    by = event.by or _("an officer")
    titles = {
        "seize": _("Taken by %(by)s"),
        "correct": _("Description corrected by %(by)s"),
        "seal": _("Sealed by %(by)s"),
        "offer": _("Offered by %(by)s"),
        "accept": _("Accepted by %(by)s"),
        "take_over": _("Taken over by %(by)s, if the witness confirms it"),
        "witness": _("Answer of the witness, %(by)s"),
        "store": _("Put at a place of the store by %(by)s"),
        "release": _("Released by %(by)s without a receiving officer: a gap begins"),
        "statement": _("Statement of %(by)s on a gap"),
        "ask": _("%(by)s asked for a statement on a gap"),
        "return": _("Returned by %(by)s: custody ends"),
        "settle": _("%(by)s settled which acceptance holds"),
    }
    flaw = told.flaw(event)
    pairs = [
        (_("Authority"), names.get(event.authority, event.authority)),
        (_("Provenance"), PROVENANCE.get(entry.body.provenance, "")),
        *_described(entry),
        (_("To"), event.to_name),
        (_("Place"), "" if event.kind in ("seize", "correct") else event.place),
        (_("Seal opened"), event.opened),
        (_("New seal"), event.number),
        (_("Seal read"), event.seal_read),
        (_("State of the seal"), words("seal-states", event.seal_state)),
        (_("Recorded as holding it before"), event.holder_name),
        (_("Witness"), event.witness_name or ("" if event.kind == "take_over" else event.witness)),
        (_("Confirms it"), words("yes-no", event.agrees)),
        (_("Signed for"), words("yes-no", event.signed)),
        (_("Owner received it in person"), words("yes-no", event.in_person)),
        (_("In their words"), event.words),
        (_("Contradicts"), str(FLAWS[flaw]) if flaw else ""),
        (_("Does not hold"), _("A person set this acceptance aside.") if event in told.aside else ""),
        (_("Written down"), times.when(Happened(at=event.clock, zone=event.zone))),
    ]
    pairs_shown = tuple((label, str(value)) for label, value in pairs if value)
    return Line(times.when(happened(event)), titles[event.kind] % {"by": by}, pairs_shown, event.id)


def _described(entry: Opened) -> list[tuple[str, str]]:
    """What a taking or a correction says of the thing itself."""
    content = entry.content
    if not isinstance(content, say.ExhibitSeize):
        return []
    return [
        (_("Kind"), words("exhibit-kinds", content.kind)),
        (_("What it looks like"), content.description),
        (_("Where found"), content.where_found),
        (_("Taken from"), content.taken_from),
        (_("Device number"), content.device_number),
        (_("Phone number"), content.phone_number),
        (_("Document number"), content.document_number),
        (_("Issued by"), words("countries", content.document_country)),
        (_("Valid until"), content.document_expires),
        (_("Holder, as the document says"), content.document_holder),
        (_("State when taken"), content.state_when_taken),
        *(
            (f"{line.currency} {line.denomination}", _("%(count)d pieces") % {"count": line.pieces})
            for line in content.cash
        ),
        (_("Owner agreed"), words("yes-no", content.owner_agreed)),
        (_("Receipt"), receipt_words(content.receipt)),
    ]


STYLE = (
    "body{font:16px/1.45 sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;color:#0b0c0c}"
    "h2{margin:2rem 0 .5rem}ol{padding-left:1.4rem}li{margin:0 0 1.2rem}dl{margin:.2rem 0}"
    "dt{float:left;clear:left;width:13rem;color:#505a5f}dd{margin:0 0 0 13.5rem}code{word-break:break-all}"
    ".gap{border-left:6px solid #d4351c;padding-left:.6rem}"
    "@media(max-width:40rem){dt{float:none;width:auto}dd{margin:0}}@media print{li{break-inside:avoid}}"
)


HEAD = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    "<title>%s</title><style>%s</style></head><body>\n"
)


def page(manifest: Manifest, story: Story) -> bytes:
    """`chain.html`: the story as one page that asks for nothing else."""
    title = _("Exhibit %(reference)s: chain of custody") % {"reference": manifest.reference}
    maker = ", ".join(filter(None, (manifest.maker.name, manifest.maker.authority_name)))
    values = {"maker": maker, "time": times.when(Happened(at=manifest.made, zone=manifest.zone))}
    maker_line = _("Made by %(maker)s on %(time)s.") % values
    note = _(
        "This page is for reading. What counts are the signed entries in the same file: check them with "
        "“libertad evidence verify”, which needs no sign-in and no database."
    )
    parts = [
        _tag("h1", title),
        _tag("p", f"{maker_line} {note}"),
        _tag("h2", _("In one sentence")),
        _tag("p", story.sentence),
        _tag("h2", _("Every entry, in order of time")),
        "<ol>",
        *(_step(line) for line in story.lines),
        "</ol>",
    ]
    if manifest.audits:
        parts += [_tag("h2", _("What audits of the store found of it")), "<ul>"]
        parts += [_tag("li", text) for text in manifest.audits]
        notice = _(
            "As whoever made this file tells it: an audit's own entry names other exhibits, and is not here."
        )
        parts += ["</ul>", _tag("p", notice)]
    if story.aside:
        why = _("These entries name the exhibit and do not count, because another authority began it:")
        parts.append(_tag("p", f"{why} {', '.join(story.aside)}"))
    return (HEAD % (escape(title), STYLE) + "\n".join(parts) + "\n</body></html>\n").encode()


def readme(manifest: Manifest, story: Story) -> bytes:
    """`README.txt`: what the file is, and how to check it, for whoever has never heard of us."""
    values = {"reference": manifest.reference, "count": len(story.chain.events)}
    text = (
        _(
            "Exhibit %(reference)s: evidence package\n"
            "\n"
            "chain.html says who held the exhibit when, in %(count)s entries. Open it in a browser.\n"
            "entries.json holds the entries as they were signed, each with the key that opens it alone.\n"
            "manifest.json lists all of it with hashes, and the keys that signed. manifest.sig signs it.\n"
            "\n"
            "To check it, on any machine, without a sign-in and without a network:\n"
            "\n"
            "    libertad evidence verify THIS-FILE.zip --key KEY\n"
            "\n"
            "Give the zip as it came, not unpacked. KEY is the number of an authority's key, which you have\n"
            "from that authority itself and not from this file; give --key once for each. How to check it\n"
            "with a program of your own stands in docs/journal-format.md of Libertad, part 9.\n"
        )
        % values
    )
    return text.encode()


def _tag(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>"


def _step(line: Line) -> str:
    pairs = "".join(_tag("dt", label) + _tag("dd", value) for label, value in line.pairs)
    entry = _tag("dt", _("Entry")) + f"<dd><code>{line.entry}</code></dd>" if line.entry else ""
    start = "<li>" if line.entry else '<li class="gap">'
    return f"{start}{_tag('strong', f'{line.when}: {line.title}')}<dl>{pairs}{entry}</dl></li>"
