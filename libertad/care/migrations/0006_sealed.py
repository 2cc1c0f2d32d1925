"""Care's rows hold nothing in the clear: their tables are made anew, and filled from the entries.

Removed and not altered, so that nothing of before stays in a page of them.
"""

from django.db import migrations, models

import libertad.journal.fields


class Migration(migrations.Migration):
    dependencies = [
        ("care", "0005_missing"),
    ]

    operations = [
        migrations.DeleteModel(
            name="CareFile",
        ),
        migrations.DeleteModel(
            name="Closing",
        ),
        migrations.DeleteModel(
            name="Consent",
        ),
        migrations.DeleteModel(
            name="Desk",
        ),
        migrations.DeleteModel(
            name="Identification",
        ),
        migrations.DeleteModel(
            name="Interpreters",
        ),
        migrations.DeleteModel(
            name="Referral",
        ),
        migrations.DeleteModel(
            name="ReturnDecision",
        ),
        migrations.DeleteModel(
            name="Safety",
        ),
        migrations.DeleteModel(
            name="Screening",
        ),
        migrations.DeleteModel(
            name="Wish",
        ),
        migrations.CreateModel(
            name="CareFile",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("reference", models.CharField(max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Closing",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Desk",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Identification",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Interpreters",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Referral",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ReturnDecision",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Safety",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Screening",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Wish",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("person", models.CharField(db_index=True, max_length=32)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
