"""A mail has an address, reminders have their turn once, and what was sent is never sent again by itself.

Last, in SQL: the database refuses that a sent mail becomes anything but one that came back, and that a cancelled one
becomes anything but one that waits.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION collect_sent_mail_stays_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state = 'sent' AND NEW.state NOT IN ('sent', 'failed'))
        OR (OLD.state = 'cancelled' AND NEW.state NOT IN ('cancelled', 'queued'))
        OR (NEW.invitation_id, NEW.contact_id, NEW.kind, NEW.uuid)
            IS DISTINCT FROM (OLD.invitation_id, OLD.contact_id, OLD.kind, OLD.uuid)
    THEN
        RAISE EXCEPTION 'a mail that is % does not become % or that of another', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER collect_sent_mail_stays_sent BEFORE UPDATE ON collect_message
    FOR EACH ROW EXECUTE FUNCTION collect_sent_mail_stays_sent();
"""
BACKWARD = """
DROP TRIGGER collect_sent_mail_stays_sent ON collect_message;
DROP FUNCTION collect_sent_mail_stays_sent();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0004_contacts_and_mails")]
    operations = [
        migrations.AlterField(
            model_name="message",
            name="uuid",
            field=models.UUIDField(
                default=uuid.uuid4, help_text="in its Message-ID, the same at every attempt", unique=True
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="messages", to="collect.contact"
            ),
        ),
        migrations.RemoveConstraint(model_name="message", name="a_kind_of_mail_once"),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("invitation", "contact", "kind"), name="a_kind_of_mail_once"),
        ),
        migrations.AlterField(
            model_name="message", name="kind", field=models.CharField(default="invitation", max_length=20)
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__regex", "^(invitation|reminder-[1-9][0-9]?)$")), name="a_kind_of_mail_is_known"
            ),
        ),
        migrations.RemoveField(model_name="invitation", name="email"),
        migrations.AlterField(
            model_name="invitation",
            name="language",
            field=models.CharField(
                choices=[("nl", "Nederlands"), ("en", "English")],
                default="nl",
                help_text="of its pages, until chosen",
                max_length=2,
            ),
        ),
        migrations.CreateModel(
            name="Reminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="1, 2, 3 ... as in the wave's file")),
                ("due_at", models.DateTimeField()),
                ("queued_at", models.DateTimeField()),
                ("mails", models.PositiveIntegerField(default=0)),
                ("skipped", models.BooleanField(default=False)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reminders", to="collect.wave"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "number"), name="a_reminder_has_its_turn_once")
                ]
            },
        ),
        migrations.CreateModel(
            name="Pace",
            fields=[
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="pace",
                        serialize=False,
                        to="collect.wave",
                    ),
                ),
                ("free_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
