"""Template tags of the look: marks, shapes, times, icons, form fields."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from libertad.look import fields, times
from libertad.look.page_objects import Cell, Column, Row, Table
from libertad.look.shapes import icon_svg, shape_svg
from libertad.vocabulary.values import Happened

register = template.Library()


@register.simple_tag
def mark(provenance: str | None) -> str:
    """'generated' dotted or 'published' solid, beside a figure or once in a heading; '' shows nothing."""
    if provenance == "generated":
        return format_html('<span class="mark">{}</span>', _("generated"))
    if provenance == "published":
        return format_html('<span class="mark mark--published">{}</span>', _("published"))
    return ""


@register.simple_tag
def status_shape(code: str, label: str | None = None) -> SafeString:
    """The shape with its words, or with `label`; label='' leaves the words to the text beside it."""
    svg, words = shape_svg(code)
    drawn = mark_safe(svg)  # noqa: S308 - drawn from our own constants, no input in it
    if label == "":
        return drawn
    return format_html('<span class="status">{}{}</span>', drawn, words if label is None else label)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon that repeats the text beside it."""
    return mark_safe(icon_svg(name))  # noqa: S308 - our own constant


def _time(moment: Happened | datetime, words: str) -> str:
    return format_html('<time datetime="{}">{}</time>', times.iso(moment), words)


@register.simple_tag
def when(moment: Happened | datetime | str | None) -> str:
    """'5 April 2018, 09:40 (UTC-4)'. A text is shown as it is; nothing is shown as nothing."""
    if moment is None or isinstance(moment, str):
        return moment or ""
    return _time(moment, times.when(moment))


@register.simple_tag
def when_day(moment: Happened | datetime) -> str:
    """'5 April 2018'."""
    return times.day(moment)


@register.simple_tag
def when_clock(moment: Happened | datetime) -> str:
    """'09:40 (UTC-4)'."""
    clock = times.clock(moment)
    return _time(moment, clock) if clock else ""


@register.simple_tag
def late(delta: timedelta) -> str:
    """'3 h 22 min overdue'."""
    return times.late(delta)


@register.simple_tag
def time_left(delta: timedelta) -> str:
    """'in 1 h 38 min'."""
    return times.time_left(delta)


@register.simple_tag
def span(delta: timedelta) -> str:
    """'2 h 10 min'."""
    return times.span(delta)


@register.filter
def iso(moment: Happened | datetime) -> str:
    """For the attribute datetime."""
    return times.iso(moment)


@register.inclusion_tag("web/look/field.html")
def field(bound: BoundField, look: str = "") -> dict[str, Any]:
    """A field in GOV.UK's markup: label, hint, error, control. `look`: segments, chips, radios, select."""
    return fields.field_context(bound, look)


@register.simple_tag
def first_words(text: str, limit: int, href: str = "") -> str:
    """A text as far as it fits into a list that holds others too, with a link to the rest."""
    if len(text) <= limit:
        return conditional_escape(text)
    begun = text[:limit].rpartition(" ")[0] or text[:limit]
    link = format_html(' <a href="{}">{}</a>', href, _("more")) if href else ""
    return format_html("{} …{}", begun, link)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """mapping[key] or ''."""
    return mapping.get(key, "")


@register.filter
def percent(number: float) -> str:
    """'12.5%' for an SVG attribute, with a point whatever the language."""
    return f"{float(number):.2f}".rstrip("0").rstrip(".") + "%"


@register.filter
def clock_here(moment: datetime) -> str:
    """'18:52 here (UTC-4)': the authority's zone; a script writes the reader's own."""
    return f"{moment:%H:%M} {_('here')} ({times.offset(moment)})"


@register.filter
def clock(moment: datetime) -> str:
    """'18:52 (UTC-4)', in the zone that the moment is given in."""
    return times.clock(moment)


@register.filter
def clock_utc(moment: datetime) -> str:
    """'22:52', whatever zone the server runs in."""
    return f"{moment.astimezone(UTC):%H:%M}"


@register.filter
def cells_of(row: Row, table: Table) -> list[tuple[Column, Cell]]:
    """Each cell with its column; a row with too many or too few cells is an error of ours."""
    return list(zip(table.columns, row.cells, strict=True))


@register.filter
def first_id(bound: BoundField) -> str:
    """The id that the error summary links to."""
    return fields.first_id(bound)
