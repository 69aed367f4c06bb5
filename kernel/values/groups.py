"""The groups by which Korean public libraries count their books and their readers.

Books by the ten main classes of the Korean Decimal Classification (KDC): Dewey's (DDC) can be put into them one by one,
since the two differ only in the order of four. Readers by the age groups of 도서관 정보나루 (data4library.kr), which
gathers the loans of most of these libraries: each is named by its first year.
"""

import re
from datetime import date

from django.utils.translation import pgettext_lazy

KDC = (
    pgettext_lazy("class", "General works"),
    pgettext_lazy("class", "Philosophy"),
    pgettext_lazy("class", "Religion"),
    pgettext_lazy("class", "Social sciences"),
    pgettext_lazy("class", "Natural sciences"),
    pgettext_lazy("class", "Technology"),
    pgettext_lazy("class", "Arts"),
    pgettext_lazy("class", "Language"),
    pgettext_lazy("class", "Literature"),
    pgettext_lazy("class", "History"),
)
"""Their names, from 0 to 9."""
OF_DDC = "0123745689"
"""The main class of KDC that has the subjects of each one of DDC's."""
NUMBER = re.compile(r"(?:[가-힣]{1,8}[\s.-]*)?(\d)\d{0,2}(?:\.\d|\D|$)")
AGE_GROUPS = ("0", "6", "8", "14", "20", "30", "40", "50", "60")
"""From 0 to 5, 6 and 7, from 8 to 13, from 14 to 19, and then by tens; the last one has no end."""


def main_class(class_number: str, scheme: str = "") -> str:
    """The digit of the main class of KDC that a class number belongs to, empty where it names none: `8` for `813.6`,
    and for `400` of DDC, which is language, `7`. Without a scheme it is one of KDC."""
    found = NUMBER.match(class_number.strip())
    if found is None or not found[1].isascii():
        return ""
    return OF_DDC[int(found[1])] if scheme == "ddc" else found[1]


def age_group(born_on: date | None, day: date) -> str:
    """The age group of somebody on a day, empty where the birthday is not known, or yet to come."""
    if born_on is None or born_on > day:
        return ""
    age = day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
    return next(first for first in reversed(AGE_GROUPS) if age >= int(first))
