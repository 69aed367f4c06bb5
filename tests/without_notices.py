"""The library's settings, without the context of notices."""

from library.settings import *  # noqa: F403

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "notices"]  # noqa: F405
