"""`manage.py eventmap`: who announces what, and who reacts how."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.eventbus.event_map import as_markdown, as_text
from kernel.eventbus.registry import installed_subscriptions

PAGE = Path("docs/events.md")


class Command(BaseCommand):
    """What the registry knows, in words."""

    help = "Prints every event with its fields and its handlers; --markdown writes docs/events.md."

    def add_arguments(self, parser: CommandParser) -> None:
        """The options."""
        parser.add_argument("--markdown", action="store_true", help="write docs/events.md")
        parser.add_argument("--check", action="store_true", help="exit 1 when docs/events.md is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints, writes or compares the map."""
        page, subscriptions = settings.BASE_DIR / PAGE, installed_subscriptions()
        if options["markdown"]:
            page.write_text(as_markdown(subscriptions), encoding="utf-8")
        elif not options["check"]:
            self.stdout.write(as_text(subscriptions))
        elif not page.exists() or page.read_text(encoding="utf-8") != as_markdown(subscriptions):
            raise CommandError(f"{PAGE} is stale: run ./manage.py eventmap --markdown")
