"""A part that was taken back stays so, and a board out of scope sends nothing in: the database refuses it."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION collect_handover_stays_taken_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'handover % was taken back: give the part anew', OLD.id USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER collect_handover_stays_taken_back BEFORE UPDATE OF taken_back_at, opened_at, done_at ON collect_handover
    FOR EACH ROW WHEN (
        OLD.taken_back_at IS NOT NULL AND (OLD.taken_back_at, OLD.opened_at, OLD.done_at)
            IS DISTINCT FROM (NEW.taken_back_at, NEW.opened_at, NEW.done_at)
    )
    EXECUTE FUNCTION collect_handover_stays_taken_back();

CREATE FUNCTION collect_revision_in_scope() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM collect_invitation WHERE id = NEW.invitation_id AND out_of_scope_at IS NOT NULL) THEN
        RAISE EXCEPTION 'invitation % is out of scope: reopen it first', NEW.invitation_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER collect_revision_in_scope BEFORE INSERT ON collect_revision
    FOR EACH ROW EXECUTE FUNCTION collect_revision_in_scope();
"""
BACKWARD = """
DROP TRIGGER collect_revision_in_scope ON collect_revision;
DROP FUNCTION collect_revision_in_scope();
DROP TRIGGER collect_handover_stays_taken_back ON collect_handover;
DROP FUNCTION collect_handover_stays_taken_back();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0006_handovers_codes_scope")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
