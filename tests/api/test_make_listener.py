"""`manage.py make_listener` lets a program read the event log and do nothing else."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from accounts.services import change_patron
from desk.scanning.lookup import holder_of
from lending.models import Loan
from tests.api.answers import done, refused
from tests.people import Person

pytestmark = pytest.mark.django_db


def token_for(name: str, **options: int) -> str:
    out = StringIO()
    call_command("make_listener", name, *(f"--{option}={value}" for option, value in options.items()), stdout=out)
    return out.getvalue().strip()


def listener(token: str) -> Person:
    program = Person()
    program.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return program


def test_its_token_reads_the_log_and_does_nothing_else(book: int) -> None:
    program = listener(token_for("marketing"))

    assert done(program.get("events"))["results"]
    for path in ("me", "books", "loans", "dashboard", "patrons", "books/1/copies"):
        refused(program.get(path), 403, "permission_denied")
    for path in ("loans", "loans/1/return", "loans/1/renew", "books", "patrons", "returns", "auth/logout"):
        refused(program.post(path, {"book": book}), 403, "permission_denied")
    assert not Loan.objects.exists()


def test_nothing_is_lent_to_it(ada: Person, book: int) -> None:
    token_for("marketing")
    program = User.objects.get(card_number="marketing")

    refused(ada.post("loans", {"book": book, "patron": program.pk}), 400, "invalid", "patron")
    assert holder_of("marketing") is None


def test_its_account_can_not_sign_in() -> None:
    token_for("marketing")

    account = User.objects.get(card_number="marketing")
    assert (account.has_usable_password(), account.is_staff, account.is_superuser) == (False, False, False)
    assert account.get_all_permissions() == {"eventbus.view_event"}


def test_another_token_is_for_the_same_account(ada: Person) -> None:
    first, second = token_for("marketing"), token_for("marketing")

    assert first != second
    assert User.objects.filter(card_number="marketing").count() == 1
    for token in (first, second):
        done(listener(token).get("events"))


def test_closing_its_account_ends_its_tokens_for_good(ada: Person) -> None:
    leaked = token_for("marketing")
    program = User.objects.get(card_number="marketing")
    change_patron(program.pk, is_active=False, now=timezone.now())
    refused(listener(leaked).get("events"), 401, "authentication_failed")
    with pytest.raises(CommandError, match="marketing is closed: make it active"):
        token_for("marketing")

    change_patron(program.pk, is_active=True, now=timezone.now())
    refused(listener(leaked).get("events"), 401, "authentication_failed")
    done(listener(token_for("marketing")).get("events"))


def test_its_token_lives_as_many_days_as_were_given(ada: Person) -> None:
    program = listener(token_for("marketing", days=30))

    with time_machine.travel(timezone.now() + timedelta(days=29)):
        done(program.get("events"))
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        refused(program.get("events"), 401, "authentication_failed")


def test_a_person_is_not_made_a_listener(haneul: Person, ada: Person) -> None:
    for name in ("P-7001", "L-7001"):
        with pytest.raises(CommandError, match="belongs to somebody"):
            token_for(name)
    refused(haneul.get("events"), 403, "permission_denied")


@pytest.mark.parametrize(("name", "days"), [("two words", 30), ("", 30), ("marketing", 0), ("marketing", 10**9)])
def test_a_name_or_a_time_that_is_none(name: str, days: int) -> None:
    with pytest.raises(CommandError):
        token_for(name, days=days)

    assert not User.objects.exists()
