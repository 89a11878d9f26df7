"""A closed wave may forget addresses, links and codes, once: nothing else of it can be changed, as before (0003)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

STAYS = """
CREATE OR REPLACE FUNCTION collect_wave_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_move text[] := CASE
        WHEN TG_OP <> 'UPDATE' THEN '{}'
        WHEN OLD.state = 'open' THEN ARRAY['state', 'closed_at']
        %s
        ELSE '{}'
    END;
BEGIN
    IF TG_OP = 'DELETE' AND OLD.state = 'draft' THEN
        RETURN OLD;
    ELSIF OLD.state = 'draft' AND NEW.state IN ('draft', 'open') THEN
        RETURN NEW;
    ELSIF OLD.state = 'draft' THEN
        RAISE EXCEPTION 'the wave % is a draft: it cannot be %', OLD.id, NEW.state USING ERRCODE = 'restrict_violation';
    ELSIF TG_OP = 'UPDATE' AND NEW.state IN (OLD.state, 'closed')
        AND to_jsonb(OLD) - may_move = to_jsonb(NEW) - may_move THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the wave % is no longer a draft: % refused', OLD.id, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
"""
FORGETS = "WHEN OLD.state = 'closed' AND OLD.forgotten_at IS NULL THEN ARRAY['forgotten_at']"


class Migration(migrations.Migration):
    dependencies = [("collect", "0010_snapshots")]
    operations = [
        migrations.AddField(
            model_name="wave",
            name="forgotten_at",
            field=models.DateTimeField(null=True, help_text="when addresses and links were removed (`retention`)"),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=Q(forgotten_at=None) | Q(state="closed"), name="only_a_closed_wave_forgets"
            ),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="token_hash",
            field=models.CharField(max_length=64, unique=True, null=True, help_text="null: the link was forgotten"),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="code_hash",
            field=models.CharField(
                max_length=64, unique=True, null=True, help_text="null: forgotten, or of before there were codes"
            ),
        ),
        migrations.AlterField(
            model_name="handover",
            name="token_hash",
            field=models.CharField(max_length=64, unique=True, null=True, help_text="null: the link was forgotten"),
        ),
        migrations.AlterField(
            model_name="handover",
            name="to_name",
            field=models.CharField(max_length=80, blank=True, help_text="empty: forgotten"),
        ),
        migrations.AlterField(
            model_name="handover",
            name="to_email",
            field=models.EmailField(max_length=254, blank=True, help_text="empty: forgotten"),
        ),
        migrations.CreateModel(
            name="EndedLink",
            fields=[
                ("token_hash", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="collect.wave"
                    ),
                ),
            ],
        ),
        migrations.RunSQL(STAYS.replace("%s", FORGETS), STAYS.replace("%s", "")),
    ]
