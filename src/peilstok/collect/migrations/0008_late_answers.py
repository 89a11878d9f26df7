"""Answers after closing are kept apart, and the database holds every revision and every outcome to it.

A revision is late exactly when its wave had closed, and then only while the wave takes late answers. That a board
answered is a fact of the fielding only until its wave closes.
"""

from django.db import migrations, models
from django.db.models import F, Q

FORWARD = """
CREATE FUNCTION collect_late_is_after_closing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wave record;
    over boolean;
BEGIN
    SELECT w.id, w.state, w.late_until, LEAST(w.closes, w.closed_at) AS closing INTO wave
        FROM collect_invitation i JOIN collect_wave w ON w.id = i.wave_id WHERE i.id = NEW.invitation_id;
    over := wave.state = 'closed' OR NEW.confirmed_at >= wave.closing;
    IF NEW.late <> over THEN
        RAISE EXCEPTION 'a revision is late when % has closed, and only then', wave.id
            USING ERRCODE = 'restrict_violation';
    ELSIF over AND NOT COALESCE(NEW.confirmed_at < wave.late_until, false) THEN
        RAISE EXCEPTION '% takes no late answers at that moment', wave.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER collect_revision_late BEFORE INSERT ON collect_revision
    FOR EACH ROW EXECUTE FUNCTION collect_late_is_after_closing();

CREATE FUNCTION collect_answered_before_closing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM collect_wave w WHERE w.id = NEW.wave_id
            AND (w.state = 'closed' OR NEW.answered_at >= LEAST(w.closes, w.closed_at))
    ) THEN
        RAISE EXCEPTION '% had closed: a board that answers then answers late', NEW.wave_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER collect_invitation_answered BEFORE UPDATE OF answered_at ON collect_invitation
    FOR EACH ROW WHEN (NEW.answered_at IS DISTINCT FROM OLD.answered_at)
    EXECUTE FUNCTION collect_answered_before_closing();
"""
BACKWARD = """
DROP TRIGGER collect_invitation_answered ON collect_invitation;
DROP FUNCTION collect_answered_before_closing();
DROP TRIGGER collect_revision_late ON collect_revision;
DROP FUNCTION collect_late_is_after_closing();
"""


class Migration(migrations.Migration):
    dependencies = [("collect", "0007_what_handovers_and_scope_keep")]
    operations = [
        migrations.AddField(
            model_name="wave",
            name="late_until",
            field=models.DateTimeField(
                null=True,
                help_text="after closing, answers are taken until just before this moment and kept apart; null: none",
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=Q(late_until=None) | Q(late_until__gt=F("closes")), name="late_comes_after_closing"
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="late_at",
            field=models.DateTimeField(
                null=True, help_text="when it first confirmed after closing; no part of the outcome"
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="late",
            field=models.BooleanField(default=False, help_text="confirmed when the wave had closed: kept apart"),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
