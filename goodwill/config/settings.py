"""The one settings file."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from goodwill import __version__
from goodwill.config import environment

environment.refuse_unknown()

PACKAGE = Path(__file__).resolve().parent.parent
HOME = environment.home()
DEBUG = environment.yes("GOODWILL_DEBUG")
SECRET_KEY = environment.secret_key(HOME)
VERSION = __version__

URL = environment.text("GOODWILL_URL", "http://127.0.0.1:8000").rstrip("/")
_address = urlsplit(URL)
if _address.scheme not in ("http", "https") or not _address.hostname:
    raise environment.EnvironmentProblem("GOODWILL_URL is like https://goodwill.example")
_IS_SECURE = _address.scheme == "https"
ALLOWED_HOSTS = [
    _address.hostname,
    "127.0.0.1",
    "localhost",
    "[::1]",
    *(h.strip() for h in environment.text("GOODWILL_HOSTS").split(",") if h.strip()),
]
CSRF_TRUSTED_ORIGINS = [f"{_address.scheme}://{_address.netloc}"]
if _IS_SECURE:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

DATABASES = {"default": environment.database(HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES: dict[str, dict[str, Any]] = {
    # Sign-in limits are shared by all web processes, so the cache is a table.
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "goodwill_cache",
        # At Django's 300 whoever tries a hundred made-up accounts pushes the counts of the others out.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "django_htmx",
    "template_partials",
    "csp",
    "goodwill.store",
    "goodwill.web",
]

MIDDLEWARE = [
    "goodwill.web.request_lines.RequestLineMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "goodwill.web.health.ProbeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "goodwill.web.language.ReaderLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "goodwill.web.gate.GateMiddleware",
    "goodwill.web.failures.OnlyFormsMiddleware",
]

ROOT_URLCONF = "goodwill.config.urls"
WSGI_APPLICATION = "goodwill.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "goodwill.web.page.page",
            ],
            "builtins": ["goodwill.web.templatetags.goodwill"],
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PACKAGE / "web" / "static"]
STATIC_ROOT = None  # served from the package itself; nothing is collected
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "goodwill.web.static_addresses.StampedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 0 if DEBUG else 31_536_000  # an address carries the stamp of its content
MEDIA_ROOT = HOME / "files"
LAKE = HOME / "lake"
ENGINE = environment.engine()
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian")), ("hu", _("Hungarian"))]
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = ["goodwill.web.formats"]
LANGUAGE_COOKIE_NAME = "goodwill_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = _IS_SECURE

AUTH_USER_MODEL = "store.Person"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "goodwill.web.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to addresses that strangers type
ACCOUNT_FORMS = {
    "login": "goodwill.web.sign_in_forms.SignInForm",
    "reset_password": "goodwill.web.sign_in_forms.AskResetForm",
    "reset_password_from_key": "goodwill.web.sign_in_forms.ResetForm",
}
# Behind the one proxy that speaks TLS for us, the last address it names is the visitor's.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _IS_SECURE else 0
# Five wrong passwords in five minutes from one address for one account; thirty sign-ins a minute from one address.
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/key,30/5m/ip", "reset_password": "10/m/ip,5/m/key"}

SESSION_COOKIE_NAME = "goodwill_session"
SESSION_COOKIE_SECURE = _IS_SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 86_400
CSRF_COOKIE_NAME = "goodwill_csrf"
CSRF_COOKIE_SECURE = _IS_SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "goodwill.web.failures.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

EMAIL_BACKEND = "goodwill.web.letters.DeliveryBackend"
DEFAULT_FROM_EMAIL = environment.text("GOODWILL_MAIL_FROM", f"goodwill@{_address.hostname}")
MAIL_SERVER = environment.mail_server()

PRIVATE_HOSTS = environment.names("GOODWILL_PRIVATE_HOSTS")
"""Hosts whose private addresses may be called: only whoever holds the machine can say so."""

FEED_FOLDERS = environment.folders("GOODWILL_FEED_FOLDERS")
"""Folders below which daily files may be watched: only whoever holds the machine can say so."""

API_PER_MINUTE = environment.number("GOODWILL_API_PER_MINUTE", 6_000, least=1, most=10_000_000)
"""Requests that one token may make in a minute."""

TASKS = {"default": {"BACKEND": "goodwill.actions.jobs.JobBackend", "QUEUES": []}}

METRICS_TOKEN = environment.token("GOODWILL_METRICS_TOKEN")
"""What a monitor shows to read /metrics; empty: only this machine may."""

_LOG = environment.one_of("GOODWILL_LOG", "line", "json")
_LOG_LEVEL = environment.one_of("GOODWILL_LOG_LEVEL", "INFO", "DEBUG", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "goodwill.config.log_lines.DiscreetFormatter", "shows_all": DEBUG},
        "json": {"()": "goodwill.config.log_lines.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": _LOG}},
    # What libraries say at lower levels holds statements with their values.
    "root": {"handlers": ["stderr"], "level": "ERROR" if _LOG_LEVEL == "ERROR" else "WARNING"},
    "loggers": {
        "goodwill": {"level": _LOG_LEVEL},
        # Its warnings carry paths, and paths carry one-time links.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
    },
}
