"""What a library asks of its days: how much is lent when, what is borrowed most, which classes are used, what is
charged."""

from collections import Counter
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kernel.money import in_units
from reporting.models import What
from reporting.queries import holdings_at, sums
from reporting.ranking import most_borrowed
from reporting.reading.axes import Axis, place_on, places_of, short_of
from reporting.reading.crossing import Behind
from reporting.reading.tables import Cell, Line, Table, Words, table_of

BOTH = (What.LOANS, What.RETURNS)


def days_table(first: date, last: date, behind: Behind) -> Table:
    """What was lent and taken back on each day of a period."""
    numbers = sums(BOTH, first, last, "day", each_day=True)
    return table_of(
        "days",
        _("Loans and returns by day"),
        Axis.DAY.label,
        {what: what.label for what in BOTH},
        places_of(Axis.DAY, first, last),
        lambda day, what: numbers.get((what, date.fromisoformat(day)), 0),
        address=lambda day, what: behind(what, first, last, {Axis.DAY: day}),
        short=short_of(Axis.DAY),
    )


def hours_table(first: date, last: date) -> Table:
    """What was lent and taken back in each hour of the day; hours of nothing are left out."""
    numbers = sums(BOTH, first, last, "hour")
    return table_of(
        "hours",
        _("Loans and returns by hour of the day"),
        Axis.HOUR.label,
        {what: what.label for what in BOTH},
        places_of(Axis.HOUR, first, last),
        lambda hour, what: numbers.get((what, hour), 0),
        with_empty=False,
    )


def most_borrowed_table(first: date, last: date, number: int, behind: Behind) -> Table:
    """The books of which most copies were lent."""
    lines = [
        Line(label=title, cells=[Cell(lent, behind(What.LOANS, first, last, {"book": str(book)}))])
        for book, title, lent in most_borrowed(first, last, number)
    ]
    columns = [What.LOANS.label]
    title, corner = _("Most borrowed"), _("title")
    return Table(name="most", title=title, corner=corner, columns=columns, lines=lines, is_summed=False)


def use_and_money(first: date, last: date) -> tuple[Table, Table]:
    """How much of the stock and of the loans of a period each class has, and what was charged and waived by month: one
    look at the counts for both."""
    numbers = sums([What.LOANS, What.CHARGED, What.WAIVED], first, last, "day", "main_class")
    lent: Counter[str] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    for (what, day, main_class), number in numbers.items():
        if what == What.LOANS:
            lent[main_class] += number
        else:
            money[place_on(Axis.MONTH, day), what] += number
    return _use(lent, _stock(last), first, last), _money(money, first, last)


def _stock(last: date) -> Counter[str]:
    stock: Counter[str] = Counter()
    for (what, main_class), number in holdings_at(last).items():
        if what in {What.COPIES_ADDED, What.COPIES_WITHDRAWN}:
            stock[main_class] += number if what == What.COPIES_ADDED else -number
    return stock


def _use(lent: Counter[str], stock: Counter[str], first: date, last: date) -> Table:
    columns: dict[str, Words] = {
        "of_stock": _("% of the copies"),
        "of_loans": _("% of the loans"),
        "stock": _("copies"),
        "lent": What.LOANS.label,
        "turnover": _("loans of 100 copies"),
    }

    def number(place: str, column: str) -> int:
        return {
            "of_stock": _percent(stock[place], stock.total()),
            "of_loans": _percent(lent[place], lent.total()),
            "stock": stock[place],
            "lent": lent[place],
            "turnover": _percent(lent[place], stock[place]),
        }[column]

    return table_of(
        "use",
        _("Stock and use by main class"),
        Axis.MAIN_CLASS.label,
        columns,
        places_of(Axis.MAIN_CLASS, first, last),
        number,
        with_empty=False,
        is_summed=False,
        short=short_of(Axis.MAIN_CLASS),
    )


def _percent(number: int, whole: int) -> int:
    return round(100 * number / whole) if whole > 0 else 0


def _money(numbers: Counter[tuple[str, str]], first: date, last: date) -> Table:
    columns: dict[str, Words] = {what: what.label for what in (What.CHARGED, What.WAIVED)}
    return table_of(
        "money",
        pgettext("statistics", "Fines by month"),
        Axis.MONTH.label,
        columns,
        places_of(Axis.MONTH, first, last),
        lambda *place: in_units(numbers[place]),
        short=short_of(Axis.MONTH),
    )
