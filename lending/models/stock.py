"""What lending knows of books and copies, from the catalogue's events."""

from collections.abc import Mapping

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kernel.storage.lookups import folded

WHERE: Mapping[str, str | None] = {
    "": None,
    "shelf": "shelf",
    "to_pull": "shelf",
    "loan": "loan",
    "hold_shelf": "hold_shelf",
    "drop_box": "drop_box",
}
"""The places as the API has them. A copy that is wanted by a hold stands on the shelf until somebody pulls it."""
LENDABLE = Q(place="shelf", condition="ok", withdrawn=False, for_loan=True)
MAY_BE_LENT = Q(withdrawn=False, for_loan=True) & ~Q(condition="lost")
"""Copies that somebody may have some day: those that are out, damaged, missing or in repair may come back."""


class Book(models.Model):
    """A title as lending knows it; `id` is the catalogue's."""

    id = models.BigIntegerField(primary_key=True)
    title = models.CharField(_("title"), max_length=1000)
    main_class = models.CharField(_("main class"), max_length=1, blank=True, default="", db_default="")
    """By the Korean Decimal Classification, for those who count loans."""
    revision = models.PositiveIntegerField(_("revision"))
    withdrawn = models.BooleanField(_("withdrawn"), default=False)

    class Meta:
        verbose_name = _("book as lending knows it")
        verbose_name_plural = _("books as lending knows them")

    def __str__(self) -> str:
        return self.title


class Copy(models.Model):
    """A copy as lending knows it; `id` is the catalogue's. `moves` counts its comings and goings and its marks.

    The catalogue keeps barcodes unique among copies that are not withdrawn. Events about the copies of different books
    may come in any order, so that here a freed barcode may be on two copies for a moment.
    """

    class Place(models.TextChoices):
        NOWHERE = "", _("nowhere")
        SHELF = "shelf", _("on the shelf")
        TO_PULL = "to_pull", _("on the shelf, wanted by a hold")
        LOAN = "loan", _("on loan")
        HOLD_SHELF = "hold_shelf", _("on the hold shelf")
        DROP_BOX = "drop_box", _("in the drop box")

    class Condition(models.TextChoices):
        OK = "ok", _("in order")
        DAMAGED = "damaged", _("damaged")
        MISSING = "missing", _("missing")
        IN_REPAIR = "in_repair", _("in repair")
        LOST = "lost", _("lost")
        CLAIMED_RETURNED = "claimed_returned", _("claimed returned")

    of_mixed_book = False  # set where copies were taken, and there are others of another type or volume

    id = models.BigIntegerField(primary_key=True)
    book = models.ForeignKey(Book, models.PROTECT, related_name="copies", verbose_name=_("book"), db_index=False)
    barcode = models.CharField(_("barcode"), max_length=32)
    type = models.CharField(_("type of copies"), max_length=32, blank=True, default="")
    volume = models.CharField(_("volume"), max_length=50, blank=True, default="", db_default="")
    for_loan = models.BooleanField(_("for loan"), default=True)
    price = models.PositiveBigIntegerField(_("price"), null=True)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    """The number of the catalogue's newest word about the copy."""
    place = models.CharField(
        _("where"), max_length=10, choices=Place, blank=True, default=Place.SHELF, db_default="shelf"
    )
    condition = models.CharField(
        _("condition"), max_length=16, choices=Condition, default=Condition.OK, db_default="ok"
    )
    waited_for = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether somebody may wait for the book: whoever brings the copy back locks the queue then."""
    items = models.JSONField(_("accompanying items"), default=list, db_default=[], blank=True)
    missing_items = models.JSONField(_("missing items"), default=list, db_default=[], blank=True)
    """Of the accompanying items those that did not come back with it last time."""
    replaced_by = models.BigIntegerField(_("replaced by"), null=True)
    """The id of the copy that a patron brought in place of this one, which is lost."""
    withdrawn = models.BooleanField(_("withdrawn"), default=False)
    moves = models.PositiveIntegerField(_("moves"), default=0)

    class Meta:
        verbose_name = _("copy as lending knows it")
        verbose_name_plural = _("copies as lending knows them")
        indexes = (
            models.Index(fields=["book", "type", "volume"], name="types_of_book"),
            models.Index(fields=["book", "id"], condition=LENDABLE, name="lendable_copy"),
            models.Index(
                fields=["book"],
                condition=Q(waited_for=True, place__in=["shelf", "to_pull"]),
                name="copy_waited_for",
            ),
            models.Index(fields=["book", "id"], condition=Q(place="to_pull"), name="copy_to_pull"),
            models.Index(folded("barcode"), name="copy_by_barcode"),
            models.Index(fields=["condition", "id"], condition=~Q(condition="ok"), name="marked_copies"),
            models.Index(
                fields=["place", "id"], condition=~Q(place="shelf") & ~Q(place="loan"), name="copies_elsewhere"
            ),
            models.Index(fields=["id"], condition=Q(withdrawn=True), name="copies_gone"),
        )
        permissions = [("mark_copy", "Can mark copies as lost, found, damaged and so on")]

    def __str__(self) -> str:
        return self.barcode

    @property
    def items_there(self) -> list[str]:
        """The accompanying items that are with it."""
        return [item for item in self.items if item not in self.missing_items]

    @property
    def where(self) -> str | None:
        """The place as the API has it; None for a copy that is nowhere to be found."""
        return "withdrawn" if self.withdrawn else WHERE[self.place]

    @property
    def lendable(self) -> bool:
        """Whether it stands on the shelf, in order, and is held for nobody."""
        return self.place == self.Place.SHELF and self.condition == self.Condition.OK and not self.withdrawn
