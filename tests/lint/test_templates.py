"""The template check finds planted faults and lets good templates through."""

from __future__ import annotations

import pytest

from tests.lint.templates import faults


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("<p>Leads</p>", "not translatable"),
        ("<p>{% if a %}Open lead{% endif %}</p>", "not translatable"),
        ('<img src="a.png" alt="A site">', "not translatable"),
        ('<input placeholder="Search">', "not translatable"),
        ('<p style="color: red"></p>', "style attribute"),
        ('<button onclick="go()"></button>', "event attribute"),
        ("<style>p { color: red }</style>", "inline style"),
        ("<script>go()</script>", "inline script"),
    ],
)
def test_planted_faults_are_found(text: str, rule: str) -> None:
    assert [fault.rule for fault in faults(text)] == [rule]


@pytest.mark.parametrize(
    "text",
    [
        '<p title="{% translate \'Leads\' %}">{% translate "Leads" %}</p>',
        "<p>{% blocktranslate count n=n %}One lead{% plural %}{{ n }} leads{% endblocktranslate %}</p>",
        "{# a note #}{% comment %}another note{% endcomment %}<p>{{ lead.summary }} &middot; 14:05</p>",
        '<script src="/static/a.js" defer></script>',
        '<script type="application/json" id="sites">{"name": "Bridgetown"}</script>',
        '<p class="{% if overdue %}late{% endif %}">UTC</p>',
    ],
)
def test_good_templates_pass(text: str) -> None:
    assert faults(text) == []


def test_a_fault_names_its_line() -> None:
    assert faults("{% blocktranslate %}a\nb{% endblocktranslate %}\n<p>Leads</p>")[0].line == 3
