"""Names of each language of the region: what is one name in two writings, and what must stay two."""

from __future__ import annotations

import pytest

from libertad.hits.matching.datafiles import nicknames, particles, written_for
from libertad.hits.matching.nicknames import known_as
from libertad.hits.matching.spelling import sound
from libertad.hits.matching.text import normalise_text

CALLED = {
    "es": "Francisco Paco, José Pepe, Alberto Beto, Alejandro Alejo, Sebastián Seba, Alfonso Poncho, "
    "Guadalupe Lupe, Concepción Coni, Matías Mati",
    "pt": "José Zé, Francisco Chico, João Jô, Aparecida Cida, Antônio Tonho, Andreia Deia, Tiago Tiaguinho, "
    "Carlos Cacá",
    "fr": "Jean Jeannot, Pierre Pierrot, Sébastien Bastien, Clément Clém, Fabienne Faby, Gilles Gilou",
    "nl": "Cornelis Kees, Jacobus Koos, Johannes Jan, Hendrik Hein, Nicolaas Klaas, Catharina Trijntje, "
    "Adrianus Arie, Maria Mieke, Wilhelmus Wim, Wilhelmus Pim, Bartholomeus Mees, Elisabeth Betje",
    "en": "William Bill, Abigail Gail, Albert Bert",
}
OTHERS = {
    "es": "Roberto Paco, Francisco Pepe, Sebastián Mati, Josefa Paco, Juan Juana, Mercedes Merceditas",
    "pt": "Antônio Zé, João Tião, Carlos Chico, Maria Mário",
    "fr": "Pierre Jeannot, Marie Marielle, Claude Claudette, Anne Annick",
    "nl": "Cornelis Koos, Hendrik Piet, Johannes Jaap, Maria Mees, Klaas Kees",
    "en": "William Bob, Robert Bill",
}
ALIKE = {
    "es": "Giménez Jiménez, Valdez Baldes, Yolanda Llolanda, Xiomara Siomara, Huamán Guamán",
    "pt": "Gonçalves Gonsalves, Souza Sousa, Manoel Manuel, Xavier Chavier, Munhoz Muñoz",
    "fr": "Moreau Moro, Benoit Benoît, Philippe Filipe, Claudette Clodette",
    "ht": "Robert Wobè, Augustin Ogisten, Laurent Loran, Lucien Lisyen, Moreau Mowo",
    "nl": "Meijer Meyer, Schmidt Smit, Frederick Frederik, Riekje Rikje, Doerga Durga",
    "srn": "Tjon Tyon, Sjahrial Syahrial, Djasmadi Dyasmadi, Kodjo Kodyo, Kwakoe Kwaku",
    "pap": "José Hosé, Julio Hulio, Carlos Karlos, Cecilia Sesilia",
    "hi": "Ramdeo Ramdev, Rampersad Ramprasad, Shiwnarain Siwnarain, Seepersad Sipersad",
    "jv": "Soekarno Sukarno, Tjokro Cokro, Maja Maya",
}
APART = {
    "es": "Pérez Páez, Muñoz Núñez, Lorena Lorenza",
    "pt": "Silva Salva, Souza Soares, Joana João",
    "fr": "Moreau Morin, Pierre Paul, Laurent Lambert",
    "ht": "Robert Jilbè, Jean Jeanne, Lucien Lisette, Laurent Lorette",
    "nl": "Meijer Mulder, Jansen Hansen, Peters Pieters",
    "srn": "Tjon Tjin, Kwasi Kwaku, Kofi Kojo, Pinas Pina",
    "pap": "José Josefa, Julio Julia, Carlos Carla",
    "hi": "Ramdeo Ramdin, Persaud Parsram, Seecharan Seeram",
    "jv": "Soekarno Soekarmin, Tjokro Tjokoro",
}
WRITTEN = (
    # names of the day in Suriname, Jamaica and Guyana
    "Kodjo Cudjoe, Kwakoe Quaco, Cuffy Kofi, Cuffee Koffi, Quamina Kwame, Kwasi Quashee, Kwasiba Akosua, "
    "Afiba Afua, Akuba Akua, Abeni Abena, "
    # Hakka, which most Chinese of Guyana and Suriname spoke, beside Cantonese, Hokkien and Pinyin
    "Chin Chen, Chin Chan, Chin Tan, Liew Liu, Liew Lau, Yong Yeung, Chong Cheung, Dee Lee, "
    # Arabic, Indian
    "Mohd Mohammed, Hussain Hosein, Persad Prashad"
)
TWO = (
    "Kofi Kwaku, Kwasi Kwame, Cuffy Cudjoe, Akuba Adyuba, Yaw Kwasi, Chin Chong, Liew Lee, Yong Yap, "
    "Tan Lim, Hassan Hussain, Ali Ahmed, Persaud Ramsaran"
)


def pairs(text: str) -> list[tuple[str, str]]:
    return [(left, right) for left, right in (pair.split() for pair in text.split(", "))]


def each(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    return [(language, *pair) for language, text in texts.items() for pair in pairs(text)]


@pytest.mark.parametrize(("language", "name", "nickname"), each(CALLED))
def test_who_is_called_so_may_be_found_by_the_name(language: str, name: str, nickname: str) -> None:
    assert normalise_text(name) in known_as(normalise_text(nickname))
    listed = {
        (normalise_text(row.name), normalise_text(row.nickname))
        for row in nicknames()
        if row.language == language
    }
    assert (normalise_text(name), normalise_text(nickname)) in listed


@pytest.mark.parametrize(("language", "name", "other"), each(OTHERS))
def test_another_s_nickname_and_a_name_of_its_own_are_no_nickname(
    language: str, name: str, other: str
) -> None:
    assert normalise_text(name) not in known_as(normalise_text(other))
    assert normalise_text(other) not in known_as(normalise_text(name))


@pytest.mark.parametrize(("language", "left", "right"), each(ALIKE))
def test_one_name_in_two_spellings_of_a_language_sounds_alike(language: str, left: str, right: str) -> None:
    assert sound(left, language) == sound(right, language)


@pytest.mark.parametrize(("language", "left", "right"), each(APART))
def test_two_names_of_a_language_sound_apart(language: str, left: str, right: str) -> None:
    assert sound(left, language) != sound(right, language)


def meanings(name: str) -> frozenset[str]:
    return written_for(normalise_text).get(normalise_text(name), frozenset({normalise_text(name)}))


@pytest.mark.parametrize(("left", "right"), pairs(WRITTEN))
def test_one_name_in_two_romanisations_may_be_one(left: str, right: str) -> None:
    assert meanings(left) & meanings(right)


@pytest.mark.parametrize(("left", "right"), pairs(TWO))
def test_two_names_in_romanisation_stay_two(left: str, right: str) -> None:
    assert not meanings(left) & meanings(right)


@pytest.mark.parametrize(
    ("language", "word"),
    [("nl", "van 't"), ("nl", "ter"), ("pt", "dos"), ("es", "de la"), ("fr", "du"), ("ar", "bint")],
)
def test_words_that_stand_with_a_name_are_known_as_such(language: str, word: str) -> None:
    assert ("particle", language) in {(row.role, row.language) for row in particles() if row.particle == word}


def test_a_nickname_s_language_is_one_that_the_region_speaks() -> None:
    assert {row.language for row in nicknames()} == {"en", "es", "fr", "nl", "pt"}
