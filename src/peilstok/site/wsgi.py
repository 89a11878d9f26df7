"""The entry for a WSGI server: `gunicorn peilstok.site.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peilstok.site.settings")
application = get_wsgi_application()
