"""What a wave was opened with stays, and so does the frame of a wave. The database refuses a change, whoever asks.

A draft may be changed. An open wave can only be closed, a closed one not be touched: its files, plan, frame, dates
and fingerprints say what the boards were asked and by which rules the figures were made. To a frame that a wave uses
no board or site is added, and none is taken from it; that what it has is not changed is register/0002.
"""

from django.db import migrations

FRAME = ("register_frameunit", "register_site")

WAVE_FORWARD = """
CREATE FUNCTION collect_wave_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    may_move text[] := CASE WHEN OLD.state = 'open' AND TG_OP = 'UPDATE' THEN ARRAY['state', 'closed_at'] ELSE '{}' END;
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
CREATE TRIGGER collect_wave_stays BEFORE UPDATE OR DELETE ON collect_wave
    FOR EACH ROW EXECUTE FUNCTION collect_wave_stays();
"""
WAVE_BACKWARD = """
DROP TRIGGER collect_wave_stays ON collect_wave;
DROP FUNCTION collect_wave_stays();
"""

# one look a statement and not one a row: an import writes thousands of sites at once
FRAME_LOOK = """
CREATE FUNCTION collect_frame_of_a_wave_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    used boolean;
BEGIN
    IF TG_OP = 'TRUNCATE' THEN
        SELECT EXISTS (SELECT 1 FROM collect_wave) INTO used;
    ELSIF TG_TABLE_NAME = 'register_site' THEN
        SELECT EXISTS (
            SELECT 1 FROM moved
            JOIN register_frameunit unit ON unit.id = moved.unit_id
            JOIN collect_wave wave ON wave.frame_id = unit.frame_id
        ) INTO used;
    ELSE
        SELECT EXISTS (SELECT 1 FROM moved JOIN collect_wave wave ON wave.frame_id = moved.frame_id) INTO used;
    END IF;
    IF used THEN
        RAISE EXCEPTION 'a frame that a wave uses stays as it is: % of % refused', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
"""
FRAME_FORWARD = "".join(
    f"""
CREATE TRIGGER frame_of_a_wave_not_added_to AFTER INSERT ON {table} REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION collect_frame_of_a_wave_stays();
CREATE TRIGGER frame_of_a_wave_not_taken_from AFTER DELETE ON {table} REFERENCING OLD TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION collect_frame_of_a_wave_stays();
CREATE TRIGGER frame_of_a_wave_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION collect_frame_of_a_wave_stays();
"""
    for table in FRAME
)
FRAME_BACKWARD = "".join(
    f"""
DROP TRIGGER frame_of_a_wave_not_emptied ON {table};
DROP TRIGGER frame_of_a_wave_not_taken_from ON {table};
DROP TRIGGER frame_of_a_wave_not_added_to ON {table};
"""
    for table in FRAME
)


class Migration(migrations.Migration):
    dependencies = [("collect", "0002_triggers"), ("register", "0002_frames_do_not_change")]
    operations = [
        migrations.RunSQL(WAVE_FORWARD, WAVE_BACKWARD),
        migrations.RunSQL(FRAME_LOOK, "DROP FUNCTION collect_frame_of_a_wave_stays();"),
        migrations.RunSQL(FRAME_FORWARD, FRAME_BACKWARD),
    ]
