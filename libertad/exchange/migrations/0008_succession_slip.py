"""The slip itself, beside whom it names: a node whose place another took is told by it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0007_failure"),
    ]

    operations = [
        migrations.AddField(
            model_name="succession",
            name="slip",
            field=models.BinaryField(null=True),
        ),
    ]
