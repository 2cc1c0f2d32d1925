"""Names as they come out of a keyboard, an ear and a habit: slips, spellings by sound, short forms."""

from __future__ import annotations

import csv
import random
from functools import cache

from bench._names import data, strip_accents

ROWS = ("qwertyuiop", "asdfghjklñ", "zxcvbnm")
# What is heard, and how somebody else writes it; Spanish, Portuguese, French, Dutch, English, romanised
# Chinese and Hindi. Taken from the languages' sounds, both ways.
EAR = (
    ("v", "b"),
    ("b", "v"),
    ("z", "s"),
    ("s", "z"),
    ("c", "k"),
    ("k", "c"),
    ("ce", "se"),
    ("ci", "si"),
    ("ç", "s"),
    ("ll", "y"),
    ("y", "ll"),
    ("y", "i"),
    ("i", "y"),
    ("h", ""),
    ("ge", "je"),
    ("gi", "ji"),
    ("j", "h"),
    ("j", "y"),
    ("x", "j"),
    ("qu", "k"),
    ("ñ", "ny"),
    ("nh", "ñ"),
    ("ñ", "n"),
    ("lh", "ll"),
    ("ph", "f"),
    ("f", "ph"),
    ("th", "t"),
    ("t", "th"),
    ("ou", "u"),
    ("oe", "u"),
    ("u", "oe"),
    ("ij", "y"),
    ("eau", "o"),
    ("oo", "u"),
    ("ee", "i"),
    ("i", "ee"),
    ("w", "v"),
    ("gu", "w"),
    ("sh", "ch"),
    ("ch", "sh"),
    ("x", "sh"),
    ("z", "x"),
    ("es", "ez"),
    ("ez", "es"),
    ("e", "i"),
    ("o", "u"),
    ("ss", "s"),
    ("n", "nn"),
    ("l", "ll"),
    ("tt", "t"),
    ("rr", "r"),
    ("ie", "i"),
    ("a", "ah"),
    ("zh", "j"),
    ("q", "ch"),
    ("ei", "ey"),
    ("ai", "ay"),
)
# Short forms in use in the region, from general knowledge; English ones come from the data set of nicknames.
SHORT = {
    "francisco": "paco pancho kiko",
    "jose": "pepe chepe",
    "maria": "mari mary",
    "guadalupe": "lupe",
    "jesus": "chucho",
    "manuel": "manolo manu",
    "antonio": "toño toni",
    "juan": "juancho",
    "carlos": "charly",
    "alejandro": "alex ale",
    "alejandra": "ale sandra",
    "eduardo": "edu lalo",
    "enrique": "quique",
    "fernando": "nando fer",
    "fernanda": "fer nanda",
    "gabriel": "gabo",
    "gabriela": "gaby",
    "isabel": "isa chabela",
    "isabella": "isa bella",
    "luis": "lucho",
    "luisa": "lucha",
    "mercedes": "meche",
    "pedro": "perucho",
    "rafael": "rafa",
    "roberto": "beto",
    "rosario": "charo",
    "santiago": "santi chago",
    "sebastian": "sebas",
    "valentina": "vale",
    "valeria": "vale",
    "victoria": "vicky",
    "daniel": "dani",
    "daniela": "dani",
    "david": "davo",
    "diego": "dieguito",
    "emmanuel": "manu manno",
    "felipe": "pipe",
    "joao": "joãozinho",
    "paulo": "paulinho",
    "ana": "aninha anita",
    "patricia": "paty",
    "ignacio": "nacho",
    "adriana": "dri adri",
    "juliana": "ju juli",
    "francisca": "chica paquita",
    "martina": "tina",
    "mateo": "teo",
    "samuel": "samu",
    "camila": "cami mila",
    "sofia": "sofi",
    "nicole": "nico niki",
    "samantha": "sami",
    "mariana": "mari nana",
    "antonella": "anto nella",
    "stanley": "stan",
    "ricardo": "richard ricky",
    "esther": "ester estelle",
}


@cache
def english() -> dict[str, list[str]]:
    by_name: dict[str, list[str]] = {}
    with (data() / "matching" / "nicknames" / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            by_name.setdefault(row["name1"], []).append(row["name2"])
    return by_name


def _capitalise_like(word: str, other: str) -> str:
    """`word` with the capitals of `other`."""
    return word.title() if other[:1].isupper() and not other.isupper() else word


def keyboard(word: str, rng: random.Random) -> str:
    """One slip: a neighbouring key, a letter left out, doubled or too many, two letters exchanged."""
    if len(word) < 3:
        return word
    place = rng.randrange(1, len(word))  # the first letter is seldom wrong
    slip = rng.choices(("near", "omit", "double", "swap"), weights=(30, 30, 15, 25))[0]
    letter = word[place]
    if slip == "omit":
        return word[:place] + word[place + 1 :]
    if slip == "double":
        return word[:place] + letter + word[place:]
    if slip == "swap":
        neighbour = place - 1 if place > 1 else min(place + 1, len(word) - 1)
        low, high = sorted((place, neighbour))
        return word[:low] + word[high] + word[low + 1 : high] + word[low] + word[high + 1 :]
    row = next((row for row in ROWS if strip_accents(letter.lower()) in row), "")
    if not row:
        return word
    at = row.index(strip_accents(letter.lower()))
    near = rng.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
    return word[:place] + near + word[place + 1 :]


def by_ear(word: str, rng: random.Random) -> str:
    """One spelling by sound, where the word has one; else a slip of the keyboard."""
    lower = word.lower()
    fitting = [(place, a, b) for a, b in EAR for place in _places(lower, a)]
    if not fitting:
        return keyboard(word, rng)
    place, sound, spelling = rng.choice(fitting)
    return _capitalise_like(lower[:place] + spelling + lower[place + len(sound) :], word)


def _places(word: str, part: str) -> list[int]:
    return [i for i in range(len(word) - len(part) + 1) if word.startswith(part, i)]


def misspelt(words: list[str], rng: random.Random) -> list[str]:
    """One word of them, the longer the likelier, typed or heard wrongly."""
    at = rng.choices(range(len(words)), weights=[len(word) for word in words])[0]
    wrong = (keyboard if rng.random() < 0.5 else by_ear)(words[at], rng)
    return [*words[:at], wrong, *words[at + 1 :]]


def short(name: str, rng: random.Random) -> str:
    """What somebody with this given name is called: a short form in use, else its beginning or end."""
    key = strip_accents(name.lower())
    known = SHORT.get(key, "").split() + english().get(key, [])
    if known:
        return rng.choice(known).title()
    if len(key) < 5:
        return name
    return (name[: rng.choice((3, 4))] if rng.random() < 0.7 else name[-4:]).title()
