"""The journal's own tables beside the entries, whose rows decide whose a device is and what is held back."""

from __future__ import annotations

from libertad.journal import guards
from libertad.journal.sql import Sql

DEVICE, HELD, NOTE, SUCCESSION = "journal_device", "journal_held", "journal_signed", "journal_succession"
ASK = (
    "compare the device's id with the authority whose it is (docs/exchange.md); when the rows are right, run "
    "libertad doctor --accept-rows"
)
JUDGE = "put a backup back, or run libertad doctor --accept-rows and libertad exchange rejudge"
RESTORE = "put a backup back, and keep this copy for whoever asks how"


def register() -> None:
    """Declare the journal's tables; called once when the application is ready."""
    guards.guard(DEVICE, ["id"], ["public", "authority"], ASK, members=True)
    guards.guard(HELD, ["idx"], ["reason"], JUDGE)
    guards.guard(NOTE, ["size"], ["text"], RESTORE, small=False)
    guards.guard(SUCCESSION, ["device"], ["authority", "origin", "before", "slip"], RESTORE)


Devices = dict[bytes, tuple[bytes, str]]


def devices(sql: Sql) -> Devices:
    """Public key and authority of the devices on file, by device id; a changed row is not believed."""
    rows = guards.rows(sql, guards.GUARDS[DEVICE])
    wrong = sql.wrong(DEVICE, rows)
    on_file = {bytes(device): (bytes(public), authority) for device, public, authority in rows}
    return (
        {device: key_and_owner for device, key_and_owner in on_file.items() if device.hex() not in wrong}
        if wrong
        else on_file
    )


def owners(sql: Sql) -> dict[bytes, str]:
    """Whose each device is, of those that are believed."""
    return {device: authority for device, (_, authority) in devices(sql).items()}


def owner_of(sql: Sql, device: bytes) -> str:
    """Whose one device is; '' for one that is not on file or not believed."""
    rows = guards.rows(sql, guards.GUARDS[DEVICE], " and id = ?", (device,))
    return str(rows[0][2]) if rows and sql.believes(DEVICE, rows[0]) else ""
