from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("hits_private", "0002_questions_overtake"),
    ]

    operations = [
        migrations.AddField(
            model_name="owner",
            name="operation",
            field=models.CharField(blank=True, default="", max_length=32),
        ),
    ]
