from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hits", "0002_decided_bits"),
    ]

    operations = [
        migrations.AddField(
            model_name="hit",
            name="number",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
        migrations.AlterField(
            model_name="hit",
            name="reference",
            field=models.CharField(blank=True, db_index=True, default="", max_length=32),
        ),
    ]
