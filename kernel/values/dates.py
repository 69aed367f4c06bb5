"""Days and years, as people and other systems write them."""

import re
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from kernel.values.texts import narrow, text_of

FIRST_YEAR, LAST_YEAR = 1, 2100
"""A year outside is a slip."""
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
NUMBERS = re.compile(r"(\d{4})\s?[./년-]\s?(\d{1,2})\s?[./월-]\s?(\d{1,2})(?:\s?[.일])?(?:[\sT(].*)?")
TIME = r"(?:[01]\d|2[0-4]):?[0-5]\d(?::?[0-5]\d(?:[.,Z+-]\S*)?)?"
DIGITS = re.compile(rf"(\d{{4}})(\d\d)(\d\d)(?:[\sT]?{TIME})?")
"""A day, or the stamp of a moment: `20261128093000`, in MARC's 005 with `.0`, in SIP2 with blanks inside."""
DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?\.?[\s-]([a-z]{3})[a-z]*\.?,?[\s-](\d{4})", re.IGNORECASE)
MONTH_FIRST = re.compile(r"([a-z]{3})[a-z]*\.?\s(\d{1,2})(?:st|nd|rd|th)?,?\s(\d{4})", re.IGNORECASE)
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_COUNT = re.compile(r"([1-9]\d{1,4})(?:\.\d+)?")
"""Days since then, behind the point a time of day. With a zero in front (`070315`) it is no number of Excel's."""
EXCEL_DAYS = range(61, 73_416)
"""The serial numbers that Excel counts rightly: its 1900 has a 29 February. They end with the year 2100."""
ERAS = {
    **dict.fromkeys(("단기", "檀紀", "단군"), -2333),
    **dict.fromkeys(("불기", "佛紀"), -543),
    **dict.fromkeys(("개국", "開國"), 1391),
    **dict.fromkeys(("광무", "光武"), 1896),
    **dict.fromkeys(("융희", "隆熙"), 1906),
    **dict.fromkeys(("민국", "民國", "대정", "大正"), 1911),
    **dict.fromkeys(("명치", "明治", "메이지"), 1867),
    **dict.fromkeys(("소화", "昭和", "쇼와"), 1925),
    **dict.fromkeys(("평성", "平成", "헤이세이"), 1988),
}
ERA = re.compile(rf"({'|'.join(ERAS)})\s?(\d{{1,4}})")
DANGUN = range(4241, 4296)
"""Years that only the Dangun era has: Korean books printed them so from 1908 to 1962."""
YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
ALONE = re.compile(r"-?\d{1,4}(?:\.0+)?|(\d{4})\d{4}")


def read_date(value: object, *, excel_serial: bool = False) -> date:
    """The day: `2026. 11. 28.`, `2026-11-28`, `20261128`, `2026/11/28`, `2026년 11월 28일`, `28 Nov 2026`, also with a
    time behind it (`20261128235959`), which never moves the day. Numbers are Excel's count of days only where the
    caller says so.

    Raises `ValueError` for a day that there is not.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = narrow(text_of(value))
    if excel_serial and (count := EXCEL_COUNT.fullmatch(text)) and int(count[1]) in EXCEL_DAYS:
        return EXCEL_EPOCH + timedelta(days=int(count[1]))
    parts = _parts(text)
    try:
        day = date(*parts) if parts else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(_("This is not a day. Write it as 2026-11-28 or 2026. 11. 28."))
    return day


def read_year(value: object) -> int | None:
    """The year of a book: of a number (`1997.0`), of a date, in brackets, with `c` in front, the corrected one behind
    `i.e.`, or of another era (`단기 4288`, `昭和 15`). None for nothing, and for a year that no book can have.
    """
    text = narrow(text_of(value)).rpartition("i.e.")[2]
    if era := ERA.search(text):
        year = int(era[2]) + ERAS[era[1]]
    elif alone := ALONE.fullmatch(text):
        year = int(alone[1] or float(text))
    else:
        year = next(iter(map(int, YEAR.findall(text))), 0)
    year -= 2333 if year in DANGUN else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else None


def _parts(text: str) -> tuple[int, int, int] | None:
    """Year, month and day."""
    if found := NUMBERS.fullmatch(text) or DIGITS.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := DAY_FIRST.fullmatch(text):
        return int(found[3]), _month(found[2]), int(found[1])
    if found := MONTH_FIRST.fullmatch(text):
        return int(found[3]), _month(found[1]), int(found[2])
    return None


def _month(name: str) -> int:
    """The month's number; 0, which is none, for another word."""
    return MONTHS.index(name.lower()) + 1 if name.lower() in MONTHS else 0
