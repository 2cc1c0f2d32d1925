"""Changes no table. An older version, which looks for the key of second factors beside the rings, refuses a
database at which this one has been (`journal/upgrade.py`), in place of refusing everybody's codes."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0017_erased_file")]
    operations = []  # type: ignore[var-annotated]
