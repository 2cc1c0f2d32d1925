"""Everybody is compared once more: people of two operations were never put beside each other before."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("hits", "0003_reference"),
    ]

    operations = [
        migrations.RunSQL("delete from hits_scored", migrations.RunSQL.noop),
    ]
