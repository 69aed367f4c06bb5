"""The categories of patrons that the library has."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.storage.lookups import folded


class Category(models.Model):
    """A category of patrons, such as adults or children: what lending's policies are chosen by."""

    code = models.CharField(
        _("code"),
        max_length=32,
        primary_key=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*$", _("Small letters, digits, - and _ only."))],
    )
    name_ko = models.CharField(_("name in Korean"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)

    class Meta:
        app_label = "accounts"
        verbose_name = _("category of patrons")
        verbose_name_plural = _("categories of patrons")

    def __str__(self) -> str:
        return self.name_ko if (get_language() or "").startswith("ko") else self.name_en


class CategoryRule(models.Model):
    """Which category an imported patron gets whose record has that code or name of another system."""

    value = models.CharField(_("code or name elsewhere"), max_length=100)
    category = models.ForeignKey(Category, models.CASCADE, verbose_name=_("category of patrons"))

    class Meta:
        app_label = "accounts"
        verbose_name = _("category by its name elsewhere")
        verbose_name_plural = _("categories by their names elsewhere")
        constraints = (models.UniqueConstraint(folded("value"), name="one_category_per_value"),)

    def __str__(self) -> str:
        return f"{self.value} → {self.category_id}"
