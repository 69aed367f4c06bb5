"""The project as a Django app: its commands and its start."""

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import register
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

from kernel.observability.tracing import set_default_via
from library.operations.web.forks import when_serving


class LibraryConfig(AppConfig):
    name = "library"

    def ready(self) -> None:
        """After the last of its apps was migrated, an installation gets what it starts with."""
        post_migrate.connect(import_string("library.operations.set_up.set_up"), sender=apps.get_app_config("opac"))
        register(import_string("library.operations.static_files.static_files_are_collected"), deploy=True)
        if settings.PROCESS == "worker":  # outside of a delivery it does what the clock asks for
            set_default_via("schedule")
        if settings.PROCESS == "web":  # a worker records once it is forked
            import_string("kernel.observability.spans.record_spans")("web")
            when_serving(import_string("catalog.search.keeper.start"))
