"""A till as a table for a spreadsheet."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fines.models import Till
from fines.till.queries import movements_of_till
from kernel.money import typed

COLUMNS = (_("day"), _("cashier"), _("no."), _("at"), _("kind"), _("method"), _("amount"), _("patron"), _("reason"))


def movements_of(tills: Iterable[Till]) -> Iterator[tuple[Any, ...]]:
    """Each movement of these tills, in its order; amounts are below zero where money went out."""
    for till in tills:
        for entry in movements_of_till(till.pk):
            at = timezone.localtime(entry.at).strftime("%H:%M:%S")
            how = (entry.get_kind_display(), entry.get_method_display(), Decimal(typed(-entry.amount)))
            yield (till.day, till.cashier, entry.pk, at, *how, entry.patron or "", entry.reason)
