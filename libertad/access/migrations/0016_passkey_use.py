"""How often each passkey has signed, beside the factor."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mfa", "0003_authenticator_type_uniq"), ("access", "0015_no_relays")]
    operations = [
        migrations.CreateModel(
            name="PasskeyUse",
            fields=[
                (
                    "factor",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="mfa.authenticator",
                    ),
                ),
                ("counter", models.BigIntegerField()),
            ],
            options={"db_table": "access_passkey_use"},
        ),
    ]
