"""The one file of each operation: where several are here already, the one that this node got first."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

FIRST = (
    "select c.about, c.owner, c.id, (select min(e.idx) from journal_entry e where e.compartment = c.id) "
    "from access_compartment c where c.kind = 'operation'"
)


def pin(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FIRST)
        rows = [row for row in cursor.fetchall() if row[3] is not None]
        first: dict[str, tuple[str, str]] = {}
        for about, owner, compartment, _ in sorted(rows, key=lambda row: row[3]):
            first.setdefault(about, (owner, compartment))
        for operation, (owner, compartment) in first.items():
            cursor.execute(
                "insert into access_operation_file (operation, inviter, compartment) values (%s, %s, %s)",
                [operation, owner, compartment],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_receiving"),
        ("journal", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="OperationFile",
            fields=[
                ("operation", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("inviter", models.CharField(max_length=32)),
                ("compartment", models.CharField(blank=True, default="", max_length=32)),
            ],
            options={"db_table": "access_operation_file"},
        ),
        migrations.RunPython(pin, migrations.RunPython.noop),
    ]
