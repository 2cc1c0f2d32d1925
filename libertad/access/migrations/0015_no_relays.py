"""No row is made any more of who carries a file sealed: its verbs are retired."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("access", "0014_hold_tally")]
    operations = [migrations.DeleteModel("Relay")]
