"""People at the admin, through its forms as a browser would send them."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.services import register_patron
from desk.models import Act
from kernel.eventbus.models import Event
from tests.people import EVERY_ROLE, PASSWORD


class Door(Client):
    """A browser that follows redirects and knows the admin's pages by name."""

    def __init__(self, user: User | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.user = user
        if user:
            answer = self.sign_in(user.card_number)
            assert answer.status_code == 302, answer.content.decode()

    def sign_in(self, card_number: str, password: str = PASSWORD) -> Any:
        """Fills in the sign-in form."""
        return self.post(reverse("admin:login"), {"username": card_number, "password": password, "next": "/admin/"})

    def see(self, page: str, *args: Any, **query: Any) -> str:
        """The text of a page that is there."""
        answer = self.get(reverse(f"admin:{page}", args=args), query)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def send(self, page: str, *args: Any, **fields: Any) -> str:
        """Sends a form and gives the page it leads to."""
        answer = self.post(reverse(f"admin:{page}", args=args), fields, follow=True)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def scan(self, typed: str, **fields: Any) -> str:
        """Scans at the desk, without scripts, and gives the page it leads to."""
        return self.send("desk_scan", typed=typed, **fields)

    def lend(self, card_number: str, barcode: str, **fields: Any) -> str:
        """Scans a card at the desk, and then a copy."""
        self.scan(card_number)
        holder = User.objects.get(card_number__iexact=card_number)
        return self.scan(barcode, patron=holder.pk, **fields)

    def act(self, model: str, action: str, *chosen: Any, **fields: Any) -> str:
        """Chooses things in a list and does an action to them."""
        keys = [thing.pk for thing in chosen]
        return self.send(f"{model}_changelist", action=action, _selected_action=keys, **fields)


def a_patron(card_number: str = "P-7101", name: str = "김하늘", **details: Any) -> User:
    """Somebody with a card."""
    return register_patron(card_number=card_number, name=name, password=PASSWORD, now=timezone.now(), **details)


def a_librarian(card_number: str = "L-7101", roles: Any = EVERY_ROLE, **options: Any) -> Door:
    """A librarian with these roles at the admin."""
    return Door(a_patron(card_number, "Ada Shelf", is_staff=True, roles=roles), **options)


def a_superuser(card_number: str = "S-7101") -> Door:
    """A superuser at the admin."""
    return Door(User.objects.create_superuser(card_number, PASSWORD, name="Sam Super"))


def said() -> list[str]:
    """The names of the events so far."""
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def a_moment_later(seconds: int = 6) -> None:
    """The acts at the desk are so old now that a copy may be read again."""
    Act.objects.update(at=F("at") - timedelta(seconds=seconds))
