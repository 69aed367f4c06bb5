"""What the report of an import of books says of a record, by code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Reason(TextChoices):
    """Why a record was left out, came in with something missing, or was read by guessing."""

    UNREADABLE = "unreadable", _("the record can't be read")
    NONSENSE = "nonsense", _("the record's text makes no sense in any encoding: name the right one")
    NO_TITLE = "no_title", _("the record has no title")
    NO_BOOK = "no_book", _("a record of a name, a class or holdings, not of a book")
    REFUSED = "refused", _("the catalogue refused the record")
    DELETED = "deleted", _("its own system has deleted the record, so it was not added")
    WITHDRAWN = "withdrawn", _("the book was withdrawn here, and stays so")
    SET_ASIDE = "set_aside", _("the record was set aside before")
    TO_WITHDRAW = "to_withdraw", _("its own system has deleted the record: look whether the book is to be withdrawn")
    IN_DOUBT = "in_doubt", _("it may be a book that is here already: decide on the page of doubts")
    ENCODING = "encoding", _("read in an encoding that the record does not name")
    LENGTHS_WRONG = "lengths_wrong", _("lengths or addresses in the record are wrong: read by its field ends")
    LEADER_ODD = "leader_odd", _("the leader is too short or odd")
    FIELD_DROPPED = "field_dropped", _("a field was left out, as it can't be read")
    LETTERS_DROPPED = "letters_dropped", _("letters were left out, as they can't be read")
    ISBN_INVALID = "isbn_invalid", _("came in without ISBN: what the record has is none")
    ISBN_INCOMPLETE = "isbn_incomplete", _("came in without ISBN: digits of it are lost")
    ISBN_CONTRADICTORY = "isbn_contradictory", _("came in without ISBN: the record's ISBNs contradict each other")
    ISBN_TAKEN = "isbn_taken", _("came in without ISBN: another book has it")
    ISBN_OF_SET = "isbn_of_set", _("the ISBN of its set is not taken for its own")
    LANGUAGE_UNKNOWN = "language_unknown", _("came in without language: its code is unknown")
    YEAR_UNKNOWN = "year_unknown", _("came in without year: what the record has is none")
    PRICE_UNKNOWN = "price_unknown", _("a copy came in without price: what the record has is no amount")
    DAY_UNKNOWN = "day_unknown", _("a copy came in without the day of its registration: what the record has is none")
    COPIES_UNKNOWN = "copies_unknown", _("came in without copies: what the record has is no number of copies")
    BARCODE_UNUSABLE = "barcode_unusable", _("a copy was left out: its barcode can't be used")
    BARCODE_TAKEN = "barcode_taken", _("a copy was left out: its barcode is on a copy of another book")
    COPY_GONE = "copy_gone", _("a copy was left out: its own system has it as lost or withdrawn")
    CELLS_MORE = "cells_more", _("the row has more cells than the heading has names")
    TOTAL_ROW = "total_row", _("the row sums up others and is no record of its own")
    COPIES_SHORTENED = "copies_shortened", _("a part of a copy was too long and was shortened")
    SHORTENED = "shortened", _("a part was too long and was shortened")
    ISBN_SINCE_TAKEN = "isbn_since_taken", _("its former ISBN was not put back: another book has it now")
    LENT = "lent", _("it was lent since, so it stays")
    KEPT = "kept", _("a field stays as somebody corrected it here, though the source says otherwise now")
