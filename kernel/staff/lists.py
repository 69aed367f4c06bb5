"""Lists of a million rows, of which no page counts all, and what finds a few of them."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db.models import DateField, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kernel.labels.reading import BARCODE, searched
from kernel.staff.columns import Worded

EXACTLY, BEFORE = {"", "exact", "in", "isnull"}, {"gt", "gte", "lt", "lte"}


class BoundedPaginator(Paginator):
    """Counts the first ten thousand rows only; whoever looks for one behind them searches."""

    most = 10_000

    @cached_property
    def count(self) -> int:
        """How many rows can be paged through."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        return rows.order_by().values("pk")[: self.most].count()  # the key alone, not what is worked out for each row

    @property
    def is_cut(self) -> bool:
        """Whether there may be more rows than are counted."""
        return self.count == self.most


class ExactLookups(Worded):
    """For lists that the address of a link narrows."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """What a filter asks; of days also whether they are before another, and of any other field whether it is
        exactly so (`book__id__exact` too). How it begins would give away what no page shows, letter by letter: a
        password's hash, a token's."""
        name, _sign, how = lookup.partition("__")
        filters: Any = self.get_list_filter(request)
        filtered = {one if isinstance(one, str) else one[0] for one in filters if isinstance(one, str | tuple)}
        try:
            field: Any = self.opts.get_field(name)
        except FieldDoesNotExist:
            field = None
        if field is None or name in filtered:
            return super().lookup_allowed(lookup, value, request)
        if field.many_to_one:
            how = how.removeprefix(f"{field.target_field.name}__")
        is_of_days = how in BEFORE and isinstance(field, DateField)
        return bool(field.concrete and (how in EXACTLY or is_of_days))


class Numbered(ExactLookups):
    """For lists of things that people know by their numbers."""

    nothing_yet: Any = ""
    """What holds while the list is empty."""

    @admin.display(description=_("no."), ordering="pk")
    def number(self, thing: Any) -> Any:
        """That of one."""
        return thing.pk


class RareValues(admin.ChoicesFieldListFilter):
    """A filter by a column in which nearly every row has one of the `common` values. Those that have another are found
    by an index of them alone, and so it is said that none of these is meant."""

    common: tuple[str, ...] = ()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """What has the chosen value."""
        found = super().queryset(request, queryset)
        if found is not None and self.lookup_val and not {*self.lookup_val} & {*self.common}:
            for value in self.common:
                found = found.exclude(**{self.field_path: value})
        return found


class FewValues(RareValues):
    """The same where no index has the others, since each write would have to write it: all rows are looked through
    once for their keys, instead of once to count them and once to show them."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """What has the chosen value."""
        found = super().queryset(request, queryset)
        if found is None or not self.lookup_val or {*self.lookup_val} & {*self.common}:
            return found
        keys = list(found.order_by().values_list("pk", flat=True)[: BoundedPaginator.most])
        return queryset.filter(pk__among=keys) if len(keys) < BoundedPaginator.most else found


class Condition(RareValues):
    """Copies by their condition, which is in order with nearly all of them."""

    common = ("ok",)


def begins_with(column: str, text: str) -> Q:
    """Whether a column of barcodes has one that begins so, as it was typed or scanned."""
    return Q(**{f"{column}__begins": searched(text, BARCODE)})
