"""A release names the snapshot that it was made from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("publish", "0002_kept_for_ever"), ("collect", "0010_snapshots")]
    operations = [
        migrations.AddField(
            model_name="release",
            name="snapshot",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="collect.snapshot",
                help_text="null: it was not frozen then",
            ),
        ),
    ]
