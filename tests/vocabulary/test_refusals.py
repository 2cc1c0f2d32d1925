"""Refusals can be translated: words and parameters apart, extracted, and shown in the user's language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from django import forms
from django.test import Client, override_settings
from django.utils import translation

from libertad.access.acting import Forbidden
from libertad.look import refusals
from libertad.vocabulary.body import refused
from libertad.vocabulary.codelists import Refused, UnknownCode, check_code, marked
from tests.support.world import World
from tools.messages import PACKAGE, template

PLACE = {"Refused": 1, "Forbidden": 0}  # where each has its message
HOLE = re.compile(r"%\((\w+)\)s")


def raised() -> Iterator[tuple[str, ast.Call, ast.expr]]:
    """Where, the call and its message, of all refusals of the code; the attack kit is no part of a node."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "attacks" in path.parts:
            continue
        for step in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(step, ast.Call):
                name = getattr(step.func, "id", None) or getattr(step.func, "attr", "")
                if name in PLACE and len(step.args) > PLACE[name]:
                    yield f"{path.relative_to(PACKAGE)}:{step.lineno}", step, step.args[PLACE[name]]


def test_no_refusal_is_put_together_where_it_is_raised() -> None:
    """A literal, or the name of one that is marked: no f-string, no sum, nothing that is translated early."""
    wrong = [
        f"{where}: {ast.unparse(message)}"
        for where, _call, message in raised()
        if isinstance(message, (ast.JoinedStr, ast.BinOp, ast.IfExp))
        or (
            isinstance(message, ast.Call)
            and getattr(message.func, "id", "") not in ("marked",)
            and getattr(message.func, "attr", "") != "get"
        )
    ]
    assert not wrong, "give what differs as parameters: Refused(field, 'at most %(most)s', most=...)"


def test_each_parameter_has_its_place_in_the_message_and_each_place_its_parameter() -> None:
    checked = 0
    for where, call, message in raised():
        parameters = {keyword.arg for keyword in call.keywords}
        if isinstance(message, ast.Constant) and None not in parameters:
            checked += 1
            assert set(HOLE.findall(message.value)) == parameters, where
    assert checked > 300


def test_every_refusal_is_extracted() -> None:
    known_messages = {str(message.id) for message in template() if isinstance(message.id, str)}
    missing = [
        where
        for where, _call, message in raised()
        if isinstance(message, ast.Constant) and message.value not in known_messages
    ]
    assert not missing
    assert {"there is no such file", "is not a field of this entry", "you took it over"} <= known_messages
    assert {"only the file's owner says this", "'%(code)s' is not in the list '%(name)s'"} <= known_messages
    assert {"Charged", "Family reunification", "Sign out"} <= known_messages, (
        "code lists, rule sets, templates"
    )


USED = "the seal number %(number)s was used before; a number is used once, ever"
WORDS = {
    USED: "[%(number)s] ya se ha utilizado",
    "after '%(before)s' comes one of: %(following)s": "[%(before)s -> %(following)s]",
    "nothing": "[nada]",
    "'%(code)s' is not in the list '%(name)s'": "[%(code)s / %(name)s]",
    "write the seal's number": "[número]",
}


@pytest.fixture(name="spanish")
def _spanish(tmp_path: Path) -> Iterator[None]:
    """A catalogue of a few messages, compiled and offered."""
    catalog = Catalog(locale="es", charset="utf-8")
    for message, words in WORDS.items():
        catalog.add(message, words)
    place = tmp_path / "es" / "LC_MESSAGES"
    place.mkdir(parents=True)
    with (place / "django.mo").open("wb") as file:
        write_mo(file, catalog)
    offered = override_settings(LOCALE_PATHS=[tmp_path], LANGUAGES=[("en", "English"), ("es", "Spanish")])
    with offered, translation.override("es"):
        yield


def test_a_refusal_is_shown_in_the_users_language_with_its_parameters(spanish: None) -> None:
    why = Refused("number", USED, number="A%7")
    assert refusals.in_words(why) == "[A%7] ya se ha utilizado"
    assert why.rule.startswith("the seal number A%7 was used") and str(why).startswith("number: the seal")
    why = Refused(
        "state",
        "after '%(before)s' comes one of: %(following)s",
        before=marked("nothing"),
        following="nothing",
    )
    assert refusals.in_words(why) == "[[nada] -> nothing]", "what people wrote stands as they wrote it"
    assert refusals.in_words(Refused("x", "100% sure is nobody")) == "100% sure is nobody", (
        "no catalogue has it"
    )
    with pytest.raises(UnknownCode) as unknown:
        check_code("countries", "XX", "country")
    assert refusals.in_words(unknown.value) == "[XX / countries]"
    assert (
        refusals.in_words(Forbidden("your role may not say %(verb)s", verb="a.b"))
        == "your role may not say a.b"
    )


def test_a_refusal_keeps_its_parameters_through_the_decoder() -> None:
    step = Refused("most", "has at most %(most)s characters", most=7)
    wrapped = ValueError("outer")
    wrapped.__cause__ = step
    again = refused(wrapped)
    assert (again.field, again.message, again.parameters) == (step.field, step.message, step.parameters)


def test_a_refusal_goes_to_the_field_of_the_form_or_above_it() -> None:
    class SealForm(forms.Form):
        number = forms.CharField()

    form = SealForm({"number": "1"})
    assert form.is_valid()
    refusals.show(form, Refused("number", "write the seal's number"))
    refusals.show(form, Refused("elsewhere", "say why"))
    assert form.errors == {"number": ["write the seal's number"], "__all__": ["say why"]}


def test_a_language_that_is_not_there_is_not_offered(world: World) -> None:
    from django.conf import settings

    offered = {code for code, _name in settings.LANGUAGES}
    translated = {path.parts[-3] for path in (PACKAGE / "locale").glob("*/LC_MESSAGES/django.mo")}
    assert offered == {"en"} | translated
    client = Client(headers={"accept-language": "de"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="en"' in page
    for code in {"es", "pt", "fr", "nl"} - translated:
        answer = client.post("/language/", {"language": code})
        assert "language" not in answer.cookies
        assert f'value="{code}"' not in page


def test_a_language_that_is_there_is_offered(world: World, spanish: None) -> None:
    client = Client(headers={"accept-language": "es"})
    page = client.get("/sign-in/").content.decode()
    assert '<html lang="es"' in page and "Español" in page
