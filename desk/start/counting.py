"""The numbers of the start page, as each context counts its own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from django.db import DatabaseError
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.queries import applications_waiting
from fines.till.queries import money_of_the_day
from kernel.eventbus.delivery.queries import pending_deliveries
from kernel.importing.queries import open_doubts
from kernel.storage.databases import is_out_of_reach
from lending.counts import counts_of_the_day
from webhooks.queries import webhooks_failing


def week_before(now: datetime) -> date:
    """The day from which on it matters that a notice could not be sent."""
    return timezone.localdate(now) - timedelta(days=7)


def _notices_waiting(now: datetime, wanted: set[str]) -> Mapping[str, int]:
    """A library may leave the notices out of its settings."""
    found: Mapping[str, int] = import_string("notices.queries.notices_waiting")(week_before(now))
    return found


OF_LENDING = {
    "lent_today", "returned_today", "overdue", "requested", "out", "lendable", "pull", "clear", "returns_deferred",
    "owed",
}  # fmt: skip
COUNTED: tuple[tuple[set[str], Callable[[datetime, set[str]], Mapping[str, int]]], ...] = (
    (OF_LENDING, counts_of_the_day),
    ({"paid_today", "tills_open"}, lambda now, _: money_of_the_day(now)),
    ({"card_applications"}, lambda *_: {"card_applications": applications_waiting()}),
    (
        {"doubts_of_books", "doubts_of_patrons"},
        lambda *_: {f"doubts_of_{kind}": number for kind, number in open_doubts().items()},
    ),
    ({"letters_to_print", "notices_failed"}, _notices_waiting),
    ({"dead"}, lambda *_: {"dead": pending_deliveries()["dead"]}),
    ({"webhooks_failing"}, lambda *_: {"webhooks_failing": webhooks_failing()}),
)
"""Which context is asked for which numbers; one that counts much counts no more than is wanted."""


def counts(wanted: set[str], now: datetime) -> tuple[dict[str, int], bool]:
    """The wanted numbers, and whether every context could be asked: one whose database is away is left out."""
    found: dict[str, int] = dict.fromkeys(wanted, 0)
    is_whole = True
    for names, count in COUNTED:
        if names.isdisjoint(wanted):
            continue
        try:
            found |= count(now, wanted)
        except DatabaseError as error:
            if not is_out_of_reach(error):
                raise
            found = {name: number for name, number in found.items() if name not in names}
            is_whole = False
    return found, is_whole
