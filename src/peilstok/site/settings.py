"""Django's settings. Everything that differs between installations comes from `environment.Environment`."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from csp.constants import NONE, SELF

from peilstok.site import environment
from peilstok.site.clock import moment

django_stubs_ext.monkeypatch()

PEILSTOK = environment.read(os.environ)
PEILSTOK_MOMENT = moment  # rooms under site take the time of day from here, once a view or job
PACKAGE = Path(__file__).resolve().parent.parent

SECRET_KEY = PEILSTOK.secret_key
DEBUG = PEILSTOK.debug
ALLOWED_HOSTS = [PEILSTOK.host, "127.0.0.1", "localhost"]
SECURE = PEILSTOK.site_url.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "procrastinate.contrib.django",
    "peilstok.audit",
    "peilstok.register",
    "peilstok.accounts",
    "peilstok.collect",
    "peilstok.publish",
    "peilstok.site",
]

MIDDLEWARE = [
    "peilstok.collect.doors.PrivateLinksMiddleware",  # first: also for what those below answer themselves
    "peilstok.site.requests.HeadWithoutBodyMiddleware",
    "peilstok.site.requests.RequestIdMiddleware",
    "peilstok.site.proxies.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "peilstok.site.requests.OnePolicyMiddleware",
    "peilstok.site.requests.NoNulInCookiesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "peilstok.site.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "peilstok.site.refusals.RefusalMiddleware",
]

ROOT_URLCONF = "peilstok.site.urls"
WSGI_APPLICATION = "peilstok.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"i18n": "peilstok.site.spoken"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "peilstok.site.context.installation",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query: dict[str, object] = dict(parse_qsl(parts.query))
    # Planning a page's statement takes longer than running it, so what is asked often is planned once a connection
    # (docs/decisions/0005). A pooler between that cannot have it: DATABASE_URL ...?prepare=no
    prepared = query.pop("prepare", "yes") != "no"
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "postgres",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps the connections
        "CONN_HEALTH_CHECKS": True,  # without it each pooled connection fails once after a restart of the server
        "OPTIONS": {
            "pool": {"min_size": 0, "max_size": 8, "timeout": 10},
            "server_side_binding": prepared,
            "prepare_threshold": 5 if prepared else None,
            **query,
        },
    }


DATABASES = {"default": _database(PEILSTOK.database_url)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "site:home"
LOGOUT_REDIRECT_URL = "site:home"

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LANGUAGE_COOKIE_SECURE = SECURE
LOCALE_PATHS = sorted(PACKAGE.glob("*/locale"))
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Amsterdam"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # straight from the rooms: there is no step that collects them
WHITENOISE_AUTOREFRESH = DEBUG

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
_mail = urlsplit(PEILSTOK.mail_url)
EMAIL_HOST = _mail.hostname or "localhost"
EMAIL_PORT = _mail.port or 25
EMAIL_HOST_USER = unquote(_mail.username or "")
EMAIL_HOST_PASSWORD = unquote(_mail.password or "")
EMAIL_USE_TLS = _mail.scheme == "smtp+starttls"
EMAIL_USE_SSL = _mail.scheme == "smtps"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = PEILSTOK.mail_from

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 60 * 60  # a working day
CSRF_FAILURE_VIEW = "peilstok.site.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_SSL_REDIRECT = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
# Secret links carry their token in the path: no page that a member follows a link from may pass it on.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # The council's domain carries other hosts than this one; what they promise to browsers is not ours to decide.
    "security.W005",  # SECURE_HSTS_INCLUDE_SUBDOMAINS
    "security.W021",  # SECURE_HSTS_PRELOAD
    "templates.W003",  # that there is a second library i18n: `site/spoken` takes the place of Django's on purpose
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request": {"()": "peilstok.site.requests.RequestIdFilter"},
    },
    "formatters": {
        "json": {
            "()": "peilstok.collect.secrecy.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s %(request_id)s",
        }
    },
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "peilstok": {"level": "INFO"},
        "flufl.bounce": {"level": "CRITICAL"},  # a detector that fails on an odd mail is no news, and quotes it
        "django": {"level": "INFO"},  # named here, they lose the handlers of their own, which would print links
        "django.server": {"level": "WARNING", "propagate": True},
    },
}
TEST_RUNNER = "django.test.runner.DiscoverRunner"
