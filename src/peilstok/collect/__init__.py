"""Fielding: waves, invitations and their mails, answers and their revisions, the monitor.

wavefile.load(path)                   reads a wave's file with its questionnaire and plan
waves.create_wave / open_wave / close_wave
contacts.keep(...)                    where boards are reached; contacts.of_board(...)
recipients.round_of(wave, kind)       who would get which mail
messages.send_invitations(wave, moment, by=...); messages.resend(...); reminders.queue_due(...)
returned.take(raw, ...)               what a mail that came back does
tasks.run_due()                       runs the jobs that are due in this process
saving.save_page / keep_page          what the post of a page does; keeping is while it is typed
answers.confirm / finish / refuse     what becomes of what was filled in
counting.confirmed_answers(wave)      what counts, by number of the board
progress.progress(wave, moment)       how it is going, and whether the estimate is ready; for the council only
calls.listed(...) / note(...)         whom to call, and what came of it
snapshots.freeze(...)                 what a closed wave is handed on as, once
retention.forget(...)                 what leads to a person goes
"""
