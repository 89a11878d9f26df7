"""A release and its files are added, never changed or removed: the database itself refuses."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION publish_release_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was published is never changed or removed: % of % refused; publish the next edition',
        TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER publish_release_kept BEFORE UPDATE OR DELETE ON publish_release
    FOR EACH STATEMENT EXECUTE FUNCTION publish_release_refuse();
CREATE TRIGGER publish_release_never_emptied BEFORE TRUNCATE ON publish_release
    FOR EACH STATEMENT EXECUTE FUNCTION publish_release_refuse();
CREATE TRIGGER publish_releasefile_kept BEFORE UPDATE OR DELETE ON publish_releasefile
    FOR EACH STATEMENT EXECUTE FUNCTION publish_release_refuse();
CREATE TRIGGER publish_releasefile_never_emptied BEFORE TRUNCATE ON publish_releasefile
    FOR EACH STATEMENT EXECUTE FUNCTION publish_release_refuse();
"""
BACKWARD = """
DROP TRIGGER publish_releasefile_never_emptied ON publish_releasefile;
DROP TRIGGER publish_releasefile_kept ON publish_releasefile;
DROP TRIGGER publish_release_never_emptied ON publish_release;
DROP TRIGGER publish_release_kept ON publish_release;
DROP FUNCTION publish_release_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("publish", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
