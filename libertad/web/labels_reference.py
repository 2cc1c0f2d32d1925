"""Writes `labels.py`: labels of code lists and rule sets, and sentences of weights, for translation tools.

python -m libertad.web.labels_reference > libertad/web/labels.py
"""

from __future__ import annotations

from libertad.hits.matching.reasons import KINDS, RARE, SENTENCES
from libertad.vocabulary.codelists import FOLDER, codelist
from libertad.vocabulary.rules import rule_set, rule_sets


def labels() -> list[str]:
    """Labels in a fixed order, each once."""
    texts: list[str] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        texts += codelist(path.stem).values()
    for name in sorted(rule_sets()):
        rules = rule_set(name)
        texts.append(rules.title)
        for dimension in rules.dimensions.values():
            texts.append(dimension.label)
            texts += [indicator.label for indicator in dimension.indicators.values()]
    # How the matcher's weights are told.
    texts += [*SENTENCES.values(), *KINDS.values(), RARE]
    return list(dict.fromkeys(texts))


def page() -> str:
    """The module's text."""
    lines = [
        '"""Labels of code lists and rule sets, marked for translation. Made by labels_reference.py."""',
        "",
        "from __future__ import annotations",
        "",
        "from django.utils.translation import gettext_noop as _",
        "",
        "LABELS = [",
    ]
    for text in labels():
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        lines.append(f'    _("{quoted}"),')
    return "\n".join([*lines, "]", ""])


if __name__ == "__main__":
    print(page(), end="")
