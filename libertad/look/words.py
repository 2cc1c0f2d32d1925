"""Code lists on screens: labels in the reader's language, and choices for forms."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import get_timezone_location
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from libertad.vocabulary.codelists import label, sayable
from libertad.vocabulary.written import normalise
from libertad.vocabulary.zones import every_zone, zones

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def words(name: str, code: str) -> str:
    """Label of a code in the reader's language; '' for ''."""
    if not code:
        return ""
    if name == "countries":
        return country_name(code, get_language() or "en")
    return _(label(name, code))


@lru_cache(maxsize=4096)
def country_name(country: str, language: str) -> str:
    """A country's or territory's name in a language, from Unicode CLDR; in English our own."""
    english = label("countries", country)
    if language.partition("-")[0] == "en":
        return english
    return str(Locale.parse(to_locale(language)).territories.get(country, english))


def countries_by_name(countries: Iterable[str]) -> dict[str, str]:
    """Names of these countries by their codes, in the order in which a reader looks for the names."""
    names = {country: words("countries", country) for country in countries}
    return dict(sorted(names.items(), key=lambda pair: normalise(pair[1])))


@lru_cache(maxsize=4096)
def city_name(zone: str, language: str) -> str:
    """The city after which a time zone is called, in a language: 'Buenos Aires', 'Saint-Vincent'."""
    city: str = get_timezone_location(zone, locale=to_locale(language), return_city=True)
    return city.rpartition("/")[2]


def zone_choices(
    countries: Iterable[str] | None = None, blank: StrOrPromise | None = None
) -> Callable[[], list[Any]]:
    """Choices of time zones by the name of their city, grouped by country; all without a list."""

    def options() -> list[Any]:
        language = get_language() or "en"
        table = every_zone() if countries is None else {country: zones(country) for country in countries}
        groups = [
            (country_name(country, language), [(zone, city_name(zone, language)) for zone in names])
            for country, names in table.items()
        ]
        groups.sort(key=lambda group: group[0])
        return groups if blank is None else [("", str(blank)), *groups]

    return options


def choices(
    name: str, only: Iterable[str] | None = None, blank: StrOrPromise | None = None
) -> Callable[[], list[Any]]:
    """Choices of a code list for a form field, evaluated per request so that they are translated.

    What is retired is not offered, even where `only` names it.
    """

    def offered_choices() -> list[tuple[str, str]]:
        today = sayable(name)
        codes = list(today) if only is None else [code for code in only if code in today]
        named = (
            countries_by_name(codes) if name == "countries" else {code: words(name, code) for code in codes}
        )
        listed = list(named.items())
        return listed if blank is None else [("", str(blank)), *listed]

    return offered_choices


def country_choices(countries: Sequence[str]) -> list[Any]:
    """Of these countries one is to be chosen; where there is one only, it is."""
    return choices("countries", countries, blank=_("Choose") if len(countries) > 1 else None)()


def choosing(listed: Iterable[tuple[str, StrOrPromise]]) -> list[tuple[str, StrOrPromise]]:
    """Choices after an empty one: a list shows nothing chosen until somebody chooses."""
    return [("", _("Choose")), *listed]


def source_label(source: str, sex: str = "") -> str:
    """'She said', 'Officer saw', 'Document', 'Database', 'Decision'."""
    if source == "said":
        return {"female": _("She said"), "male": _("He said")}.get(sex, _("Person said"))
    return {
        "saw": _("Officer saw"),
        "document": _("Document"),
        "database": _("Database"),
        "decision": _("Decision"),
    }.get(source, source)
