"""What the fields of a record are called on pages and by the command."""

from django.utils.translation import gettext_lazy as _

LABELS = {
    "title": _("title"),
    "volume": _("volume"),
    "authors": _("authors"),
    "publisher": _("publisher"),
    "published_year": _("year of publication"),
    "isbn": _("ISBN"),
    "language": _("language"),
    "class_number": _("class number"),
    "call_number": _("call number"),
    "series": _("series"),
    "subjects": _("subjects"),
    "description": _("description"),
    "other_titles": _("other titles"),
    "other_isbns": _("other ISBNs"),
    "isbn_addon": _("ISBN add-on symbol"),
    "loans_before": _("loans so far elsewhere"),
    "barcode": _("barcode"),
    "copies": _("copies"),
    "control_number": _("number in its own system"),
    "more_authors": _("further authors"),
    "isbn13": _("ISBN with 13 digits"),
    "isbn_of_set": _("ISBN of the set"),
    "author_mark": _("author mark"),
    "room": _("room"),
    "shelving_mark": _("shelving mark"),
    "copy_number": _("copy number"),
    "price": _("price"),
    "registered_on": _("registered on"),
}
