"""A copy of each new key, sealed under its ring's root, with the act that made it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0003_place")]

    operations = [
        migrations.CreateModel(
            name="KeyCopy",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "authority", "key_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("authority", models.CharField(max_length=32)),
                ("key_id", models.BinaryField(max_length=32)),
                ("generation", models.BigIntegerField()),
                ("sealed", models.BinaryField()),
            ],
            options={"db_table": "journal_key_copy"},
        ),
    ]
