"""Types of copies, and what librarians do with them."""

from django.utils.translation import gettext_lazy as _

from catalog.models import CopyType
from kernel.refusals import Refused
from kernel.storage.databases import atomic_in


class CopyTypeKnown(Refused):
    code = "copy_type_known"
    sentence = _("There is a type of copies with the code %(code)s already.")


@atomic_in("catalog")
def add_copy_type(*, code: str, name_ko: str, name_en: str) -> CopyType:
    """Adds a type. Raises `CopyTypeKnown`."""
    names = {"name_ko": name_ko, "name_en": name_en}
    copy_type, made = CopyType.objects.get_or_create(pk=code, defaults=names)
    if not made:
        raise CopyTypeKnown(code=code)
    return copy_type


@atomic_in("catalog")
def revise_copy_type(code: str, **names: str) -> CopyType:
    """Renames a type. Raises `CopyType.DoesNotExist`."""
    copy_type = CopyType.objects.select_for_update().get(pk=code)
    for name, value in names.items():
        setattr(copy_type, name, value)
    copy_type.save(update_fields=list(names) or None)
    return copy_type
