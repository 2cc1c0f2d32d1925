from django.db import migrations, models

import libertad.journal.fields


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0011_reader_counted"),
    ]

    operations = [
        migrations.CreateModel(
            name="Member",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("authority", models.CharField(db_index=True, max_length=32)),
                ("kind", models.CharField(max_length=20)),
                ("country", models.CharField(max_length=2)),
                ("part", models.CharField(max_length=20)),
                ("officers", models.IntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
