"""Nothing is carried for others any more: what was kept of it goes."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0009_farewell")]
    operations = [
        migrations.DeleteModel("Letter"),
        migrations.DeleteModel("Relay"),
        migrations.DeleteModel("RelayGiven"),
        migrations.DeleteModel("RelaySlip"),
    ]
