"""What else is refused as a password."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WORDS_OF_THE_PLACE = (
    *("library", "librarian", "patron", "books", "book", "card", "welcome", "password", "admin", "staff"),
    *("도서관", "사서", "이용자", "회원증", "비밀번호", "관리자", "직원", "대출", "책"),
)
"""What somebody tries first who guesses passwords of a library."""
ENOUGH = 4
"""So many letters beside such words, digits and signs."""


class NotOnlyWordsOfThePlace:
    """Refuses `library2026!` and the like: a word that is known here, with digits and signs around it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises `ValidationError`."""
        text = password.lower()
        rest = re.sub("|".join(WORDS_OF_THE_PLACE), "", text)
        letters = re.sub(r"[\W\d_]", "", rest)
        if rest != text and len(letters) < ENOUGH:
            raise ValidationError(_("This password is too easy to guess in a library."), code="words_of_the_place")

    def get_help_text(self) -> str:
        """What Django shows where it lists the rules."""
        return _("A word such as “library” with a number behind it is too easy to guess.")
