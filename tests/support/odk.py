"""Forms and submissions as ODK's tools write them, made by hand; nothing of them is anybody's."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook

SURVEY = [
    ["type", "name", "label::English (en)", "label::Español (es)"],
    ["start", "start", "", ""],
    ["username", "username", "", ""],
    ["begin_group", "first", "First", "Primero"],
    ["select_one yes_no", "danger", "Is anyone in danger?", "¿Hay peligro?"],
    ["text", "name", "What may we call you?", "¿Nombre?"],
    ["select_multiple needs", "needs", "Needs now", "Necesidades"],
    ["integer", "age_from", "Age, from", ""],
    ["end_group", "", "", ""],
    ["dateTime", "happened", "When was it?", ""],
    ["geopoint", "where", "Where is it?", ""],
    ["image", "photo", "Photo of the place", ""],
    ["text", "boat", "Which boat?", ""],
    ["note", "thanks", "Thank you", ""],
]
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Español (es)"],
    ["yes_no", "yes", "Yes", "Sí"],
    ["yes_no", "no", "No", "No"],
    ["yes_no", 1, "Not sure", ""],
    ["needs", "medical", "A doctor", "Médico"],
    ["needs", "food", "Food", "Comida"],
    ["needs", "boots", "Boots", "Botas"],
]
SETTINGS = [
    ["form_title", "form_id", "version", "default_language"],
    ["Met at the river", "person.meet", 3, "English (en)"],
]
Sheet = list[list[object]]


def write_form(
    path: Path, survey: object = None, choices: object = None, settings: object = SETTINGS
) -> Path:
    """An XLSForm in a file; without words of its own it is of people met."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in (
        ("survey", survey or SURVEY),
        ("choices", choices or CHOICES),
        ("settings", settings),
    ):
        if isinstance(rows, list):
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
    book.save(path)
    return path


CENTRAL = (
    "SubmissionDate,start,username,first-danger,first-name,first-needs,first-age_from,happened,"
    "where-Latitude,where-Longitude,where-Altitude,where-Accuracy,photo,boat,thanks,meta-instanceID,KEY,"
    "SubmitterID,SubmitterName,AttachmentsPresent,AttachmentsExpected,Status,ReviewState,DeviceID,Edits,"
    "FormVersion"
)


def central(*rows: str) -> str:
    """A table as Central exports it."""
    return "\r\n".join([CENTRAL, *rows]) + "\r\n"


def central_row(key: str, **values: str) -> str:
    """A row of such a table; `values` by the column's name with '_' for '-'."""
    row = {
        "SubmissionDate": "2018-04-05T18:00:00.000Z",
        "start": "2018-04-05T09:30:00.000-04:00",
        "first-danger": "no",
        "meta-instanceID": key,
        "KEY": key,
        "SubmitterName": "K. Persaud",
        "AttachmentsPresent": "0",
        "FormVersion": "3",
        **values,
    }
    return ",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in CENTRAL.split(","))


def collect(key: str, inside: str, form: str = "person.meet", extra: str = "") -> str:
    """A submission as Collect keeps it on the phone."""
    return (
        "<?xml version='1.0' ?>"
        f'<data id="{form}" version="3"{extra} xmlns:h="http://www.w3.org/1999/xhtml" '
        'xmlns:orx="http://openrosa.org/xforms">'
        f"<start>2018-04-05T09:30:00.000-04:00</start><username>K. Persaud</username>{inside}"
        f"<orx:meta><orx:instanceID>{key}</orx:instanceID></orx:meta></data>"
    )
