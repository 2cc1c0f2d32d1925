"""Who opened a file, and what was done alone because of danger, lie sealed: their tables are made anew.

Removed and not altered, so that nothing of before stays in a page of them.
"""

from django.db import migrations, models

import libertad.journal.fields


def sealed_row(*fields):
    return [
        ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
        ("compartment", models.CharField(db_index=True, max_length=32)),
        ("operation", models.CharField(blank=True, default="", max_length=32)),
        ("provenance", models.CharField(blank=True, default="", max_length=12)),
        ("sealed", libertad.journal.fields.SealedField(null=True)),
        *fields,
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0023_passkeys"),
    ]

    operations = [
        migrations.DeleteModel(name="BrokenGlass"),
        migrations.DeleteModel(name="Opening"),
        migrations.CreateModel(
            name="BrokenGlass",
            fields=sealed_row(
                ("person", models.CharField(max_length=32)),
                ("reader", models.CharField(blank=True, default="", max_length=32)),
            ),
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="Opening",
            fields=sealed_row(("subject", models.CharField(db_index=True, max_length=32))),
            options={"abstract": False},
        ),
    ]
