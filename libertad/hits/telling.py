"""A hit's entries as lines of its timeline. Reasons and values only for who may read both records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.hits.queries import HitSeen
from libertad.hits.wording import bits_words, then_words
from libertad.journal.folding import Said
from libertad.look.looks import Link, TimelineItem
from libertad.look.times import date_words
from libertad.look.words import source_label, words
from libertad.vocabulary.verbs import hits as say


def items(
    entries: Iterable[Said], seen: HitSeen, names: Mapping[str, str], authorities: Mapping[str, str]
) -> list[TimelineItem]:
    """In the order given."""
    found = []
    for entry in entries:
        title, text = sentence(entry, seen)
        node = not entry.officer
        who = _("This node") if node else names.get(entry.officer, "")
        by = ", ".join(filter(None, [who, authorities.get(entry.authority, "")]))
        source = "database" if node else "decision"
        links = [Link(_("Entry and signature"), reverse("entry", args=[entry.id]))] if seen.both else []
        found.append(
            TimelineItem(
                entry.happened, source, _("Comparison") if node else source_label(source), title, text,
                by=f"{by}.", links=links,
            )
        )  # fmt: skip
    return found


def sentence(entry: Said, seen: HitSeen) -> tuple[str, str]:
    """(title, text) of an entry."""
    what = entry.content
    if isinstance(what, say.HitFound):
        title = _("Found alike: %(bits)s bits") if what.reference else _("Compared anew: %(bits)s bits")
        return title % {"bits": bits_words(what.bits)}, then_words(what.probability)
    told = str(getattr(what, "reasons", "") or getattr(what, "words", ""))
    text = told if seen.both else _("The reasons are for who may read both records.")
    if isinstance(what, say.HitConfirm):
        if seen.persons:
            return _("Found to be one person; a second reader must agree"), text
        return _("Confirmed"), text
    if isinstance(what, say.HitRead):
        agrees = what.agrees == "yes"
        return (_("The second reader agrees") if agrees else _("The second reader does not agree")), text
    if isinstance(what, say.HitReject):
        return _("Rejected"), text
    if isinstance(what, say.HitPostpone):
        return _("Not yet: comes back on %(day)s") % {"day": date_words(what.until)}, text
    if isinstance(what, say.HitUndo):
        return _("The decision is taken back"), text
    if isinstance(what, say.HitAsk):
        return _("The owner of a record is asked"), told
    if isinstance(what, say.HitAnswer):
        return _("The owner answers: %(answer)s") % {"answer": words("hit-answers", what.answer)}, told
    return entry.verb, text
