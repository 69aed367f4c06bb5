"""Why something is charged, in words by language: kept with the fine, true for ever."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from fines.fee_fields import Fees
from fines.rules import Tier, tier_for

Written = Callable[[int, str], str]
"""How an amount is written in a language."""


@dataclass(frozen=True, kw_only=True)
class Late:
    """A late return: its days by the calendar, those that count, how many copies came back, and how many accompanying
    items each count as one more."""

    days_late: int
    days_counted: int
    copies: int
    items: int = 0


def late_fee_in_words(late: Late, fees: Fees, valid_from: date | None, amount: int, money: Written) -> dict[str, str]:
    """How a late return comes to its fee, and by which schedule."""
    counted = late.days_counted != late.days_late
    days_en = f"{_of(late.days_late, 'day')} late" + (f", days that count: {late.days_counted}" if counted else "")
    days_ko = f"{late.days_late}일 늦게 반납" + (f"(계산 {late.days_counted}일)" if counted else "")
    tier = tier_for(late.days_counted, dict(fees.tiers)) if fees.kind == "tiers" else None
    how = _by_tier(tier, money) if tier else _by_day(late, fees, amount, money)
    by = _schedule(valid_from)
    return {"en": f"Returned {days_en}: {how['en']} ({by['en']}).", "ko": f"{days_ko}: {how['ko']} ({by['ko']})."}


def _by_tier(tier: Tier, money: Written) -> dict[str, str]:
    first, last = tier.first_day, tier.last_day
    days_en = f"{first}-{last} days" if last else f"{_of(first, 'day')} or more"
    days_ko = f"{first}~{last}일" if last else f"{first}일 이상"
    return {
        "en": f"{days_en} late cost {money(tier.amount, 'en')}",
        "ko": f"{days_ko} 연체료 {money(tier.amount, 'ko')}",
    }


def _by_day(late: Late, fees: Fees, amount: int, money: Written) -> dict[str, str]:
    rate, copies = fees.rate or 0, _copies(late) if fees.per == "copy" else {"en": "", "ko": ""}
    uncapped = rate * late.days_counted * (late.copies + late.items if fees.per == "copy" else 1)
    words = {
        "en": f"{money(rate, 'en')} a day{copies['en']}",
        "ko": f"하루 {money(rate, 'ko')}{copies['ko']}",
    }
    if amount == uncapped:
        return {"en": f"{words['en']}: {money(amount, 'en')}", "ko": f"{words['ko']}: {money(amount, 'ko')}"}
    return {
        "en": f"{words['en']}, at most {money(amount, 'en')}",
        "ko": f"{words['ko']}, 상한 적용 {money(amount, 'ko')}",
    }


def imported_fee_in_words(due_on: date | None) -> dict[str, str]:
    """A fee that the system before had charged."""
    en, ko = (f" (due on {due_on})", f"({due_on} 반납 예정)") if due_on else ("", "")
    return {"en": f"Unpaid at the system before{en}.", "ko": f"이전 시스템에서 넘어온 미납 연체료{ko}."}


def _copies(late: Late) -> dict[str, str]:
    items_en = f" and {_of(late.items, 'accompanying item')}" if late.items else ""
    items_ko = f"과 딸림자료 {late.items}점" if late.items else ""
    return {
        "en": f" and copy, {_of(late.copies, 'copy', 'copies')}{items_en}",
        "ko": f", 책마다({late.copies}권{items_ko})",
    }


def lost_copy_in_words(lost_on: date, amount: int, valid_from: date | None, money: Written) -> dict[str, str]:
    """The price of a copy that was lost."""
    by = _schedule(valid_from)
    return {
        "en": f"Lost on {lost_on}: the copy costs {money(amount, 'en')} ({by['en']}).",
        "ko": f"{lost_on} 분실: 자료 변상금 {money(amount, 'ko')} ({by['ko']}).",
    }


def processing_in_words(lost_on: date, amount: int, valid_from: date | None, money: Written) -> dict[str, str]:
    """The fee for putting another copy in the place of a lost one."""
    by = _schedule(valid_from)
    return {
        "en": f"Lost on {lost_on}: processing another copy costs {money(amount, 'en')} ({by['en']}).",
        "ko": f"{lost_on} 분실: 정리 수수료 {money(amount, 'ko')} ({by['ko']}).",
    }


def buy_off_in_words(
    days: int, until: date, rate: int, amount: int, valid_from: date | None, money: Written
) -> dict[str, str]:
    """The rest of a suspension that was bought off."""
    by, one, all_ = _schedule(valid_from), _amounts(rate, money), _amounts(amount, money)
    return {
        "en": f"Suspension until {until} bought off: {_of(days, 'day')} at {one['en']}, {all_['en']} ({by['en']}).",
        "ko": f"{until}까지의 대출정지 해제: {days}일, 하루 {one['ko']}, {all_['ko']} ({by['ko']}).",
    }


def _of(number: int, one: str, several: str = "") -> str:
    """So many, in English."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def _amounts(amount: int, money: Written) -> dict[str, str]:
    return {language: money(amount, language) for language in ("en", "ko")}


def _schedule(valid_from: date | None) -> dict[str, str]:
    if valid_from is None:
        return {"en": "the usual fees", "ko": "기본 요금 기준"}
    if valid_from == date.min:
        return {"en": "schedule from the beginning", "ko": "처음부터의 요금 기준"}
    return {"en": f"schedule of {valid_from}", "ko": f"{valid_from} 시행 기준"}
