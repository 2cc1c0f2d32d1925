from django.db import migrations, models

import libertad.journal.fields


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0008_keeping"),
    ]

    operations = [
        migrations.CreateModel(
            name="FileKeeping",
            fields=[
                ("id", models.CharField(max_length=96, primary_key=True, serialize=False)),
                ("compartment", models.CharField(db_index=True, max_length=32)),
                ("operation", models.CharField(blank=True, default="", max_length=32)),
                ("provenance", models.CharField(blank=True, default="", max_length=12)),
                ("sealed", libertad.journal.fields.SealedField(null=True)),
                ("keep_until", models.CharField(blank=True, default="", max_length=10)),
                ("asked", models.BooleanField(db_index=True, default=False)),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
