"""By which rules this node has judged what is here: it judges anew once when they change."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0003_peer_format"),
    ]

    operations = [
        migrations.CreateModel(
            name="Law",
            fields=[
                ("id", models.IntegerField(primary_key=True, serialize=False)),
                ("law", models.IntegerField()),
                ("done", models.TextField(blank=True, default="")),
            ],
            options={"db_table": "exchange_law"},
        ),
    ]
