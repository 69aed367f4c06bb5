"""People with a library card, those who apply for one, and the mails that are sent to them."""

from accounts.categories.models import Category, CategoryRule
from accounts.models.applications import CardApplication
from accounts.models.erased import ErasedCard
from accounts.models.imports import PatronDoubt, PatronImport
from accounts.models.mails import OutgoingMail
from accounts.models.people import CARD_NUMBER, Card, User

__all__ = [
    "CARD_NUMBER",
    "Card",
    "CardApplication",
    "Category",
    "CategoryRule",
    "ErasedCard",
    "OutgoingMail",
    "PatronDoubt",
    "PatronImport",
    "User",
]
