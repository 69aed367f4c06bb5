"""What the library says of itself on its site."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
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
        return self._in_language("name")

    @property
    def welcome(self) -> str:
        """What the front page says, in the reader's language; empty where the library says nothing."""
        return self._in_language("welcome")

    @property
    def hours(self) -> str:
        """When the library is open, in the reader's language."""
        return self._in_language("hours")

    @property
    def address(self) -> str:
        """Where the library is, in the reader's language."""
        return self._in_language("address")

    def _in_language(self, name: str) -> str:
        """The text in the reader's language, or in the other one where it was not written."""
        languages = ("ko", "en") if (get_language() or "").startswith("ko") else ("en", "ko")
        texts = [str(getattr(self, f"{name}_{language}")) for language in languages]
        return texts[0] or texts[1]
