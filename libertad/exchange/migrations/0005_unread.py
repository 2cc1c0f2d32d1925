"""Devices of a peer's tree that nobody has enrolled: what they signed is not taken, and the doctor says so."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0004_peer_tree")]

    operations = [
        migrations.CreateModel(
            name="Unread",
            fields=[
                ("device", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=32)),
                ("since", models.BigIntegerField()),
            ],
            options={"db_table": "exchange_unread"},
        ),
    ]
