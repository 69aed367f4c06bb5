"""What the report of a file of barcodes says of a number, by code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """Why a number was left out, or what was found."""

    UNREADABLE = "unreadable", _("the record can't be read")
    CELLS_MORE = "cells_more", _("the row has more cells than the heading has names")
    TOTAL_ROW = "total_row", _("the row sums up others and is no record of its own")
    REFUSED = "refused", _("the catalogue refused the record")
    NO_BARCODE = "no_barcode", _("the row has no barcode, or none that is one")
    NOT_GOING_ON = "not_going_on", _("the stocktaking was stopped or has ended")
    ON_LOAN = "on_loan", _("on loan, yet here")
    FOUND = "found", _("missing or lost, yet here")
    ELSEWHERE = "elsewhere", _("in repair or held, yet here")
    WITHDRAWN = "withdrawn", _("withdrawn, yet here")
    UNKNOWN = "unknown", _("unknown number")
    OTHER_SHELF = "other_shelf", _("belongs on another shelf")
    ENDED = "ended", _("the stocktaking has ended, so it stays")
