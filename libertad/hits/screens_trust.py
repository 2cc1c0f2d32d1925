"""How far a score can be trusted: what was decided of such scores, as a figure and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.asking import actor_of
from libertad.access.queries import authority_names
from libertad.hits.plot import Plot, Step, drawn, steps
from libertad.hits.queries import trust
from libertad.hits.reliability import ENOUGH, Decision, Trust
from libertad.hits.wording import probability_words
from libertad.look.page_objects import Cell, Column, Row, Table


@dataclass(frozen=True)
class Part:
    """One curve: its figure, the figure in words, and its table."""

    key: str
    title: str
    second: str
    words: str
    plot: Plot
    table: Table


def hits_trust(request: HttpRequest) -> HttpResponse:
    """The authority's own curve, and that of each other authority with which enough was decided."""
    actor = actor_of(request)
    own_trust = trust(actor.authority)
    names = authority_names([name for name in (*own_trust.decisions, actor.authority) if name])
    parts = [part(own_trust, "", _("All hits of %(authority)s") % {"authority": names[actor.authority]})]
    for name in sorted(own_trust.decisions, key=lambda owner: names.get(owner, "")):
        if own_trust.basis(name) == "pair":
            parts.append(part(own_trust, name, between(name, actor.authority, names.get(name, ""))))
    context = {"parts": parts, "pairs": pairs(own_trust, actor.authority, names)}
    return render(request, "hits/trust.html", context)


def between(name: str, own: str, called: str) -> str:
    if name == own:
        return _("Hits between your own records")
    return _("Hits with records of %(authority)s") % {"authority": called}


def part(own_trust: Trust, name: str, title: str) -> Part:
    decided: Sequence[Decision] = own_trust.decisions.get(name, ()) if name else own_trust.every
    curve = partial(own_trust.at, owner=name)
    listed = steps(decided, curve)
    return Part(
        key=name or "all",
        title=title,
        second=" ".join([count_words(len(decided)), basis_words(own_trust.basis(name))]),
        words=", ".join(
            _("%(bits)s: %(share)s") % {"bits": step_words(step), "share": probability_words(step.chance)}
            for step in listed
        ),
        plot=drawn(listed, own_trust.curve(name).bits.tolist(), curve, share_words),
        table=table(title, listed),
    )


def count_words(decided: int) -> str:
    return ngettext("%(count)d decision stands.", "%(count)d decisions stand.", decided) % {"count": decided}


def basis_words(basis: str) -> str:
    """Whose decisions make a curve."""
    by_basis = {
        "pair": _("The curve is that of these decisions."),
        "authority": _("The curve is that of all decisions of your authority."),
        "first": _("Fewer than %(enough)d: the curve is the one measured on a synthetic population."),
    }
    return by_basis[basis] % {"enough": ENOUGH} if basis == "first" else by_basis[basis]


def share_words(share: float) -> str:
    return f"{share * 100:g}%"


def step_words(step: Step) -> str:
    """'+2 to +4 bits'."""
    if step.low is None:
        return _("under %(bits)s bits") % {"bits": f"{step.high:+d}"}
    if step.high is None:
        return _("%(bits)s bits and more") % {"bits": f"{step.low:+d}"}
    low, high = (f"{at:+d}" if at else "0" for at in (step.low, step.high))
    return _("%(low)s to %(high)s bits") % {"low": low, "high": high}


def table(title: str, listed: Sequence[Step]) -> Table:
    """What the figure shows, in numbers."""
    rows = [
        Row(
            [
                Cell(step_words(step)),
                Cell(str(step.decided)),
                Cell(str(step.same)),
                Cell(f"{step.same / step.decided:.0%}" if step.decided else _("none")),
                Cell(probability_words(step.chance)),
            ]
        )
        for step in listed
    ]
    columns = [
        Column(_("Evidence")),
        Column(_("Decided"), numeric=True),
        Column(_("The same"), numeric=True),
        Column(_("Share"), numeric=True),
        Column(_("By the curve"), numeric=True),
    ]
    return Table(_("%(title)s, in numbers") % {"title": title}, columns, rows, stacks=False)


def pairs(own_trust: Trust, own: str, names: Mapping[str, str]) -> Table | None:
    """Which curve holds for hits with whom."""
    rows = []
    for name in sorted(own_trust.decisions, key=lambda owner: names.get(owner, "")):
        decided = own_trust.decisions[name]
        called = between(name, own, names.get(name, "")) if name else _("Hits of several other authorities")
        rows.append(
            Row(
                [
                    Cell(called),
                    Cell(str(len(decided))),
                    Cell(str(sum(same for _bits, same in decided))),
                    Cell(basis_words(own_trust.basis(name))),
                ]
            )
        )
    columns = [
        Column(_("With whom")),
        Column(_("Decided"), numeric=True),
        Column(_("The same"), numeric=True),
        Column(_("Whose decisions make the odds")),
    ]
    return Table(_("By authority"), columns, rows) if rows else None
