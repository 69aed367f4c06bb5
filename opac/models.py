"""What the library says of itself on its site."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class LibraryPage(models.Model):
    """The library's own words, in both languages. There is one row at the most; without one the site has its own."""

    TRANSLATED: ClassVar[tuple[str, ...]] = ("name", "welcome", "hours", "address")

    name_ko = models.CharField(_("name in Korean"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    welcome_ko = models.TextField(_("welcome in Korean"), blank=True, help_text=_("On the front page; plain text."))
    welcome_en = models.TextField(_("welcome in English"), blank=True, help_text=_("On the front page; plain text."))
    hours_ko = models.TextField(_("opening hours in Korean"), blank=True)
    hours_en = models.TextField(_("opening hours in English"), blank=True)
    address_ko = models.CharField(_("address in Korean"), max_length=300, blank=True)
    address_en = models.CharField(_("address in English"), max_length=300, blank=True)
    phone = models.CharField(_("telephone"), max_length=50, blank=True)
    email = models.EmailField(_("email"), blank=True)
    card_applications = models.BooleanField(
        _("cards can be applied for on the site"),
        default=False,
        help_text=_("Whoever applies gets a card when the desk has confirmed it."),
    )

    class Meta:
        verbose_name = _("the library's own words")
        verbose_name_plural = _("the library's own words")
        constraints = (models.CheckConstraint(condition=Q(id=1), name="one_library_page"),)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The library's name in the reader's language."""
        return in_language(self, "name")

    @property
    def welcome(self) -> str:
        """What the front page says, in the reader's language; empty where the library says nothing."""
        return in_language(self, "welcome")

    @property
    def hours(self) -> str:
        """When the library is open, in the reader's language."""
        return in_language(self, "hours")

    @property
    def address(self) -> str:
        """Where the library is, in the reader's language."""
        return in_language(self, "address")


class ReadingList(models.Model):
    """Books that the library recommends, on its front page and a page of their own: the newest list first."""

    title_ko = models.CharField(_("title in Korean"), max_length=100)
    title_en = models.CharField(_("title in English"), max_length=100)
    text_ko = models.TextField(_("text in Korean"), blank=True, help_text=_("Why these books; plain text."))
    text_en = models.TextField(_("text in English"), blank=True, help_text=_("Why these books; plain text."))
    shown_from = models.DateField(_("shown from"), null=True, blank=True, help_text=_("Empty: at once."))
    shown_until = models.DateField(_("shown until"), null=True, blank=True, help_text=_("Empty: until it is changed."))

    class Meta:
        verbose_name = _("list of recommended books")
        verbose_name_plural = _("lists of recommended books")
        constraints = (
            models.CheckConstraint(
                condition=Q(shown_from=None) | Q(shown_until=None) | Q(shown_until__gte=F("shown_from")),
                name="a_reading_list_ends_after_it_begins",
                violation_error_message=_("The last day is before the first."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What the list is called, in the reader's language."""
        return in_language(self, "title")

    @property
    def text(self) -> str:
        """What the library says of these books, in the reader's language; empty where it says nothing."""
        return in_language(self, "text")


class RecommendedBook(models.Model):
    """A book on a list, by the id that the catalogue has for it."""

    reading_list = models.ForeignKey(ReadingList, models.CASCADE, related_name="entries", db_index=False)
    book = models.BigIntegerField(_("book"))
    place = models.PositiveIntegerField(_("place"))

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["reading_list", "book"], name="a_book_once_on_a_list"),
            models.UniqueConstraint(fields=["reading_list", "place"], name="one_book_at_a_place_of_a_list"),
        )

    def __str__(self) -> str:
        return f"{self.reading_list}: {self.book}"


def in_language(thing: models.Model, name: str) -> str:
    """A text that a row has as `name_ko` and `name_en`, in the reader's language, or in the other where it is empty."""
    languages = ("ko", "en") if (get_language() or "").startswith("ko") else ("en", "ko")
    texts = [str(getattr(thing, f"{name}_{language}")) for language in languages]
    return texts[0] or texts[1]
