"""Copies: the physical things on the shelves, and the types by which they are lent."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models.books import Book
from kernel.storage.lookups import folded


class CopyType(models.Model):
    """A type of copies, such as DVD or reference: what lending's policies are chosen by."""

    code = models.CharField(
        _("code"),
        max_length=32,
        primary_key=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Small letters, digits, - and _ only."))],
    )
    name_ko = models.CharField(_("name in Korean"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)

    class Meta:
        verbose_name = _("type of copies")
        verbose_name_plural = _("types of copies")

    def __str__(self) -> str:
        return self.name_ko if (get_language() or "").startswith("ko") else self.name_en


class TypeRule(models.Model):
    """Which type an imported copy gets: by its shelving mark, the letters its barcode begins with, or its room."""

    class By(models.TextChoices):
        SHELVING_MARK = "shelving_mark", _("shelving mark")
        PREFIX = "prefix", _("letters before the barcode's digits")
        ROOM = "room", _("room")
        SOURCE_TYPE = "source_type", _("type in the file")

    by = models.CharField(pgettext_lazy("what a rule goes by", "by"), max_length=16, choices=By)
    value = models.CharField(_("value"), max_length=100)
    type = models.ForeignKey(CopyType, models.PROTECT, verbose_name=_("type of copies"))

    class Meta:
        verbose_name = _("type by mark, prefix or room")
        verbose_name_plural = _("types by mark, prefix or room")
        constraints = (models.UniqueConstraint("by", folded("value"), name="one_type_per_value"),)

    def __str__(self) -> str:
        return f"{self.get_by_display()} {self.value} → {self.type_id}"


class Copy(models.Model):
    """One physical thing on a shelf, with a barcode, which a withdrawn copy leaves free.

    `lendable`, `place`, `condition` and `loan` follow lending's events; `moves` is the number of the last move they
    told, so that a late event never undoes a newer one. `revision` grows with each change of the copy's own record.
    """

    class Place(models.TextChoices):
        NOWHERE = "", _("nowhere")
        SHELF = "shelf", _("on the shelf")
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

    book = models.ForeignKey(Book, models.PROTECT, related_name="copies", verbose_name=_("book"))
    barcode = models.CharField(_("barcode"), max_length=32, db_index=True)
    type = models.ForeignKey(CopyType, models.PROTECT, null=True, blank=True, verbose_name=_("type of copies"))
    for_loan = models.BooleanField(_("for loan"), default=True)
    shelving_mark = models.CharField(_("shelving mark"), max_length=20, blank=True)
    volume = models.CharField(_("volume"), max_length=50, blank=True)
    copy_number = models.CharField(_("copy number"), max_length=20, blank=True)
    room = models.CharField(_("room"), max_length=100, blank=True)
    price = models.PositiveIntegerField(_("price"), null=True, blank=True)
    items = models.JSONField(_("accompanying items"), default=list, blank=True)
    revision = models.PositiveIntegerField(_("revision"), default=1, editable=False)
    added_at = models.DateTimeField(_("added at"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    lendable = models.BooleanField(_("in order on the shelf"), default=True, db_default=True)
    place = models.CharField(
        _("where"), max_length=10, choices=Place, blank=True, default=Place.SHELF, db_default="shelf"
    )
    condition = models.CharField(
        _("condition"), max_length=16, choices=Condition, default=Condition.OK, db_default="ok"
    )
    loan = models.BigIntegerField(_("loan"), null=True, blank=True)
    """The id of the loan that has it."""
    moves = models.PositiveIntegerField(_("moves"), default=0, editable=False)
    moved_at = models.DateTimeField(_("last moved at"), null=True, editable=False)
    """When that last move was; null for a copy that never moved."""
    added_by = models.BigIntegerField(null=True, editable=False)
    """The id of the import that added it."""

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        permissions = [("withdraw_copy", "Can withdraw copies")]
        constraints = (
            models.UniqueConstraint(folded("barcode"), condition=Q(withdrawn_at=None), name="one_copy_per_barcode"),
        )
        indexes = (
            models.Index(fields=["book"], condition=Q(withdrawn_at=None), name="copy_on_shelf"),
            models.Index(fields=["added_by"], condition=Q(added_by__isnull=False), name="copy_added_by"),
            models.Index(folded("barcode"), condition=Q(withdrawn_at__isnull=False), name="copy_withdrawn"),
            models.Index(fields=["condition", "id"], condition=~Q(condition="ok"), name="copy_not_in_order"),
            models.Index(fields=["id"], condition=Q(for_loan=False), name="copy_not_for_loan"),
        )

    def __str__(self) -> str:
        return self.barcode

    @property
    def where(self) -> str | None:
        """The place as the API has it; None for a copy that is nowhere to be found."""
        return "withdrawn" if self.withdrawn_at else self.place or None
