"""Which category somebody gets whose record names one as another system does."""

import re
from collections.abc import Iterable

from accounts.categories.models import Category, CategoryRule
from accounts.categories.services import add_category
from accounts.importing.reasons import Reason
from accounts.importing.records import IncomingPatron

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class CategoriesOfFile:
    """Knows the library's categories by code and names, and by the librarians' table; makes those that are missing
    where that was asked for."""

    def __init__(self, *, add_missing: bool) -> None:
        self._add_missing = add_missing
        categories = Category.objects.all()
        rules = CategoryRule.objects.values_list("value", "category")
        self._codes = {name: one.pk for one in categories for name in map(_plain, (one.name_en, one.name_ko, one.pk))}
        self._codes |= {_plain(value): code for value, code in rules}

    def code_of(self, text: str) -> str | None:
        """The code of the category, None where there is none."""
        code = self._codes.get(_plain(text))
        if code is None and self._add_missing:
            code = self._codes[_plain(text)] = self._added(text)
        return code

    def _added(self, text: str) -> str:
        code, number = text.lower(), 1
        while not CODE.fullmatch(code) or code in self._codes.values():
            code, number = f"category-{number}", number + 1
        return add_category(code=code, name_ko=text[:100], name_en=text[:100]).pk


def leave_out_unknown(people: Iterable[IncomingPatron]) -> None:
    """For a preview: who names a category that is not here would come in without it, and is noted."""
    known = CategoriesOfFile(add_missing=False)
    for person in people:
        if person.category and known.code_of(person.category) is None:
            person.note(Reason.CATEGORY_UNKNOWN, person.category)
            person.category = ""


def _plain(text: str) -> str:
    return "".join(text.casefold().split())
