"""What the report of an import of patrons says of a record, by code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """Why a record was left out, came in with something missing, or waits for a decision."""

    UNREADABLE = "unreadable", _("the record can't be read")
    CELLS_MORE = "cells_more", _("the row has more cells than the heading has names")
    TOTAL_ROW = "total_row", _("the row sums up others and is no record of its own")
    REFUSED = "refused", _("the register of patrons refused the record")
    NO_NUMBER = "no_number", _("the record has no card number")
    NUMBER_UNUSABLE = "number_unusable", _("the card number can't be used: up to 32 letters, digits and hyphens")
    NO_NAME = "no_name", _("the record has no name")
    REPEATED = "repeated", _("the file has the same card number for another name before")
    ERASED = "erased", _("the person who had this card was erased, and does not come back by a file")
    CARD_REPLACED = "card_replaced", _("it is the number of a card that was replaced here")
    STAFF = "staff", _("a member of staff has this card: change it by hand")
    IN_DOUBT = "in_doubt", _("somebody with another name has this card number: decide on the page of doubts")
    SET_ASIDE = "set_aside", _("the record was set aside before")
    EMAIL_INVALID = "email_invalid", _("came in without email: what the record has is none")
    PHONE_INVALID = "phone_invalid", _("came in without telephone: what the record has is none")
    DAY_UNKNOWN = "day_unknown", _("came in without a day: what the record has is none")
    LUNAR = "lunar", _("the birth date is of the lunar calendar: it was left out")
    LANGUAGE_UNKNOWN = "language_unknown", _("came in with the library's language: what the record has is neither")
    CATEGORY_UNKNOWN = "category_unknown", _("came in without category: none has this code or name")
    NO_CONSENT = "no_consent", _("under 14 without a guardian's consent that holds: ask for it")
    SHORTENED = "shortened", _("a part was too long and was shortened")
    KEPT = "kept", _("a field stays as it is here, though the file says otherwise")
    USED = "used", _("the card was used since, so it stays open")
