"""What becomes of applications for a card: anybody applies, the desk confirms or declines.

Whether the library takes applications at all is for the site to say, where librarians switch it.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from accounts.hashing import HashedPassword
from accounts.models import CardApplication
from accounts.services import register_patron
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in

PERIOD = timedelta(days=1)
OF_AN_ADDRESS = 5
"""Applications within `PERIOD`. More come by one at the desk."""
State = CardApplication.State


class AppliedTooOften(Refused):
    code = "applied_too_often"
    sentence = _("Too many cards were applied for from here today. Please come to the desk.")


class ApplicationDecided(Refused):
    code = "application_decided"
    sentence = _("This application was decided already.")


def apply_for_card(
    *, name: str, email: str, language: str, now: datetime, message: str = "", address: str = ""
) -> CardApplication:
    """An application that waits for the desk. Who applies again while it waits has applied once. Raises
    `AppliedTooOften`."""
    again = CardApplication.objects.filter(state=State.WAITING, name=name, email__iexact=email)
    if waiting := again.first():
        return waiting

    of_address = CardApplication.objects.filter(address=address, applied_at__gt=now - PERIOD).exclude(address="")
    if of_address.count() >= OF_AN_ADDRESS:
        raise AppliedTooOften

    application = CardApplication(name=name, email=email, language=language, message=message, address=address)
    application.applied_at = now
    try:
        with atomic_in("accounts"):
            application.save()
    except IntegrityError:  # sent twice at the same moment
        return again.get()
    return application


def confirm_application(
    application_id: int, *, card_number: str, now: datetime, password: HashedPassword | None = None
) -> CardApplication:
    """Registers the person with that card. Without a password, a mail brings a link to choose one.

    Raises `ApplicationDecided` and `CardNumberTaken`.
    """
    with atomic_in("accounts"):
        application = _waiting(application_id)

        application.card = register_patron(
            card_number=card_number,
            password=password or "",
            name=application.name,
            email=application.email,
            language=application.language,
            now=now,
        )
        _decide(application, State.CONFIRMED, now)
        return application


@atomic_in("accounts")
def decline_application(application_id: int, *, now: datetime) -> CardApplication:
    """Declines it. Raises `ApplicationDecided`."""
    application = _waiting(application_id)

    _decide(application, State.DECLINED, now)
    return application


def _waiting(application_id: int) -> CardApplication:
    application = CardApplication.objects.select_for_update().get(pk=application_id)
    if application.state != State.WAITING:
        raise ApplicationDecided
    return application


def _decide(application: CardApplication, state: str, now: datetime) -> None:
    application.state, application.decided_at = state, now
    application.save(update_fields=["state", "decided_at", "card"])
