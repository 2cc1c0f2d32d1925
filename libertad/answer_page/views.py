"""The pages of the host: enter the code, read what is asked, answer once. A GET changes nothing."""

from __future__ import annotations

import logging
import threading
from functools import cache
from typing import Any

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.answer_page.configured import host_key, known_nodes, store_path
from libertad.answer_page.forms import AnswerForm, CodeForm
from libertad.answer_page.messages import Answer, Question
from libertad.answer_page.node_side import reply_to
from libertad.answer_page.sealing import TOKEN, WrongCode, link_name, open_question, seal_answer
from libertad.answer_page.signing import NotSigned
from libertad.answer_page.store import SealedPage, Store
from libertad.look.page_objects import Pair
from libertad.look.times import date_words
from libertad.look.words import words

logger = logging.getLogger("libertad.answer_page")
NODE = "/node/"
AT_ONCE = threading.BoundedSemaphore(2)  # codes that are tried: each takes 64 MiB
PAGE = "answer_page/page.html"


@cache
def store() -> Store:
    """This process's store."""
    return Store(store_path())


def page(request: HttpRequest, token: str) -> HttpResponse:
    """A link: the form for the code; with the code, the question; with an answer, the end."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    link = link_name(token) if TOKEN.fullmatch(token) else ""
    if not link or not store().is_live(link):
        return nothing_here(request)
    if request.method != "POST":
        return ask_code(request, CodeForm())
    code_form = CodeForm(request.POST)
    if not code_form.is_valid():
        return ask_code(request, code_form)
    tried = store().begin_try(link)
    if tried is None:
        return nothing_here(request)
    code = code_form.cleaned_data["code"]
    try:
        with AT_ONCE:
            question = open_question(tried.sealed, tried.id, token, code, tried.salt)
    except WrongCode:
        return wrong_code(request, code_form, store().fail_try(tried))
    answering = "answering" in request.POST
    store().end_try(tried, opening=not answering)
    form = AnswerForm(request.POST if answering else None, initial={"code": code})
    if form.is_bound and form.is_valid():
        return take(request, tried, question, form)
    return ask_answer(request, question, form)


def take(request: HttpRequest, tried: SealedPage, question: Question, form: AnswerForm) -> HttpResponse:
    """Keep the answer; where another one came first, say so."""
    chosen = {name: form.cleaned_data[name] for name in ("answer", "earliest", "words")}
    sealed = seal_answer(Answer(**chosen), tried.id, question.key)
    if not store().take_answer(tried, sealed):
        return nothing_here(request)
    context = {
        "title": _("Thank you. Your answer is on its way."),
        "lines": [
            _("It counts once you were called back, at the number that we know. Nobody acts on it before."),
            _("This page is over. Its link opens nothing any more; you can delete the message."),
        ],
        "line": question.line,
    }
    return render(request, PAGE, context)


def ask_code(request: HttpRequest, form: Form, status: int = 200) -> HttpResponse:
    context = {
        "title": _("Somebody asks for your help"),
        "lines": [
            _("A care service asks whether you can help. What it asks is shown once you enter the code."),
            _("You were told the code by telephone. If you were not, close this page: it is not for you."),
        ],
        "form": form,
        "button": _("Show what is asked"),
    }
    return render(request, PAGE, context, status=422 if form.errors else status)


def wrong_code(request: HttpRequest, form: CodeForm, left: int) -> HttpResponse:
    """How often it can still be tried; after the last time the page is gone."""
    if not left:
        return nothing_here(request)
    say = ngettext(
        "This is not the code. You can try %(left)d more time; then the page is gone.",
        "This is not the code. You can try %(left)d more times; then the page is gone.",
        left,
    )
    form.add_error("code", say % {"left": left})
    return ask_code(request, form)


def ask_answer(request: HttpRequest, question: Question, form: AnswerForm) -> HttpResponse:
    context = {
        "title": _("Can you help?"),
        "lines": [_("You are told no name and no place. If you can help, you are called.")],
        "facts": facts(question),
        "form": form,
        "button": _("Send the answer"),
        "answering": True,
        "wont": _("You answer once. Until you have been called back, nobody acts on it."),
    }
    return render(request, PAGE, context, status=422 if form.errors else 200)


def facts(question: Question) -> list[Pair]:
    """What is asked, line by line; what the person withholds is not even named."""
    lines = [
        (_("Needed"), words("services", question.service)),
        (_("When"), date_words(question.day) if question.day else _("As soon as possible")),
        (_("For"), words("sexes", question.sex) if question.sex else ""),
        (_("Age"), words("age-groups", question.age) if question.age else ""),
        (_("Language"), words("languages", question.language) if question.language else ""),
        (_("Our duty line"), question.line),
    ]
    return [Pair(label, value, strong=place == 0) for place, (label, value) in enumerate(lines) if value]


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same for a link that never was, one that is over, and one that was answered."""
    context = {
        "title": _("There is nothing to answer here"),
        "lines": [
            _(
                "It was answered already, its time is over, too many wrong codes were entered, or it was "
                "taken back. Or the address is not whole: open the link as it was sent."
            ),
            _("If somebody asked for your help, call the number that you were told."),
        ],
    }
    return render(request, PAGE, context, status=404)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return nothing_here(request)


def failed(request: HttpRequest) -> HttpResponse:
    context = {"title": _("This did not work"), "lines": [_("Nothing was sent. Try again in a minute.")]}
    return render(request, PAGE, context, status=500)


def too_often(request: HttpRequest) -> HttpResponse:
    context = {"title": _("Too often"), "lines": [_("Nothing was sent. Wait a minute, then try again.")]}
    return render(request, PAGE, context, status=429)


def front(request: HttpRequest) -> HttpResponse:
    """The bare address says nothing of what is here."""
    return nothing_here(request)


def node(request: HttpRequest) -> HttpResponse:
    """A care node asks: it puts pages here, takes answers away, recalls. To anybody else nothing is here."""
    if request.method != "POST":
        return nothing_here(request)
    try:
        reply = reply_to(request.body, store(), known_nodes(), host_key())
    except NotSigned:
        return nothing_here(request)
    return HttpResponse(reply, content_type="application/octet-stream")


def page_context(request: HttpRequest) -> dict[str, Any]:
    """For every page: (code, name, address) of each language that it can be read in."""
    listed = settings.LANGUAGES if len(settings.LANGUAGES) > 1 else ()
    return {"languages": [(code, str(name), f"{request.path}?in={code}") for code, name in listed]}
