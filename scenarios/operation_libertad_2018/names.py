"""Generated names of the region: two surnames, accents, one-word names. Nobody real is meant."""

from __future__ import annotations

from random import Random
from typing import Any

from libertad.vocabulary.values import Birth, PersonName

GIVEN = {
    "es": {
        "female": "María José,Ana Lucía,Yuleisy,Rosa,Carolina,Daniela,Luz Marina,Yajaira,Beatriz,Inés,Noemí",
        "male": "José Ángel,Luis Andrés,Ramón,Yeferson,Óscar,Jesús,Héctor,Julián,Iván,Raúl",
    },
    "pt": {
        "female": "Ana Clara,Francisca,Raimunda,Luísa,Conceição,Jéssica,Márcia,Tainá",
        "male": "João Pedro,Raimundo,Antônio,Cícero,Sebastião,Luís,Edílson",
    },
    "en": {
        "female": "Keisha,Shanice,Annette,Marva,Latoya,Simone,Joy,Candacy",
        "male": "Dwayne,Leroy,Marlon,Kemar,Andre,Trevor,Curtis",
    },
    "ht": {
        "female": "Mirlande,Guerda,Rose-Laure,Nadège,Islande",
        "male": "Wilner,Jean-Robert,Frantz,Évens,Ricardo",
    },
    "nl": {"female": "Mariëlle,Shudeska,Jurleny,Sharlène", "male": "Rignald,Giovanny,Ruthson,Étienne"},
    "vi": {"female": "Lan,Hoa,Thu,Minh Châu,Hạnh", "male": "Quang,Bảo,Đức,Tuấn"},
    "zh": {"female": "Mei Ling,Xiu,Yan,Fang", "male": "Wei,Jun,Guang,Tao"},
    "hi": {"female": "Anjali,Sunita,Kavita,Priya", "male": "Rajesh,Sanjay,Anil,Vikram"},
}
FAMILY = {
    "es": "García,Rodríguez,Muñoz,Peña,Ibáñez,Quiñones,Núñez,Yánez,Bolívar,Salazar,Ávila,Pérez,Zúñiga",
    "pt": "da Silva,dos Santos,Araújo,Gonçalves,de Souza,Conceição,Ribeiro,Falcão",
    "en": "Joseph,Browne,Charles,Baptiste,Williams,Clarke,Providence,Cato,Thomas,Alexander",
    "ht": "Jean-Baptiste,Désir,Saint-Fleur,Étienne,Pierre-Louis",
    "nl": "Martina,Croes,Maduro,Janga,Tromp",
    "vi": "Nguyễn,Trần,Phạm,Hoàng",
    "zh": "Chen,Lin,Huang,Zhou",
    "hi": "Kumar,Persaud,Singh,Ramlall",
}
LANGUAGE = {
    "es": "spa",
    "pt": "por",
    "en": "eng",
    "ht": "hat",
    "nl": "pap",
    "vi": "vie",
    "zh": "cmn",
    "hi": "hin",
}
NATIONALITY = {
    "es": ("VE", "VE", "CO", "DO"),
    "pt": ("BR",),
    "en": ("GY", "JM", "TT"),
    "ht": ("HT",),
    "nl": ("CW", "AW"),
    "vi": ("VN",),
    "zh": ("CN",),
    "hi": ("IN",),
}
TONGUES = {
    "AG": "es,es,en,ht",
    "AW": "es,es,nl",
    "BB": "en,es,hi",
    "BZ": "es,en",
    "BR": "pt,pt,pt,es",
    "CW": "es,es,nl,ht",
    "GY": "es,es,en,pt,hi",
    "JM": "en,en,ht,zh",
    "LC": "en,es",
    "VC": "vi,zh,en",
    "TT": "es,es,es,en,zh",
    "TC": "ht,ht,es",
    "VE": "es",
}

# Records that are given names, so that somebody must look twice: given name, surnames, birth.
TWO_WOMEN = {
    "GY/33": ("Ana Lucía", "Zúñiga Bolívar", "1994"),
    "GY/40": ("Ana Lucía", "Zúñiga Bolívar", "1994-08-21"),
}
PERHAPS_ONE = {
    "GY/35": ("Yajaira", "Ibáñez Quiñones", "1996-11-03"),
    "GY/44": ("Yajaira", "Ibañez", "1996-11"),
}


def given_name(key: str, person_drawn: dict[str, Any]) -> dict[str, Any]:
    """Who a record of the plot is: as drawn, or with the name and birth that are given to it above."""
    if (plotted := (TWO_WOMEN | PERHAPS_ONE).get(key)) is None:
        return person_drawn
    forename, family, birth = plotted
    return {
        **person_drawn,
        "name": (PersonName(text=f"{forename} {family}", given=forename, family=family),),
        "birth": Birth(date=birth),
        "sex": "female",
        "language": ("spa",),
        "nationality": ("VE",),
    }


def pick(rng: Random, words: str) -> str:
    return rng.choice(words.split(","))


def person(rng: Random, tongue: str, sex: str) -> tuple[PersonName, ...]:
    """One or two names: as said, and for some as a document has it."""
    forename = pick(rng, GIVEN[tongue][sex])
    first, second = pick(rng, FAMILY[tongue]), pick(rng, FAMILY[tongue])
    if rng.random() < 0.18:
        return (PersonName(text=forename),)
    if tongue in ("vi", "zh"):
        return (PersonName(text=f"{first} {forename}", given=forename, family=first),)
    family = f"{first} {second}" if tongue in ("es", "pt") and first != second else first
    whole = PersonName(text=f"{forename} {family}", given=forename, family=family)
    if rng.random() < 0.12:
        return (whole, PersonName(text=forename.split()[0], kind="also-called"))
    return (whole,)


def officer(rng: Random) -> str:
    """'D. Browne': an initial and a surname."""
    tongue = rng.choice(["en", "es", "pt", "nl"])
    return f"{pick(rng, GIVEN[tongue][rng.choice(['female', 'male'])])[0]}. {pick(rng, FAMILY[tongue])}"
