"""A hit's entries as lines of its timeline. Reasons and values only for who may read both records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.hits.queries import HitSeen
from libertad.hits.wording import bits_words, then_words
from libertad.journal.folding import Said
from libertad.look.page_objects import Link, TimelineItem
from libertad.look.times import date_words
from libertad.look.words import source_label, words
from libertad.vocabulary.verbs import hits as say


def items(
    entries: Iterable[Said], hit: HitSeen, names: Mapping[str, str], authorities: Mapping[str, str]
) -> list[TimelineItem]:
    """In the order given."""
    lines = []
    for entry in entries:
        title, text = sentence(entry, hit)
        node = not entry.officer
        author = _("This node") if node else names.get(entry.officer, "")
        by = ", ".join(filter(None, [author, authorities.get(entry.authority, "")]))
        source = "database" if node else "decision"
        links = [Link(_("Entry and signature"), reverse("entry", args=[entry.id]))] if hit.both else []
        lines.append(
            TimelineItem(
                entry.happened,
                source,
                _("Comparison") if node else source_label(source),
                title,
                text,
                by=f"{by}.",
                links=links,
            )
        )
    return lines


def sentence(entry: Said, hit: HitSeen) -> tuple[str, str]:
    """(title, text) of an entry."""
    content = entry.content
    if isinstance(content, say.HitFound):
        title = _("Possible match: %(bits)s bits") if content.reference else _("Compared anew: %(bits)s bits")
        return title % {"bits": bits_words(content.bits)}, then_words(content.probability)
    statement = str(getattr(content, "reasons", "") or getattr(content, "words", ""))
    text = statement if hit.both else _("The reasons are for who may read both records.")
    if isinstance(content, say.HitConfirm):
        if hit.persons:
            return _("Found to be one person; a second reader must agree"), text
        return _("Confirmed"), text
    if isinstance(content, say.HitRead):
        agrees = content.agrees == "yes"
        return (_("The second reader agrees") if agrees else _("The second reader does not agree")), text
    if isinstance(content, say.HitReject):
        return _("Rejected"), text
    if isinstance(content, say.HitPostpone):
        return _("Not yet: comes back on %(day)s") % {"day": date_words(content.until)}, text
    if isinstance(content, say.HitUndo):
        return _("The decision is taken back"), text
    if isinstance(content, say.HitAsk):
        return _("The owner of a record is asked"), statement
    if isinstance(content, say.HitAnswer):
        return _("The owner answers: %(answer)s") % {
            "answer": words("hit-answers", content.answer)
        }, statement
    return entry.verb, text
