"""The Django project: settings, addresses, base templates, the one stylesheet, the home page. Nothing else.

environment   what an installation must be told, read once at start
clock         the one place where the time of day is asked
requests      an id for every request, in answers and in logs
refusals      how a refusal of ours becomes a page
"""
