"""How far this node is with care's tree of a peer; the open one goes on beside the peer itself."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0003_peer_format")]

    operations = [
        migrations.CreateModel(
            name="PeerTree",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "origin", "tree", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("origin", models.CharField(max_length=32)),
                ("tree", models.CharField(max_length=8)),
                ("taken", models.BigIntegerField(default=0)),
                ("peaks", models.BinaryField(default=b"")),
                ("note", models.TextField(blank=True, default="")),
                ("size", models.BigIntegerField(default=0)),
                ("given", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "exchange_peer_tree"},
        ),
    ]
