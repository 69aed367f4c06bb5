"""Every setting, read from the environment here and nowhere else.

Without any environment, development on one machine works. With `DEBUG=0` a missing secret stops the start.
"""

import sys
from functools import partial
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from accounts.configuration import *  # noqa: F403  (settings too)
from accounts.mail.site import site_url
from catalog.call_numbers.number_tables import known_table
from kernel.addresses import mail_settings, redis_address, sender
from kernel.clock import known_zone, set_clock
from kernel.environment import Environment
from kernel.http.configuration import ANSWER_MIDDLEWARE, REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401  (settings)
from kernel.observability.logs import FORMS, LEVELS, log_settings
from kernel.values.currencies import known_currency
from lending.overload.configuration import circuit_breaker, kept_for_desk, limits
from library.databases import databases_for
from library.operations.task_queue import queue_settings
from notices.configuration import *  # noqa: F403  (settings too)

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

DEBUG = env.switch("DEBUG", default=True)
SECRET_KEY = env.text("SECRET_KEY", "development only, not a secret" if DEBUG else "")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is missing: set it to a long random string when DEBUG is off.")
ALLOWED_HOSTS = env.parts("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
if not (ALLOWED_HOSTS or DEBUG):
    raise ImproperlyConfigured("ALLOWED_HOSTS is missing: set it to the names people reach the library by.")

INSTALLED_APPS = [
    "library.admin_site.LibraryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "library.admin_site.SignInsConfig",
    "django_q",
    "django_htmx",
    "library",
    "kernel.eventbus",
    "kernel.http",
    "kernel.importing",
    "kernel.labels",
    "accounts",
    "catalog",
    "lending",
    "fines",
    "webhooks",
    "dashboard",
    "notices",  # may be taken out: docs/adding-a-context.md
    "reporting",
    "printing",
    "desk",
    "opac",
    *(EXTRA_APPS := env.parts("EXTRA_APPS")),  # other teams' contexts: docs/adding-a-context.md
]

MIDDLEWARE = [
    "kernel.http.request_log.Watched",
    "django.middleware.security.SecurityMiddleware",
    *ANSWER_MIDDLEWARE,
    "opac.looks.Looks",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "desk.overload.PleaseWait",
    "library.operations.replica.MayLag",
]

FOUND_BY = [f"django.template.loaders.{kind}.Loader" for kind in ("filesystem", "app_directories")]
ROOT_URLCONF, WSGI_APPLICATION = "library.urls", "library.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "library" / "templates"],
        "OPTIONS": {
            "loaders": [("kernel.templates.Loader", FOUND_BY)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# Where things are stored

DATABASE_URL = env.text("DATABASE_URL")
if not DATABASE_URL:
    (BASE_DIR / ".data").mkdir(exist_ok=True)
    DATABASE_URL = f"sqlite:///{BASE_DIR / '.data' / 'library.sqlite3'}"
WORKING = {"qcluster", "watched_cluster", "watched_sender"} & {*sys.argv}
PROCESS = "worker" if WORKING else "web" if "library.wsgi" in sys.modules else "command"
WEB_THREADS = env.whole("WEB_THREADS", 32, least=1)
# Workers and commands have one thread each; and a pool would not survive the fork of the task queue's processes.
CONTEXTS = ["catalog", "lending", "fines", "dashboard", "notices", "reporting", *EXTRA_APPS]
databases = partial(databases_for, env, DATABASE_URL, env.text("REPLICA_DATABASE_URL"), CONTEXTS, WEB_THREADS)
DATABASES = databases(PROCESS)
INSTALLED_APPS += ["django.contrib.postgres"] * any("postgresql" in one["ENGINE"] for one in DATABASES.values())
DATABASE_ROUTERS = ["kernel.storage.replica.ToReplica", "kernel.storage.databases.ByContext"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASE_ROLE = env.text("DATABASE_ROLE")  # as whom web and worker sign in: operations/database_roles.py
KEEP_DAYS = env.whole("KEEP_DAYS", 30, least=1, most=36_500)  # of traces of what is done: operations/retention.py
KEEP_EVENTS_MONTHS = env.whole("KEEP_EVENTS_MONTHS", 0, most=1_200)  # 0 keeps all: operations/closing.py
KEEP_LOANS_DAYS = env.whole("KEEP_LOANS_DAYS", 365, most=36_500)  # of whose closed loans are: lending/erasing

# Tasks: django-q2 on the database, or on Redis as the faster waker

REDIS_URL = redis_address(env.text("REDIS_URL"))
Q_CLUSTER = queue_settings(workers=env.whole("WORKERS", 2, least=1), redis_url=REDIS_URL)
IMPORTS = ["catalog.importing.kind.BOOKS", "accounts.importing.kind.PATRONS", "lending.importing.kind.LOANS"]
IMPORTS += ["catalog.stocktaking.kind.BARCODES"]
DRAINING_MARK = env.text("DRAINING_MARK")  # the file by which operations/web/serving.py tells its server

# Lending under overload, in each process: docs/decisions/0008

KEPT_FOR_DESK = kept_for_desk(WEB_THREADS)  # of the threads: operations/web/lanes.py
LENDING_LIMITS, LENDING_CIRCUIT_BREAKER = limits(env, WEB_THREADS), circuit_breaker(env)
FAULTS = env.text("FAULTS")
if FAULTS and not DEBUG:
    raise ImproperlyConfigured("FAULTS breaks lending on purpose: it must not be set when DEBUG is off.")

# People

AUTH_USER_MODEL, ROLES = "accounts.User", "library.roles.ROLES"
TRUSTED_PROXIES = env.whole("TRUSTED_PROXIES", 0)  # how many of ours stand before the web process
SIGN_INS_AT_ONCE = env.whole("SIGN_INS_AT_ONCE", 2, least=1)  # in each process: each is a processor for a while
DEMO_PASSWORD = env.text("DEMO_PASSWORD", "library-demo")

# Mails

EMAIL_URL = env.text("EMAIL_URL") or ("consolemail://" if DEBUG else "dummymail://")
vars().update(mail_settings(EMAIL_URL))
DEFAULT_FROM_EMAIL = sender(env.text("DEFAULT_FROM_EMAIL") or "library@localhost")
NOTICES_GATEWAY_URL, NOTICES_GATEWAY_SECRET = env.text("NOTICES_GATEWAY_URL"), env.text("NOTICES_GATEWAY_SECRET")
NOTICES_GATEWAY_AT_ONCE = env.whole("NOTICES_GATEWAY_AT_ONCE", 8, least=1)  # messages under way from one process
PORT = env.whole("PORT", 8000, least=1, most=65_535)
SITE_URL = site_url(env.text("SITE_URL"), ALLOWED_HOSTS, port=PORT, debug=DEBUG)

# Language, time, files

LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LANGUAGE_CODE = env.choice("LANGUAGE_CODE", "en", [code for code, _name in LANGUAGES])
LOCALE_PATHS = [BASE_DIR / "library" / "locale", BASE_DIR / "library" / "locale_of_parts"]
BOOK_SOURCES = env.parts("BOOK_SOURCES")  # who is asked for an ISBN: catalog/lookup/sources.py
FORMAT_MODULE_PATH, AUTHOR_MARK_TABLE = "library.formats", known_table(env.whole("AUTHOR_MARK_TABLE", 5))
TIME_ZONE, CURRENCY = known_zone(env.text("TIME_ZONE", "Asia/Seoul")), known_currency(env.text("CURRENCY", "KRW"))
set_clock(env.text("CLOCK"), debug=DEBUG)
FILES_DIR = MEDIA_ROOT = BASE_DIR / (env.text("FILES_DIR") or Path(".data", "files"))
SEARCH_DIR = str(BASE_DIR / (env.text("SEARCH_DIR") or Path(".data", "search")))  # each machine's own, not shared
STATIC_URL, STATIC_ROOT = "static/", BASE_DIR / "staticfiles"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATIC_FILES if DEBUG else "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Security, where the library is served for real

if not DEBUG:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.switch("SECURE_SSL_REDIRECT", default=True)
    SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"  # no other host can set them
    CSRF_TRUSTED_ORIGINS = env.parts("CSRF_TRUSTED_ORIGINS")

# Logs, spans, metrics

LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", LEVELS)
LOG_FORMAT = env.choice("LOG_FORMAT", "line" if DEBUG else "json", FORMS)
LOGGING = log_settings(LOG_FORMAT, LOG_LEVEL, lending=env.choice("LENDING_LOG_LEVEL", LOG_LEVEL, LEVELS))
OTLP_ENDPOINT, METRICS_FOLDER = env.text("OTEL_EXPORTER_OTLP_ENDPOINT"), env.folder("PROMETHEUS_MULTIPROC_DIR")
