"""Which devices of other nodes took one's place by a slip: a revocation of the one before ends them too."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0005_unread"),
    ]

    operations = [
        migrations.CreateModel(
            name="Succession",
            fields=[
                ("id", models.CharField(max_length=65, primary_key=True, serialize=False)),
                ("device", models.CharField(max_length=32)),
                ("before", models.CharField(max_length=32)),
                ("authority", models.CharField(db_index=True, max_length=64)),
            ],
            options={
                "db_table": "exchange_succession",
            },
        ),
    ]
