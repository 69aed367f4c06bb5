"""이재철's tables: the number of a syllable, by its initial consonant and its vowel. The final consonant is ignored.

He published eight; these five are the ones that libraries use. They are written as rules, which hold for every syllable
of KS X 1001.
"""

from django.core.exceptions import ImproperlyConfigured

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FIRST_SYLLABLE, BEHIND_AN_INITIAL, BEHIND_A_VOWEL = 0xAC00, 588, 28
NO_VOWEL = ""
"""The initial consonant has one number, whatever vowel follows."""

NINE = "122233445666677777889"
"""One digit a vowel, in the order of `VOWELS`: nine of them."""
SEVEN = "233344445555566666778"
SIX = "222233334444455555667"
FIVE = "222233334444455555556"

Row = tuple[str, str, str]
"""Initial consonants, the first digits of each, parted by blanks, and the last digit for each vowel."""

TABLES: dict[int, tuple[Row, ...]] = {
    2: (("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ", "1 1 21 22 22 23 3 4 4 5 5 6 7 7 81 82 83 84 9", NINE),),
    3: (
        ("ㄱ", "1", "122233445555566666889"),
        ("ㄲ", "1", "122233445666677777778"),
        ("ㄷㄸ", "2 2", "122233445555566666778"),
        ("ㅁㅂㅃㅅㅆㅇㅈㅉㅎ", "3 4 4 5 5 6 7 7 9", NINE),
        ("ㅊ", "8", "111122223333344444556"),
        ("ㄴㄹㅋㅌㅍ", "19 29 87 88 89", NO_VOWEL),
    ),
    5: (
        ("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅋㅌㅍㅎ", "1 1 19 2 2 29 3 4 4 5 5 6 7 7 87 88 89 9", SEVEN),
        ("ㅊ", "8", FIVE),
    ),
    6: (
        ("ㄱㄷ", "1 2", SIX),
        ("ㅁㅂㅅㅇㅈㅎ", "3 4 5 6 7 9", SEVEN),
        ("ㅊ", "8", FIVE),
        ("ㄲㄴㄸㄹㅃㅆㅉㅋㅌㅍ", "18 19 28 29 49 59 79 87 88 89", NO_VOWEL),
    ),
    7: (
        ("ㄱㄷ", "1 2", "181828384888458886687"),
        ("ㅁㅂㅅㅇㅎ", "3 4 5 9 7", "181828384999459996697"),
        ("ㄲㅈ", "8 6", "151525253555345554455"),
        ("ㄴㄸㄹㅃㅆㅉㅊㅋㅌㅍ", "19 86 29 87 88 89 66 67 68 69", NO_VOWEL),
    ),
}
USUAL = 5
EXCEPTIONS = {(2, "김"): "20"}
"""Syllables that a table has by themselves."""


def known_table(number: int) -> int:
    """The number, if there is such a table. Raises `ImproperlyConfigured`."""
    if number not in TABLES:
        raise ImproperlyConfigured(f"AUTHOR_MARK_TABLE is one of {', '.join(map(str, TABLES))}, not {number}.")
    return number


def number_of(syllable: str, table: int) -> str:
    """The number of a syllable of Hangul in one of `TABLES`."""
    if own := EXCEPTIONS.get((table, syllable)):
        return own
    initial, rest = divmod(ord(syllable) - FIRST_SYLLABLE, BEHIND_AN_INITIAL)
    first, vowels = _row_of(INITIALS[initial], table)
    return first + vowels[rest // BEHIND_A_VOWEL : rest // BEHIND_A_VOWEL + 1]


def _row_of(initial: str, table: int) -> tuple[str, str]:
    for initials, firsts, vowels in TABLES[table]:
        if initial in initials:
            return firsts.split()[initials.index(initial)], vowels
    raise AssertionError(f"table {table} lacks {initial}")
