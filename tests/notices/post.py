"""What the library sends in the town, and to whom."""

from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from kernel.eventbus.models import Event
from notices.models import Notice
from notices.services import send_what_is_due
from tests.factories import Town
from tests.people import Person

HANEUL, JO = "haneul@example.org", "jo@example.org"


class Post:
    """The notices of a town."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.haneul.patch("me", {"email": HANEUL})
        self.jo.patch("me", {"email": JO, "language": "en"})
        self.turn_off("receipt")
        mail.outbox.clear()

    @property
    def haneul(self) -> Person:
        return self.town.haneul

    @property
    def jo(self) -> Person:
        return self.town.jo

    def turn_off(self, *kinds: str) -> None:
        """Both don't want these."""
        for person in (self.haneul, self.jo):
            assert person.patch("me", {"notices": {"off": list(kinds)}}).status_code == 200

    def of_the_day(self, **options: Any) -> str:
        """What the clock does each day; what the command says."""
        self.town.bus.settle()
        out = StringIO()
        call_command("send_notices", stdout=out, **options)
        self.town.bus.settle()
        return out.getvalue()

    def a_little_later(self, minutes: int = 4) -> None:
        """What the clock does each minute, some minutes later."""
        self.town.bus.settle()
        self.town.clock.shift(60 * minutes)
        send_what_is_due(clock=timezone.now, should_stop=lambda: False, progress=lambda rows: None)
        self.town.bus.settle()

    def take(self) -> list[Any]:
        """The mails since the last look."""
        mails, mail.outbox = list(mail.outbox), []
        return mails

    def subjects(self) -> list[tuple[str, str]]:
        """To whom the mails since the last look went, and about what."""
        return [(letter.to[0].rpartition("<")[2].rstrip(">"), letter.subject) for letter in self.take()]


def statuses() -> list[tuple[str, str]]:
    """Every notice by its kind and status."""
    return list(Notice.objects.order_by("pk").values_list("kind", "status"))


def announced() -> list[str]:
    """What was announced of notices."""
    return list(Event.objects.filter(name__startswith="Notice").order_by("pk").values_list("name", flat=True))


@pytest.fixture
def post(town: Town) -> Post:
    """The post of the town."""
    return Post(town)
