"""An entry's place in the tree of its side. Until now there was one tree, in which it is the index."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("journal", "0002_rules")]

    operations = [
        migrations.AddField("entry", "place", models.BigIntegerField(null=True)),
        migrations.RunSQL("update journal_entry set place = idx", migrations.RunSQL.noop),
        migrations.AlterField("entry", "place", models.BigIntegerField(null=True, unique=True)),
    ]
