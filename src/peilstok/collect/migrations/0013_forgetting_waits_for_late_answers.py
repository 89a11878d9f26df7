"""A wave forgets nothing while it takes late answers.

A draft that began again after it would have the versions of one that was confirmed: such a version is confirmed once.
"""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("collect", "0012_confirmations")]
    operations = [
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(late_until=None) | Q(forgotten_at__gte=F("late_until")),
                name="nothing_is_forgotten_before_late_until",
            ),
        ),
    ]
