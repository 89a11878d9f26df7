"""Calls to boards, which are only ever added to."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

FORWARD = """
CREATE FUNCTION collect_calls_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a call is never changed or removed: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER collect_call_append_only BEFORE UPDATE OR DELETE ON collect_call
    FOR EACH STATEMENT EXECUTE FUNCTION collect_calls_are_only_added();
CREATE TRIGGER collect_call_never_emptied BEFORE TRUNCATE ON collect_call
    FOR EACH STATEMENT EXECUTE FUNCTION collect_calls_are_only_added();
"""
BACKWARD = """
DROP TRIGGER collect_call_never_emptied ON collect_call;
DROP TRIGGER collect_call_append_only ON collect_call;
DROP FUNCTION collect_calls_are_only_added();
"""
RESULTS = ("by_telephone", "will_answer", "no_reply", "wrong_number", "refused", "call_back")


class Migration(migrations.Migration):
    dependencies = [("collect", "0008_late_answers")]
    operations = [
        migrations.CreateModel(
            name="Call",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(help_text="1, 2, 3 ... for each invitation")),
                ("result", models.CharField(choices=[(each, each) for each in RESULTS], max_length=16)),
                ("call_back_at", models.DateTimeField(null=True)),
                ("called_at", models.DateTimeField()),
                ("by", models.CharField(help_text="as in the audit trail: user:12", max_length=60)),
                (
                    "invitation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="calls", to="collect.invitation"
                    ),
                ),
            ],
            options={"ordering": ["invitation", "number"]},
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(fields=("invitation", "number"), name="a_call_number_once"),
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.CheckConstraint(
                condition=Q(result="call_back", call_back_at__isnull=False)
                | (~Q(result="call_back") & Q(call_back_at=None)),
                name="a_moment_to_call_back_and_only_then",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
