"""A frame, its boards and its sites are written once. The database refuses a change, whoever asks for it.

A frame that nothing refers to can be deleted as a whole; foreign keys protect one that a wave was opened on.
"""

from django.db import migrations

TABLES = ("register_frame", "register_frameunit", "register_site")

FORWARD = """
CREATE FUNCTION register_frames_do_not_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a frame is never changed (%)', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END
$$;
""" + "".join(
    f"CREATE TRIGGER frames_do_not_change BEFORE UPDATE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION register_frames_do_not_change();\n"
    for table in TABLES
)

BACKWARD = (
    "".join(f"DROP TRIGGER frames_do_not_change ON {table};\n" for table in TABLES)
    + "DROP FUNCTION register_frames_do_not_change();"
)


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
