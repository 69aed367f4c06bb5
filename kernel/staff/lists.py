"""Lists of a million rows, of which no page counts all."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


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
