"""What may never change is refused by the database itself, whoever asks: revisions, and the frame of an open wave."""

from django.db import migrations

KEEP_REVISIONS = """
CREATE FUNCTION collect_revisions_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revision is never changed or removed (revision %, %)', OLD.id, TG_OP;
END $$;

CREATE TRIGGER collect_revision_append_only
    BEFORE UPDATE OR DELETE ON collect_revision
    FOR EACH ROW EXECUTE FUNCTION collect_revisions_are_only_added();
"""

DROP_KEEP_REVISIONS = """
DROP TRIGGER collect_revision_append_only ON collect_revision;
DROP FUNCTION collect_revisions_are_only_added();
"""

FREEZE_FRAMES = """
CREATE FUNCTION collect_frame_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_frame bigint;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'register_frame' THEN of_frame := OLD.id;
        WHEN 'register_frameunit' THEN of_frame := OLD.frame_id;
        ELSE SELECT frame_id INTO of_frame FROM register_frameunit WHERE id = OLD.unit_id;
    END CASE;
    IF EXISTS (SELECT FROM collect_wave WHERE frame_id = of_frame AND state <> 'draft') THEN
        RAISE EXCEPTION 'frame % is frozen: a wave was opened on it', of_frame;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER collect_frozen_frame BEFORE UPDATE OR DELETE ON register_frame
    FOR EACH ROW EXECUTE FUNCTION collect_frame_is_frozen();
CREATE TRIGGER collect_frozen_unit BEFORE UPDATE OR DELETE ON register_frameunit
    FOR EACH ROW EXECUTE FUNCTION collect_frame_is_frozen();
CREATE TRIGGER collect_frozen_site BEFORE UPDATE OR DELETE ON register_site
    FOR EACH ROW EXECUTE FUNCTION collect_frame_is_frozen();
"""

DROP_FREEZE_FRAMES = """
DROP TRIGGER collect_frozen_site ON register_site;
DROP TRIGGER collect_frozen_unit ON register_frameunit;
DROP TRIGGER collect_frozen_frame ON register_frame;
DROP FUNCTION collect_frame_is_frozen();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0001_initial")]

    operations = [
        migrations.RunSQL(KEEP_REVISIONS, DROP_KEEP_REVISIONS),
        migrations.RunSQL(FREEZE_FRAMES, DROP_FREEZE_FRAMES),
    ]
