"""Days, years and amounts of money."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.values.amounts import read_amount
from kernel.values.dates import read_date, read_year

DAY = date(2026, 11, 28)
SAME = """
2026. 11. 28.|2026.11.28|2026-11-28|20261128|2026/11/28|2026년 11월 28일|2026년11월28일|28 Nov 2026|Nov 28, 2026
|28 November 2026|２０２６．１１．２８|2026-11-28 09:30:00|2026-11-28T09:30:00+09:00|2026–11–28| 2026-11-28
|20261128000000|20261128235959|20261128240000|202611282359|20261128235959.0|20261128    235959
|20261128T235959Z|20261128 23:59
"""
NO_DAYS = "|2026-02-30|2026-13-01|28 Foo 2026|11/28/2026|46354|2026-11-28\0"
NO_DAYS += "|20261128256000|202611281|2026112823595|202611282359591|20261301000000"

YEARS = {
    "1997.0": 1997, "2019년 5월": 2019, "2019-05-01": 2019, "20190501": 2019, "c1998": 1998, "[1998]": 1998,
    "1898 [i.e. 1989]": 1989, "800": 800, "단기 4288": 1955, "4288": 1955, "昭和 15": 1940, "檀紀4288年": 1955,
    "": None, "-500": None, "9999": None, "n.d.": None, "19--": None,
}  # fmt: skip

FIFTEEN = r"""
₩15,000|\15000|￦15000|15000원|KRW 15000|15,000 KRW|１５，０００|15000|15,000.00|정가 15,000원|₩15000 (전2권)|15 000
|15,000.-|15,000원정|값 15000원|W15,000
"""
NO_AMOUNTS = "|$15|15 USD|€15|15000.50|-5|+5|1,50|1,5000|fifteen|15000 15000|15000\0|150 0"
AMOUNTS = [
    *[("비매품", "KRW", None), ("비매품(₩15000 상당)", "KRW", None), ("무료", "KRW", 0), ("0", "KRW", 0)],
    *[("$9.95", "USD", 995), ("9.95", "USD", 995), ("9", "USD", 900), ("¥1,200", "JPY", 1200)],
    *[("12,50 €", "EUR", 1250), ("1.234,50", "EUR", 123450)],
]


@pytest.mark.parametrize(
    "written", [*SAME.split("|"), 20261128, 20261128235959, 202611282359.0, 20261128.0, DAY, datetime(2026, 11, 28, 9)]
)
def test_a_day_is_read_however_it_is_written(written):
    assert read_date(written) == DAY


@pytest.mark.parametrize("written", [*NO_DAYS.split("|"), 46354])
def test_what_is_no_day_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        read_date(written)


def test_a_spreadsheets_count_of_days_is_one_where_the_caller_says_so():
    assert read_date("46354", excel_serial=True) == read_date(46354.0, excel_serial=True) == DAY
    assert read_date("2026-11-28", excel_serial=True) == read_date("46354.999988", excel_serial=True) == DAY
    with pytest.raises(ValueError, match="2026-11-28"):
        read_date("070315", excel_serial=True)  # a day without its century


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y. %m. %d.", "%Y%m%d", "%Y년 %m월 %d일"]))
def test_every_day_comes_back(day, form):
    assert read_date(day.strftime(form)) == day


@pytest.mark.parametrize(("written", "year"), [*YEARS.items(), (1997, 1997), (1997.0, 1997)])
def test_a_year_is_read_or_there_is_none(written, year):
    assert read_year(written) == year


@pytest.mark.parametrize("written", [*FIFTEEN.split("|"), 15000, 15000.0])
def test_an_amount_is_read_however_it_is_written(written):
    assert read_amount(written) == 15000


@pytest.mark.parametrize(("written", "currency", "amount"), AMOUNTS)
def test_other_currencies_free_things_and_what_is_not_for_sale(written, currency, amount):
    assert read_amount(written, currency) == amount


@pytest.mark.parametrize("written", NO_AMOUNTS.split("|"))
def test_what_is_no_amount_of_the_librarys_currency_is_refused(written):
    with pytest.raises(ValueError, match=r"."):
        read_amount(written)


@pytest.mark.parametrize(("written", "sentence"), [("4x", "write a"), ("abc", "write a"), ("15 USD", "in KRW")])
def test_what_is_no_currency_is_no_amount_of_another_one(written, sentence):
    with pytest.raises(ValueError, match=sentence):
        read_amount(written)


@given(st.integers(0, 10**12), st.sampled_from(["₩{:,}", "{}원", "KRW {:,}", "\\{}", "{:,}"]))
def test_every_amount_comes_back(amount, form):
    assert read_amount(form.format(amount)) == amount
