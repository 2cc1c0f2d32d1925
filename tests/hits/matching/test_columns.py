"""Columns of tables of people, as registers in the region head them."""

from __future__ import annotations

import codecs
from collections import Counter
from pathlib import Path

import pytest
import yaml

from libertad.hits.matching import tables
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.record import Birth, Name
from libertad.hits.matching.tables import MAPPABLE, recognised


@pytest.mark.parametrize(
    ("heads", "fields"),
    [
        (
            [
                "N° de caso",
                "Apellido paterno",
                "Apellido materno",
                "Nombres",
                "Fecha de nacimiento",
                "Sexo",
                "Nacionalidad",
                "Nº documento",
                "Teléfono celular",
                "Domicilio",
                "Localidad",
            ],
            [
                "id",
                "family_name",
                "family_name",
                "given_name",
                "birth_date",
                "sex",
                "nationality",
                "document",
                "phone",
                "address",
                "place",
            ],
        ),
        (
            ["Código", "Nome completo", "Data de nascimento", "CPF", "Telefone", "Rua", "Bairro", "Cidade"],
            ["id", "name", "birth_date", "document", "phone", "address", "place", "place"],
        ),
        (
            ["Dossier", "Nom de famille", "Prénom(s)", "Né(e) le", "Sexe", "Numéro de passeport", "Courriel"],
            ["id", "family_name", "given_name", "birth_date", "sex", "document", "handle"],
        ),
        (
            ["Dossiernummer", "Voornamen", "Tussenvoegsel", "Achternaam", "Geboortedatum", "BSN", "Kenteken"],
            ["id", "given_name", "family_name", "family_name", "birth_date", "document", "vehicle"],
        ),
        (
            ["uuid", "ALIAS 1", "alias 2", "DOB", "Cell Phone", "E-mail", "Place of birth"],
            ["id", "name", "name", "birth_date", "phone", "handle", "place"],
        ),
    ],
)
def test_a_register_is_read_without_a_map(heads: list[str], fields: list[str]) -> None:
    columns = recognised(heads)
    field_of = {name: field for field, names in columns.of.items() for name in names}
    assert [field_of.get(head, "") for head in heads] == fields


@pytest.mark.parametrize(
    "head",
    ["Nombre de la madre", "Nome da mãe", "Estado civil", "Tipo de documento", "Fecha del hecho", "Notes"],
)
def test_what_is_not_about_who_it_is_is_not_compared(head: str) -> None:
    assert recognised(["Nombre", head]).rest == [head]


def test_no_name_of_a_column_is_of_two_fields() -> None:
    data = yaml.safe_load((FOLDER / "columns.yaml").read_text("utf-8"))
    assert set(data) == set(MAPPABLE)
    counted = Counter(name for names in data.values() for name in names.split())
    assert counted.most_common(1)[0][1] == 1, counted.most_common(3)
    assert all(name.isascii() and name.isalnum() and name.islower() for name in counted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_keeps_its_accents_whatever_wrote_it(tmp_path: Path, encoding: str, mark: str) -> None:
    """Spreadsheets of the region write Windows-1252 with semicolons, or UTF-16 with tabs."""
    path = tmp_path / "list.csv"
    lines = ["Código;Apellido paterno;Nombres;Fecha de nacimiento", "1;Ibáñez Peña;Zoé;23/04/1990"]
    text = "\r\n".join(lines).replace(";", mark) + "\r\n"
    path.write_bytes((codecs.BOM_UTF16_BE if encoding == "utf-16-be" else b"") + text.encode(encoding))
    (record,) = tables.rows(path, tables.columns_of(path))
    assert record.id == "1"
    assert record.names == (Name(given="Zoé", family="Ibáñez Peña"),)
    assert record.birth == Birth.of_text("1990-04-23")


def test_a_file_of_two_hands_is_read_letter_by_letter(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("id,name\n1,Peña\n".encode() + "2,Muñoz\n3,\x81\n".encode("latin-1"))
    names = [record.names for record in tables.rows(path, tables.columns_of(path))]
    assert names[:2] == [(Name("Peña"),), (Name("Muñoz"),)]
    assert len(names) == 3


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("+592 600 1234 / +592 600 9876", ["+592 600 1234", "+592 600 9876"]),
        ("6001234; 6009876", ["6001234", "6009876"]),
        ("600-1234 y 600-9876", ["600-1234", "600-9876"]),
        ("600-1234/5", ["600-1234/5"]),
        ("+592 600 1234", ["+592 600 1234"]),
        ("", []),
    ],
)
def test_several_telephones_in_a_cell_are_several(tmp_path: Path, cell: str, phones: list[str]) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f'id,name,phone\n1,Ana Ruiz,"{cell}"\n2,Mia Roy,\n', "utf-8")
    first, second = tables.rows(path, tables.columns_of(path))
    assert first.all("phone") == phones and second.all("phone") == []
