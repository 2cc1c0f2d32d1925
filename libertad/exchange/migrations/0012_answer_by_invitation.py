"""An answer to each invitation: authorities on one node that joined at once had one between them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0011_settlement")]
    operations = [
        migrations.DeleteModel("Joining"),
        migrations.CreateModel(
            name="Joining",
            fields=[
                ("invitation", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("origin", models.CharField(db_index=True, max_length=32)),
                ("answer", models.BinaryField()),
                ("at", models.BigIntegerField()),
            ],
            options={"db_table": "exchange_joining"},
        ),
    ]
