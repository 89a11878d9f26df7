"""The snapshot of a frozen wave. It never changes, and neither does what it was made from: how it ended for each board.

Revisions and the frame do not change in any case (0002, 0003, register/0002), and after closing a revision is late
(0008).
"""

import django.db.models.deletion
from django.db import migrations, models

FORWARD = """
CREATE FUNCTION collect_snapshots_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a snapshot is never changed or removed: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE FUNCTION collect_frozen_outcomes_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- who freezes the wave holds its row: this waits for that, and sees the snapshot after it
    PERFORM 1 FROM collect_wave WHERE id = OLD.wave_id FOR SHARE;
    IF EXISTS (SELECT 1 FROM collect_snapshot WHERE wave_id = OLD.wave_id) THEN
        RAISE EXCEPTION 'the wave % is frozen: how it ended for a board stays', OLD.wave_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER collect_invitation_frozen
    BEFORE UPDATE OF wave_id, unit_id, bounced_at, opened_at, started_at, answered_at, refused_at, out_of_scope_at,
        scope_reason ON collect_invitation
    FOR EACH ROW WHEN (
        (OLD.wave_id, OLD.unit_id, OLD.bounced_at, OLD.opened_at, OLD.started_at, OLD.answered_at, OLD.refused_at,
            OLD.out_of_scope_at, OLD.scope_reason)
        IS DISTINCT FROM
        (NEW.wave_id, NEW.unit_id, NEW.bounced_at, NEW.opened_at, NEW.started_at, NEW.answered_at, NEW.refused_at,
            NEW.out_of_scope_at, NEW.scope_reason)
    ) EXECUTE FUNCTION collect_frozen_outcomes_stay();
""" + "".join(
    f"""
CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION collect_snapshots_stay();
CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION collect_snapshots_stay();
"""
    for table in ("collect_snapshot", "collect_snapshotfile")
)
BACKWARD = """
DROP TRIGGER collect_invitation_frozen ON collect_invitation;
DROP TRIGGER collect_snapshot_stays ON collect_snapshot;
DROP TRIGGER collect_snapshot_never_emptied ON collect_snapshot;
DROP TRIGGER collect_snapshotfile_stays ON collect_snapshotfile;
DROP TRIGGER collect_snapshotfile_never_emptied ON collect_snapshotfile;
DROP FUNCTION collect_frozen_outcomes_stay();
DROP FUNCTION collect_snapshots_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0009_calls")]
    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64)),
                ("answered", models.PositiveIntegerField(help_text="boards whose answers are in it")),
                ("made_at", models.DateTimeField()),
                ("by", models.CharField(help_text="as in the audit trail: user:12", max_length=60)),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="snapshot", to="collect.wave"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SnapshotFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("content", models.BinaryField()),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="files", to="collect.snapshot"
                    ),
                ),
            ],
            options={"ordering": ["name"]},
        ),
        migrations.AddConstraint(
            model_name="snapshotfile",
            constraint=models.UniqueConstraint(fields=("snapshot", "name"), name="a_file_once_a_snapshot"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
