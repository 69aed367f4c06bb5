"""`manage.py check_dashboard`: are the patrons' pages right?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from library.operations.drift import drift


class Command(BaseCommand):
    help = "Compares the patrons' pages with lending and fines; prints the rows that differ and then exits 1."

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints what differs."""
        differing = 0
        for sentence in drift():
            differing += 1
            self.stdout.write(sentence)
        if differing:
            raise CommandError(
                f"{differing} rows differ. What is still on its way is no fault: see waiting deliveries in the admin. "
                "Otherwise run ./manage.py replay dashboard."
            )
        self.stdout.write("The patrons' pages agree with lending and fines.")
