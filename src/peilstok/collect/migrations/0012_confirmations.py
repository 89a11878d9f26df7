"""A mail may confirm what a board sent in: of each revision one to each of its addresses."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("collect", "0011_forgetting")]
    operations = [
        migrations.RemoveConstraint(model_name="message", name="a_kind_of_mail_is_known"),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(kind__regex="^(invitation|reminder-[1-9][0-9]?|confirmation-[1-9][0-9]{0,5})$"),
                name="a_kind_of_mail_is_known",
            ),
        ),
    ]
