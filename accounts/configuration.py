"""How signing in and mails are set up: nothing of it depends on the installation."""

from datetime import timedelta

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.passwords.backends.CurrentCards"]
PASSWORD_HASHERS = ["accounts.hashing.FewAtOnce"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("card_number", "name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.validators.NotOnlyWordsOfThePlace"},
]
CSRF_FAILURE_VIEW = "kernel.staff.error_pages.not_from_here"
AXES_HANDLER = "accounts.passwords.lockout.LimitEach"
AXES_FAILURE_LIMIT = 5  # wrong passwords for one card from one address; the other limits are beside the handler
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], ["username"], ["ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "kernel.http.client_address.address_of"
AXES_USERNAME_CALLABLE = "accounts.passwords.lockout.card_tried"
AXES_USERNAME_FORM_FIELD = "username"
AXES_VERBOSE = False
REST_KNOX = {"TOKEN_TTL": timedelta(hours=10)}
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # a working day, from signing in
PASSWORD_RESET_TIMEOUT = 3600  # seconds in which a link in a mail can be used
EMAIL_TIMEOUT = 10  # seconds that a worker waits for the mail server; a task may take 60
