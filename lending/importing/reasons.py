"""What the report of an import of loans says of a record, by code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """Why a record was left out, or what of it was."""

    UNREADABLE = "unreadable", _("the record can't be read")
    CELLS_MORE = "cells_more", _("the row has more cells than the heading has names")
    TOTAL_ROW = "total_row", _("the row sums up others and is no record of its own")
    REFUSED = "refused", _("lending refused the record")
    NO_CARD = "no_card", _("nobody has this card number: take the patrons in first")
    NO_COPY = "no_copy", _("there is no copy with this barcode: take the books in first")
    NO_DUE_DATE = "no_due_date", _("the record has no due date, or none that is a day")
    DAYS_WRONG = "days_wrong", _("it was lent after today or after it was due")
    CELL_UNREADABLE = "cell_unreadable", _("a cell can't be read and was left out")
    MARKED = "marked", _("the copy is marked here as lost, missing, damaged or in repair")
    ELSEWHERE = "elsewhere", _("the copy is on loan to somebody else")
    FEE_CHARGED = "fee_charged", _("an unpaid fee came along, and is charged")
    FEE_ALIKE = "fee_alike", _("the file has the same fee of the same person twice: it is charged once")
    SUSPENDED = "suspended", _("the patron is blocked until the suspension ends")
    OVER = "over", _("it came in before, and came back or was lost since")
    MOVED = "moved", _("something was done to the loan since, so it stays")
