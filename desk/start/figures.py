"""What the start page shows: what waits for somebody, and today's figures, each leading to its list."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from desk.start.counting import counts, week_before
from kernel.money import money
from kernel.storage.counting import MOST_COUNTED


class Shown(NamedTuple):
    """What a number counts, in words for one and for many unless it is an amount; the permission to see it, and where
    it leads: a page of the staff side by name, with the arguments and the query of its address. `{today}`,
    `{midnight}` and `{yesterday}` stand for the day's."""

    label: Any
    permission: str
    page: str
    args: tuple[str, ...] = ()
    query: Mapping[str, str] = {}


LOANS = "lending.view_loan"
WHAT_WAITS: Mapping[str, Shown] = {
    "pull": Shown(
        ngettext_lazy("copy to pull from the shelves", "copies to pull from the shelves"),
        "lending.view_hold",
        "desk_list",
        ("pull",),
    ),
    "clear": Shown(
        ngettext_lazy("copy to clear from the hold shelf", "copies to clear from the hold shelf"),
        "lending.view_hold",
        "desk_list",
        ("clear",),
    ),
    "overdue": Shown(ngettext_lazy("copy overdue", "copies overdue"), LOANS, "desk_list", ("overdue",)),
    "requested": Shown(
        ngettext_lazy("requested loan to be decided", "requested loans to be decided"),
        LOANS,
        "lending_loan_changelist",
        query={"status__exact": "requested"},
    ),
    "returns_deferred": Shown(
        ngettext_lazy("accepted return that is not done yet", "accepted returns that are not done yet"),
        "lending.view_deferredreturn",
        "lending_deferredreturn_changelist",
        query={"done_at__isnull": "True"},
    ),
    "card_applications": Shown(
        ngettext_lazy("application for a card", "applications for a card"),
        "accounts.view_cardapplication",
        "accounts_cardapplication_changelist",
        query={"state": "waiting"},
    ),
    "doubts_of_books": Shown(
        ngettext_lazy("doubt about imported books", "doubts about imported books"),
        "catalog.import_books",
        "catalog_bookdoubt_changelist",
    ),
    "doubts_of_patrons": Shown(
        ngettext_lazy("doubt about imported patrons", "doubts about imported patrons"),
        "accounts.import_patrons",
        "accounts_patrondoubt_changelist",
    ),
    "letters_to_print": Shown(
        ngettext_lazy("letter to print", "letters to print"),
        "notices.change_notice",
        "notices_notice_changelist",
        query={"status__exact": "to_print"},
    ),
    "notices_failed": Shown(
        ngettext_lazy("notice of this week that could not be sent", "notices of this week that could not be sent"),
        "notices.change_notice",
        "notices_notice_changelist",
        query={"status__exact": "failed", "made_at__gte": "{week_before}"},
    ),
    "tills_open": Shown(
        ngettext_lazy("till of an earlier day to be counted", "tills of earlier days to be counted"),
        "fines.close_till",
        "fines_till_changelist",
        query={"closed": "no", "day__lte": "{yesterday}"},
    ),
    "dead": Shown(
        ngettext_lazy("delivery that nobody tries any more", "deliveries that nobody tries any more"),
        "eventbus.view_delivery",
        "operations",
    ),
    "webhooks_failing": Shown(
        ngettext_lazy("webhook that fails", "webhooks that fail"), "webhooks.view_endpoint", "operations"
    ),
}
TODAY: Mapping[str, Shown] = {
    "lent_today": Shown(
        ngettext_lazy("loan made today", "loans made today"),
        LOANS,
        "lending_loan_changelist",
        query={"borrowed_at__gte": "{midnight}"},
    ),
    "returned_today": Shown(
        ngettext_lazy("copy returned today", "copies returned today"),
        "lending.view_return",
        "lending_return_changelist",
        query={"returned_at__gte": "{midnight}", "voided_at__isnull": "True"},
    ),
    "out": Shown(
        ngettext_lazy("copy on loan", "copies on loan"),
        "lending.view_copy",
        "lending_copy_changelist",
        query={"place__exact": "loan"},
    ),
    "lendable": Shown(
        ngettext_lazy("copy that can be lent", "copies that can be lent"),
        "lending.view_copy",
        "lending_copy_changelist",
        query={"place__exact": "shelf", "condition__exact": "ok", "for_loan__exact": "1"},
    ),
    "owed": Shown(_("owed by patrons"), "fines.view_account", "desk_list", ("debts",)),
    "paid_today": Shown(_("paid today"), "fines.view_till", "fines_till_changelist", query={"day__exact": "{today}"}),
}
AMOUNTS = {"owed", "paid_today"}


class Figure(NamedTuple):
    """One number of the start page."""

    name: str
    label: str
    number: str
    address: str


class Start(NamedTuple):
    """The start page of somebody: what `waits` (nothing of which there is none), today's figures, and whether a part
    of the library could not be asked."""

    waits: list[Figure]
    today: list[Figure]
    is_whole: bool


def start_page_of(may: Callable[[str], bool], now: datetime) -> Start:
    """What is shown to somebody with those permissions; one statement at most for each context."""
    known = {
        name: shown
        for name, shown in {**WHAT_WAITS, **TODAY}.items()
        if shown.permission.partition(".")[0] in apps.app_configs
    }
    seen = {name: shown for name, shown in known.items() if may(shown.permission)}
    numbers, is_whole = counts(set(seen), now)
    figures = [_figure(name, shown, numbers[name], now) for name, shown in seen.items() if name in numbers]
    waits = [figure for figure in figures if figure.name in WHAT_WAITS and numbers[figure.name]]
    return Start(waits, [figure for figure in figures if figure.name in TODAY], is_whole)


def _figure(name: str, shown: Shown, number: int, now: datetime) -> Figure:
    local = timezone.localtime(now)
    days = {
        "today": local.date().isoformat(),
        "yesterday": (local.date() - timedelta(days=1)).isoformat(),
        "week_before": week_before(now).isoformat(),
        "midnight": local.replace(hour=0, minute=0, second=0, microsecond=0).isoformat(),
    }
    query = urlencode({key: value.format(**days) for key, value in shown.query.items()})
    address = reverse(f"admin:{shown.page}", args=shown.args) + (f"?{query}" if query else "")
    if name in AMOUNTS:
        return Figure(name, str(shown.label), money(number), address)
    return Figure(name, str(shown.label % number), _counted(number), address)


def _counted(number: int) -> str:
    return f"{number:,}" + "+" * (number >= MOST_COUNTED)
