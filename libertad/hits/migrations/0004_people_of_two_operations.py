"""Everybody is compared once more: people of two operations were never put beside each other before."""

from typing import Any

from django.db import migrations


def score_anew(apps: Any, schema_editor: Any) -> None:
    apps.get_model("hits", "Scored").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("hits", "0003_reference"),
    ]

    operations = [
        migrations.RunPython(score_anew, migrations.RunPython.noop),
    ]
