"""Parts handed to others, codes for the telephone, boards out of scope, and where a revision came from.

A column that the database derives cannot be changed: it is taken away and made anew, with its index.
"""

import django.db.models.deletion
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('collect', '0005_mails_are_of_an_address'),
        ('register', '0002_frames_do_not_change'),
    ]

    operations = [
        migrations.CreateModel(
            name='HandedMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('uncertain', 'Uncertain'), ('cancelled', 'Cancelled')], default='queued', max_length=10)),
                ('queued_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('detail', models.CharField(blank=True, help_text='what the mail server said when it refused', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Handover',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('everything', 'Everything'), ('page', 'Page'), ('entry', 'Entry')], max_length=10)),
                ('name', models.CharField(blank=True, help_text='of the page, or of the block', max_length=60)),
                ('entry', models.CharField(blank=True, help_text='the key of the entry of the block', max_length=20)),
                ('label', models.CharField(blank=True, help_text='of the entry: the school, as the board saw it', max_length=200)),
                ('to_name', models.CharField(max_length=80)),
                ('to_email', models.EmailField(max_length=254)),
                ('asked_by', models.CharField(blank=True, help_text='who of the board asks it', max_length=80)),
                ('language', models.CharField(choices=[('nl', 'Nederlands'), ('en', 'English')], default='nl', max_length=2)),
                ('uuid', models.UUIDField(default=uuid.uuid4, unique=True)),
                ('token_hash', models.CharField(max_length=64, unique=True)),
                ('given_at', models.DateTimeField()),
                ('opened_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('taken_back_at', models.DateTimeField(null=True)),
                ('reminded_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name='draft',
            name='sums',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='invitation',
            name='code_hash',
            field=models.CharField(help_text='of before there were codes: null', max_length=64, null=True, unique=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='out_of_scope_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='invitation',
            name='scope_reason',
            field=models.CharField(blank=True, choices=[('merged', 'merged into another board'), ('ended', 'has no schools any more'), ('other_kind', 'has no schools of the kind that is asked about'), ('double', 'stands in the register twice'), ('other', 'another reason')], max_length=10),
        ),
        migrations.AddField(
            model_name='revision',
            name='by',
            field=models.CharField(blank=True, help_text='empty: of before others could, so the board', max_length=40),
        ),
        migrations.AddField(
            model_name='revision',
            name='sums',
            field=models.JSONField(default=dict, help_text='as in the draft: where the board says otherwise than its schools'),
        ),
        migrations.RemoveIndex(model_name='invitation', name='invitation_by_outcome'),
        migrations.RemoveField(model_name='invitation', name='outcome'),
        migrations.AddField(
            model_name='invitation',
            name='outcome',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(out_of_scope_at__isnull=False, then=models.Value('out_of_scope')), models.When(answered_at__isnull=False, then=models.Value('answered')), models.When(refused_at__isnull=False, then=models.Value('refused')), models.When(started_at__isnull=False, then=models.Value('started')), models.When(opened_at__isnull=False, then=models.Value('opened')), models.When(bounced_at__isnull=False, then=models.Value('bounced')), default=models.Value('not_opened')), output_field=models.CharField(max_length=12)),
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['wave', 'outcome'], name='invitation_by_outcome'),
        ),
        migrations.AlterField(
            model_name='revision',
            name='channel',
            field=models.CharField(choices=[('web', "by the board's link"), ('delegate', 'by a colleague to whom the board handed everything'), ('telephone', 'by telephone')], default='web', max_length=10),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('out_of_scope_at', None), ('scope_reason', '')), models.Q(('out_of_scope_at__isnull', False), models.Q(('scope_reason', ''), _negated=True)), _connector='OR'), name='out_of_scope_has_a_reason'),
        ),
        migrations.AddField(
            model_name='handover',
            name='invitation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handovers', to='collect.invitation'),
        ),
        migrations.AddField(
            model_name='handedmail',
            name='handover',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mails', to='collect.handover'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.UniqueConstraint(condition=models.Q(('taken_back_at', None)), fields=('invitation', 'kind', 'name', 'entry'), name='a_part_is_with_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('entry', ''), ('kind', 'everything'), ('name', '')), models.Q(('entry', ''), ('kind', 'page'), models.Q(('name', ''), _negated=True)), models.Q(('kind', 'entry'), models.Q(('name', ''), _negated=True), models.Q(('entry', ''), _negated=True)), _connector='OR'), name='a_part_is_of_its_kind'),
        ),
        migrations.AddConstraint(
            model_name='handover',
            constraint=models.CheckConstraint(condition=models.Q(('done_at', None), ('opened_at__isnull', False), _connector='OR'), name='done_was_opened'),
        ),
        migrations.AddIndex(
            model_name='handedmail',
            index=models.Index(fields=['state'], name='handed_mail_by_state'),
        ),
        migrations.AddConstraint(
            model_name='handedmail',
            constraint=models.UniqueConstraint(fields=('handover', 'number'), name='a_mail_about_a_handover_once'),
        ),
    ]
