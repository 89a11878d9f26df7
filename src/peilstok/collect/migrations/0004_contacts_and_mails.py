"""Several addresses for a board, and a mail for each of them: what there is keeps its address.

The rows are filled here and the columns made strict in 0005: the server refuses both in one transaction.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

ROLES = [("director", "director"), ("secretariat", "secretariat"), ("other", "other")]

# An address that was mailed and is not that of the board any more becomes one that was replaced.
KEEP_ADDRESSES = """
INSERT INTO collect_contact (organisation_id, role, name, email, phone, language, replaced_at)
SELECT DISTINCT ON (u.organisation_id, lower(i.email))
    u.organisation_id, 'other', '', i.email, '', i.language, w.opened_at
FROM collect_invitation i
JOIN collect_wave w ON w.id = i.wave_id
JOIN register_frameunit u ON u.id = i.unit_id
WHERE i.email <> '' AND EXISTS (SELECT 1 FROM collect_message m WHERE m.invitation_id = i.id)
AND NOT EXISTS (
    SELECT 1 FROM collect_contact c WHERE c.organisation_id = u.organisation_id AND lower(c.email) = lower(i.email)
);
UPDATE collect_message m SET uuid = gen_random_uuid(), contact_id = c.id
FROM collect_invitation i, register_frameunit u, collect_contact c
WHERE i.id = m.invitation_id AND u.id = i.unit_id
AND c.organisation_id = u.organisation_id AND lower(c.email) = lower(i.email);
UPDATE collect_contact c SET failed_at = i.bounced_at
FROM collect_invitation i JOIN collect_message m ON m.invitation_id = i.id
WHERE i.bounced_at IS NOT NULL AND m.contact_id = c.id;
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0003_what_is_fielded_stays")]
    operations = [
        migrations.AlterField(
            model_name="contact",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="contacts", to="register.organisation"
            ),
        ),
        migrations.AlterField(model_name="contact", name="email", field=models.EmailField(blank=True, max_length=254)),
        migrations.AddField(
            model_name="contact", name="role", field=models.CharField(choices=ROLES, default="other", max_length=20)
        ),
        migrations.AddField(model_name="contact", name="name", field=models.CharField(blank=True, default="", max_length=200), preserve_default=False),
        migrations.AddField(model_name="contact", name="phone", field=models.CharField(blank=True, default="", max_length=40), preserve_default=False),
        migrations.AddField(
            model_name="contact",
            name="replaced_at",
            field=models.DateTimeField(help_text="a later file of its board does not have it", null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="opted_out_at",
            field=models.DateTimeField(help_text="who reads it wants no more mail at it, in any wave", null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="failed_at",
            field=models.DateTimeField(help_text="a mail server said that there is no such address", null=True),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                "organisation", Lower("email"), condition=~Q(email=""), name="an_address_of_a_board_once"
            ),
        ),
        migrations.AddIndex(model_name="contact", index=models.Index(Lower("email"), name="contact_by_address")),
        migrations.AddField(model_name="message", name="uuid", field=models.UUIDField(default=uuid.uuid4, null=True)),
        migrations.AddField(
            model_name="message",
            name="contact",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="messages",
                to="collect.contact",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="returned_at",
            field=models.DateTimeField(help_text="when it came back after it was sent", null=True),
        ),
        migrations.RunSQL(KEEP_ADDRESSES, migrations.RunSQL.noop),
    ]
