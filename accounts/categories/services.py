"""What librarians do with categories."""

from django.utils.translation import gettext_lazy as _

from accounts.categories.models import Category
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class CategoryKnown(Refused):
    code = "category_known"
    sentence = _("There is a category of patrons with the code %(code)s already.")


@atomic_in("accounts")
def add_category(*, code: str, name_ko: str, name_en: str) -> Category:
    """Adds a category. Raises `CategoryKnown`."""
    names = {"name_ko": name_ko, "name_en": name_en}
    category, made = Category.objects.get_or_create(pk=code, defaults=names)
    if not made:
        raise CategoryKnown(code=code)
    return category


@atomic_in("accounts")
def revise_category(code: str, **names: str) -> Category:
    """Renames a category. Raises `Category.DoesNotExist`."""
    category = Category.objects.select_for_update().get(pk=code)
    for name, value in names.items():
        setattr(category, name, value)
    category.save(update_fields=list(names) or None)
    return category
