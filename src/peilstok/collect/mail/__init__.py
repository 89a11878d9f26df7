"""The mails of a wave, out and back.

Out: who gets which (`recipients`), how it reads (`letters`, `trial`), that it goes once (`messages`, `outbox`,
`states`), how fast (`pace`), when it is a reminder (`reminders`), that answers came in (`confirmed`), those about parts
(`handed`), how handing it over ended (`mailserver`). Back: where it comes (`returnpath`, `inbox`), what it says
(`bounces`, plain Python), what follows from it (`returned`, `failures`).
"""
