"""The entry for a WSGI server: `gunicorn peilstok.site.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peilstok.site.settings")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: processes are many, and their matrices small
application = get_wsgi_application()
