"""Revisions are only ever added: the database itself refuses anything else, whoever asks. (Frames: see `register`.)"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION collect_revisions_are_only_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a revision is never changed or removed: % refused', TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER collect_revision_append_only BEFORE UPDATE OR DELETE ON collect_revision
    FOR EACH STATEMENT EXECUTE FUNCTION collect_revisions_are_only_added();
CREATE TRIGGER collect_revision_never_emptied BEFORE TRUNCATE ON collect_revision
    FOR EACH STATEMENT EXECUTE FUNCTION collect_revisions_are_only_added();
"""
BACKWARD = """
DROP TRIGGER collect_revision_never_emptied ON collect_revision;
DROP TRIGGER collect_revision_append_only ON collect_revision;
DROP FUNCTION collect_revisions_are_only_added();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
