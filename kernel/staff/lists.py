"""Lists of a million rows, of which no page counts all."""

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.functional import cached_property

from kernel.values.scans import searched


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


def begins_with(column: str, text: str) -> Q:
    """Whether a column of numbers has one that begins so, as it was typed or scanned; whole ones in whatever case."""
    number = searched(text)
    openings = Q(**{f"{column}__startswith": number}) | Q(**{f"{column}__startswith": number.upper()})
    return openings | Q(**{f"{column}__anycase": number})
