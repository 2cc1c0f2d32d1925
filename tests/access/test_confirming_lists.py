"""A list from a file is one approval of listed rows: exactly those that were read, by a second person."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from libertad.access import accounts, screens_appointments
from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_by_one
from libertad.access.actions.confirm_officer import confirm_officers
from libertad.access.models import Appointment, Officer
from libertad.access.queries_appointments import appointments_by_one
from libertad.access.submissions import new_submission
from libertad.journal.models import Entry
from libertad.vocabulary.values import Refused
from tests.access.test_appointments import acting, administrator, appointed, client_of, waits
from tests.operations.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/appointments/"
LIST = (
    "name,service number,role,rank\n"
    "Corvina Thistlewood,VC-501,caseworker,\n"
    "Ambrose Quill,VC-502,caseworker,\n"
    "Delphine Marsh,VC-503,supervisor,\n"
)


def from_file(world: World) -> dict[str, str]:
    """The care administrator appoints three officers by a file; by name, how the list names each."""
    client = client_of(administrator(world))
    shown = client.post("/officers/from-file/", {"file": SimpleUploadedFile("o.csv", LIST.encode())})
    signed = re.search(r'name="shown" value="([^"]+)"', shown.content.decode())
    assert signed is not None
    client.post("/officers/from-file/", {"shown": unescape(signed[1])})
    return {row.name: row.read_as for row in appointments_by_one(administrator(world))}


def answer(client: Client, **values: Any) -> str:
    form = {"how": "order", "submission": new_submission(), **values}
    page = unescape(client.post(PAGE, form, follow=True).content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def waiting() -> set[str]:
    return set(Appointment.objects.filter(confirmed_by="").values_list("pk", flat=True))


def test_a_list_from_a_file_is_confirmed_on_one_page_by_one_answer(world: World) -> None:
    rows, supervisor = from_file(world), world.client("supervisor")
    assert len(rows) == 3 and "3 appointments wait for your confirmation" in text(supervisor, "/")
    page = unescape(supervisor.get(PAGE).content.decode())
    for name, number, role in (
        ("Corvina Thistlewood", "VC-501", "Caseworker"),
        ("Ambrose Quill", "VC-502", "Caseworker"),
        ("Delphine Marsh", "VC-503", "Supervisor"),
    ):
        assert re.search(f"{name}, {role}, number {number}: appointed by A. Admin, ", page)
    assert page.count('type="checkbox"') == 4 and " checked" not in page
    submission, size = new_submission(), Entry.objects.count()
    values = {"shown": " ".join(rows.values()), "whole": "on", "submission": submission}
    assert "3 appointments are confirmed." in answer(supervisor, **values)
    assert waiting() == set() and Entry.objects.count() == size + 3
    answer(supervisor, **values)  # posted twice
    assert Entry.objects.count() == size + 3
    assert "No appointment waits for you" in text(supervisor, PAGE)


def test_who_is_not_ticked_goes_on_waiting_and_nobody_ticked_is_no_answer(world: World) -> None:
    rows, supervisor = from_file(world), world.client("supervisor")
    shown = " ".join(rows.values())
    assert "tick whom you confirm" in answer(supervisor, shown=shown).lower()
    assert len(waiting()) == 3
    answer(supervisor, shown=shown, chosen=[rows["Ambrose Quill"]])
    assert waiting() == {rows[name].split(":")[0] for name in ("Corvina Thistlewood", "Delphine Marsh")}


def test_who_was_changed_or_withdrawn_since_the_list_was_read_drops_out_and_is_named(world: World) -> None:
    rows, supervisor = from_file(world), world.client("supervisor")
    changed, gone = (rows[name].split(":")[0] for name in ("Corvina Thistlewood", "Delphine Marsh"))
    perform(
        administrator(world),
        appoint_by_one,
        name="Corvina Thistlewood",
        service_number="VC-501",
        role="supervisor",
        officer=changed,
    )
    accounts.withdraw(administrator(world), gone, "generated")
    said = answer(supervisor, shown=" ".join(rows.values()), whole="on")
    assert "1 appointment is confirmed." in said
    assert "Not confirmed" in said and "Corvina Thistlewood" in said and "Delphine Marsh" in said
    assert changed in waiting() and waits(acting(world, changed, "supervisor"))
    assert not waits(acting(world, rows["Ambrose Quill"].split(":")[0], "caseworker"))
    size = Entry.objects.count()  # replayed, in a posting of its own: nothing of it is left
    assert "appointment is confirmed" not in answer(supervisor, shown=" ".join(rows.values()), whole="on")
    assert Entry.objects.count() == size and changed in waiting()


def test_a_row_that_was_added_after_the_list_was_read_is_not_in_it(world: World) -> None:
    rows, supervisor = from_file(world), world.client("supervisor")
    shown = re.search(r'name="shown" value="([^"]+)"', supervisor.get(PAGE).content.decode())
    assert shown is not None and set(shown[1].split()) == set(rows.values())
    later = appointed(world)
    assert "3 appointments are confirmed." in answer(supervisor, shown=shown[1], whole="on")
    assert waiting() == {later.officer}


def test_nobody_confirms_by_a_list_whom_they_may_not_confirm_alone(world: World) -> None:
    rows = list(from_file(world).values())
    admin = administrator(world)
    for who in (admin, world.actor("caseworker"), world.actor("national-lead"), world.actor("coordinator")):
        with pytest.raises((Forbidden, Refused)):
            perform(who, confirm_officers, listed=rows, how="order")
    made_up = appointed(world, role="administrator", number="NEW-2", name="Made Up")
    with pytest.raises(Forbidden, match="your own appointment is not confirmed"):
        perform(made_up, confirm_officers, listed=rows, how="order")
    with pytest.raises(Refused, match="no appointment waits"):
        perform(world.actor("supervisor"), confirm_officers, listed=["0" * 32 + ":" + "0" * 64], how="order")
    assert len(waiting()) == 4


def test_one_who_may_not_be_confirmed_keeps_no_other_from_it(world: World) -> None:
    """The supervisor's own new code stands by one in the same list: somebody else confirms that."""
    rows = list(from_file(world).values())
    second = Officer.objects.get(
        pk=appointed(world, role="supervisor", number="S-2", name="B. Second").officer
    )
    own = Appointment.objects.get(pk=second.pk)
    perform(world.actor("supervisor"), confirm_officers, listed=[f"{second.pk}:{own.entry}"], how="order")
    accounts.new_code(administrator(world), world.actor("supervisor").officer)
    mine = Appointment.objects.get(pk=world.actor("supervisor").officer)
    dropped = perform(
        acting(world, second.pk, "supervisor"),
        confirm_officers,
        listed=[*rows, f"{mine.pk}:{mine.entry}", f"{second.pk}:{own.entry}"],
        how="order",
    )
    assert dropped == [second.pk] and waiting() == set()


def test_a_longer_list_is_confirmed_a_page_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from_file(world)
    monkeypatch.setattr(screens_appointments, "MOST", 2)
    supervisor = world.client("supervisor")
    page = supervisor.get(PAGE).content.decode()
    assert "The first 2 of 3 are listed" in page and "All that are listed: 2 appointments" in page
    shown = re.search(r'name="shown" value="([^"]+)"', page)
    assert shown is not None
    assert "All that are listed: 1 appointment" in answer(supervisor, shown=shown[1], whole="on")


def test_a_list_of_as_many_as_a_page_has_fits_into_one_posting(world: World) -> None:
    line = f"{'0' * 32}:{'0' * 64}"
    listed = [line[:-3] + f"{at:03d}" for at in range(screens_appointments.MOST)]
    sent = world.client("supervisor").post(
        PAGE,
        {"shown": " ".join(listed), "chosen": listed, "how": "order", "submission": new_submission()},
    )
    assert sent.status_code == 422 and "no appointment waits here" in sent.content.decode().lower()
