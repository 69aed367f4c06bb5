"""What is left of people who were erased: that their cards are nobody else's."""

from django.db import models
from django.utils.crypto import salted_hmac


class ErasedCard(models.Model):
    """The number of a card whose holder was erased, as a digest with the installation's secret key: it can be
    recognised, and not read."""

    digest = models.CharField(max_length=64, primary_key=True)

    def __str__(self) -> str:
        return self.digest


def digest_of(card_number: str) -> str:
    """How the number of an erased person's card is kept."""
    return salted_hmac("accounts.erased", card_number.upper(), algorithm="sha256").hexdigest()
