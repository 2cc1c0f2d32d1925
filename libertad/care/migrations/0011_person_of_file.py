"""Whose file it is: rows are named by their file from now on, and are made anew from the entries."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("care", "0010_exploitation")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="person",
            field=models.CharField(db_index=True, default="", max_length=32),
            preserve_default=False,
        )
        for name in ("carefile", "interpreters", "safety")
    ]
