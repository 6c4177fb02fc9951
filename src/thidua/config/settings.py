"""All settings, from the environment alone: each variable is declared, with its kind and default, in host/variables.py.

Defaults serve one machine; docs/operating.md lists what production sets.
"""

from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.utils.translation import gettext_lazy as _

from thidua.core import bounds
from thidua.host import home as host_home
from thidua.host import postgres
from thidua.host.kinds import host_of, networks
from thidua.host.variables import HOSTS_OF_THIS_MACHINE, WITH_SECOND_FACTOR, check, value

check()
ROOT = Path(__file__).resolve().parent.parent
HOME = host_home.home()


def database(url: str) -> dict[str, object]:
    """Django's setting for a ``postgresql://user:password@host:port/name?option=…`` address."""
    parts = urlsplit(url)
    # A machine that is gone without a word is found out in seconds, by pages and by /healthz.
    options = {"connect_timeout": "5", **dict(parse_qsl(parts.query))}
    return {
        "ENGINE": "thidua.config.database",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        # A statement that a connection meets for the third time is planned no more (ADR 25).
        "OPTIONS": {**options, "server_side_binding": True, "prepare_threshold": 3},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


# An owner migrates and an application role runs; the command line sets THIDUA_AS_OWNER for commands that change tables.
AS_OWNER = value("THIDUA_AS_OWNER")
DATABASE_URL = (value("DATABASE_OWNER_URL") if AS_OWNER else "") or value("DATABASE_URL")
DATABASES = {"default": database(DATABASE_URL or postgres.url(HOME, "owner" if AS_OWNER else "app"))}
# Set by the web process (config.wsgi): its threads share so many connections, and none keeps one for itself. One that
# is broken is found out when it is borrowed; while the database is away a request waits for seconds, not longer.
if CONNECTIONS := value("THIDUA_CONNECTIONS"):
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    said = DATABASES["default"]["OPTIONS"].get("options", "")
    DATABASES["default"]["OPTIONS"]["options"] = f"-c lock_timeout=20s {said}"  # nobody waits longer for what is held
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": CONNECTIONS,
        "timeout": 2,
        "max_idle": 300,
        "reconnect_timeout": 1,
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DEBUG = value("THIDUA_DEBUG")
SECRET_KEY = value("THIDUA_SECRET_KEY") or host_home.secret_key()
# HTTPS is the rule. Only the one-machine start (`make run`, tests) says THIDUA_HTTP=1 to serve plain http on loopback.
HTTPS = not value("THIDUA_HTTP")
BASE_URL = value("THIDUA_BASE_URL") or f"http://127.0.0.1:{value('PORT')}"
ALLOWED_HOSTS = value("THIDUA_HOSTS") or [*HOSTS_OF_THIS_MACHINE.split(","), host_of(BASE_URL)]
CSRF_FAILURE_VIEW = "thidua.ui.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = value("THIDUA_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "thidua.demo",
    "thidua.desk",
    "thidua.summaries",
    "thidua.monitoring",
    "thidua.apologies",
    "thidua.reports",
    "thidua.dossiers",
    "thidua.surveys",
    "thidua.campaigns",
    "thidua.analytics",
    "thidua.documents",
    "thidua.exchange",
    "thidua.people",
    "thidua.ledger",
    "thidua.ui",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "thidua.desk.probes.Probes",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "thidua.ui.middleware.NotKept",
    "thidua.ui.middleware.ChosenLanguage",
    "thidua.ui.middleware.Bounded",
    "thidua.ui.middleware.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "thidua.people.middleware.SignInRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "thidua.ui.middleware.RefusalPage",
    "thidua.campaigns.middleware.ShownLast",
]
ROOT_URLCONF = "thidua.config.urls"
WSGI_APPLICATION = "thidua.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "thidua.ui.templatetags.ui",
                "thidua.ui.templatetags.controls",
                "thidua.ui.templatetags.trends",
                "thidua.campaigns.templatetags.addresses",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "thidua.ui.context.shell",
                "thidua.desk.navigation.navigation",
            ],
        },
    }
]

# Signing in: every address is closed unless the view says otherwise (people.middleware.SignInRequired).
AUTH_USER_MODEL = "people.Person"
AUTHENTICATION_BACKENDS = ["thidua.people.backends.OneAccount"]
# Argon2 with measured parameters (ADR 16); what is stored in another way is stored anew at the next sign-in.
PASSWORD_HASHERS = ["thidua.people.hashers.Argon2", "django.contrib.auth.hashers.PBKDF2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
ACCOUNT_FORMS = {"reset_password": "thidua.people.forms.ForgottenForm"}
ACCOUNT_ADAPTER = "thidua.people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
# Counted by ledger.limits instead: passwords and codes (people.adapters, people.factors), letters to new passwords.
ACCOUNT_RATE_LIMITS = {"login": "", "reset_password": "", "login_failed": ""}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = None
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # http://localhost
MFA_TOTP_ISSUER = "thidua"
MFA_FORMS = {
    "authenticate": "thidua.people.factors.AuthenticateForm",
    "authenticate_webauthn": "thidua.people.factors.AuthenticateWebAuthnForm",
    "reauthenticate": "thidua.people.factors.ReauthenticateForm",
    "reauthenticate_webauthn": "thidua.people.factors.ReauthenticateWebAuthnForm",
    "add_webauthn": "thidua.people.factors.AddWebAuthnForm",
    "activate_totp": "thidua.people.factors.ActivateTOTPForm",
}
# Roles that must have a second factor before they see anything. One machine that serves a trial asks nobody.
SECOND_FACTOR_ROLES = value("THIDUA_SECOND_FACTOR_ROLES")
IS_TRIAL = not HTTPS and SECOND_FACTOR_ROLES is None
if SECOND_FACTOR_ROLES is None:
    SECOND_FACTOR_ROLES = [] if IS_TRIAL else WITH_SECOND_FACTOR
# After its address was changed an account is recovered by the one before for so long.
ADDRESS_WAIT_HOURS = value("THIDUA_ADDRESS_WAIT_HOURS")
SOCIALACCOUNT_ONLY = False
OIDC_ISSUER = value("THIDUA_OIDC_ISSUER")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "provider_class": "thidua.people.oidc.Provider",
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "oidc",
                "name": value("THIDUA_OIDC_NAME"),
                "client_id": value("THIDUA_OIDC_CLIENT"),
                "secret": value("THIDUA_OIDC_SECRET"),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
SOCIALACCOUNT_ADAPTER = "thidua.people.adapters.SocialAccountAdapter"

# Both web workers and the job worker count the same failures, so the cache is shared.
# Over the number of entries Django drops a third, whichever they are: so many that nobody pushes a count out by asking
# for letters to one address after the other.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
# How often somebody may do something (ledger.limits): kind → (how many, in how many seconds).
LIMITS = value("THIDUA_LIMITS")
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if value("THIDUA_BEHIND_PROXY") else None
# Networks of the proxies before this application, which are believed about the client's address (ui.clients).
TRUSTED_PROXIES = value("THIDUA_TRUSTED_PROXIES") or (networks("127.0.0.0/8,::1") if SECURE_PROXY_SSL_HEADER else [])
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_oidc_origin = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        # Chromium applies form-action to the redirect after the sign-in POST, so the identity provider is named.
        "form-action": ["'self'", *_oidc_origin],
    }
}

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
# What init made of all rooms where the program is not its to write; then rooms that are no Django application.
LOCALE_PATHS = [HOME / "locale", ROOT / "core" / "locale", ROOT / "config" / "locale"]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Bootstrap and the typeface, gathered from their packages (`thidua front`).
FRONT = host_home.folder("front")
STATICFILES_DIRS = [FRONT]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# Uploads: a folder by default, an S3 bucket when one is named.
FILES_ROOT = HOME / host_home.FILES
S3_BUCKET = value("THIDUA_S3_BUCKET")
S3_ENDPOINT = value("THIDUA_S3_ENDPOINT")


def s3() -> dict[str, object]:
    """An S3 store that is away shall be found out in seconds; stores other than Amazon's have no names of buckets."""
    from botocore.config import Config

    patience = {"connect_timeout": 3, "read_timeout": 20, "retries": {"total_max_attempts": 2}}
    style = {"addressing_style": "path"} if S3_ENDPOINT else None
    return {
        "bucket_name": S3_BUCKET,
        "endpoint_url": S3_ENDPOINT or None,
        "access_key": value("THIDUA_S3_KEY"),
        "secret_key": value("THIDUA_S3_SECRET"),
        "default_acl": None,
        "max_memory_size": 1024 * 1024,  # a larger file is read from the disk, in FILE_UPLOAD_TEMP_DIR
        "client_config": Config(s3=style, signature_version="s3v4", **patience),
    }


STORAGES = {
    "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": s3()}
    if S3_BUCKET
    else {"BACKEND": "thidua.ledger.folder.Folder", "OPTIONS": {"location": FILES_ROOT}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# What is well or not (thidua.ledger.signs): free room on the disk of files, and for how many seconds an answer is kept.
FREE_BYTES = value("THIDUA_FREE_MB") * 1024 * 1024
SIGNS_KEPT_FOR = 1.0
METRICS, METRICS_SECRET = value("THIDUA_METRICS"), value("THIDUA_METRICS_SECRET")
UPLOAD_LIMIT = bounds.FILE_BYTES
LARGEST_BODY = 6 * UPLOAD_LIMIT  # of one request
# Addresses that take more than forms with evidence do, from people who are signed in: one file of records.
LARGER_BODIES = {"/records/import/": 500 * 1024 * 1024}
# A file from outside is read by a process of its own. A batch of a program that is no larger is read while it waits.
READ_AT_ONCE = value("THIDUA_READ_AT_ONCE")
READ_AT_ONCE_SECONDS = value("THIDUA_READ_AT_ONCE_SECONDS")
READING_SECONDS = value("THIDUA_READING_SECONDS")
READING_MEMORY = value("THIDUA_READING_MEMORY")
# The head of the trail, signed, outside the database: the folder of the file, and where each line goes besides.
ANCHORS = HOME / host_home.ANCHORS
ANCHORS_TO_STORAGE = value("THIDUA_ANCHORS_TO_STORAGE")
ANCHORS_TO_MAIL = value("THIDUA_ANCHORS_TO_MAIL")
TIMESTAMP_URL = value("THIDUA_TIMESTAMP_URL")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# What is being uploaded may be rows of citizens: in a folder that nobody else enters, swept where a process was killed.
FILE_UPLOAD_TEMP_DIR = host_home.folder(host_home.SPOOL)
FILE_UPLOAD_PERMISSIONS = 0o600

# Whose signatures on PDF files are believed, for public and for private units: files or folders, with commas between,
# of root certificates in PEM or DER (.pem .crt .cer .der) and of lists of revoked ones (.crl). Nothing is fetched from
# the network. Without any, signatures are still read, and every one is "untrusted". Changed files count from the next
# page on; the worker checks all stored files against them within minutes.
TRUST_PUBLIC = value("THIDUA_TRUST_PUBLIC")
TRUST_PRIVATE = value("THIDUA_TRUST_PRIVATE")
# What counts records: DuckDB in the process, or Spark by an address (spark://host:port, sc://host:port).
ENGINE = value("THIDUA_ENGINE")

EMAIL_HOST = value("THIDUA_SMTP_HOST")
EMAIL_PORT = value("THIDUA_SMTP_PORT")
EMAIL_HOST_USER = value("THIDUA_SMTP_USER")
EMAIL_HOST_PASSWORD = value("THIDUA_SMTP_PASSWORD")
EMAIL_USE_TLS = value("THIDUA_SMTP_TLS")
EMAIL_TIMEOUT = 20
# Without a mail server letters stay in the recipient's notices and in <home>/mail, and nothing pretends to be sent.
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend" if EMAIL_HOST else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = host_home.folder("mail")  # letters hold links that sign in
DEFAULT_FROM_EMAIL = SERVER_EMAIL = value("THIDUA_MAIL_FROM")

ORGANISATION = value("THIDUA_ORGANISATION")

# Jobs that are done, and failed ones that were set aside, stay so long; the worker removes them at night.
FINISHED_JOBS_DAYS = value("THIDUA_FINISHED_JOBS_DAYS")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {
        "told": {"()": "thidua.ui.middleware.ToldAlready"},
        "once": {"()": "thidua.ui.middleware.ToldOnce"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["once"]}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"django.request": {"filters": ["told"]}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
