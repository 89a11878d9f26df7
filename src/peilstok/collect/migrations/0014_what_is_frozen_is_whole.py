"""From a frozen wave no invitation is taken, and to its snapshot no file is added: all of them come in one statement."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION collect_frozen_boards_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM collect_wave WHERE id = OLD.wave_id FOR SHARE;
    IF EXISTS (SELECT 1 FROM collect_snapshot WHERE wave_id = OLD.wave_id) THEN
        RAISE EXCEPTION 'the wave % is frozen: who was invited stays', OLD.wave_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN OLD;
END
$$;
CREATE TRIGGER collect_invitation_of_a_frozen_wave BEFORE DELETE ON collect_invitation
    FOR EACH ROW EXECUTE FUNCTION collect_frozen_boards_stay();

CREATE FUNCTION collect_snapshots_are_whole() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM collect_snapshotfile file JOIN added USING (snapshot_id)
        WHERE NOT EXISTS (SELECT 1 FROM added one WHERE one.id = file.id)
    ) THEN
        RAISE EXCEPTION 'to a snapshot no file is added' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER collect_snapshotfile_all_at_once AFTER INSERT ON collect_snapshotfile REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION collect_snapshots_are_whole();
"""
BACKWARD = """
DROP TRIGGER collect_snapshotfile_all_at_once ON collect_snapshotfile;
DROP FUNCTION collect_snapshots_are_whole();
DROP TRIGGER collect_invitation_of_a_frozen_wave ON collect_invitation;
DROP FUNCTION collect_frozen_boards_stay();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0013_forgetting_waits_for_late_answers")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
