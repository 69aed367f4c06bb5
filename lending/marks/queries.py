"""Reads of copies' whereabouts."""

from collections.abc import Iterator
from typing import Any

from django.db.models import OuterRef, Subquery

from lending.models import Copy, LoanLine


def copies_on_record() -> Iterator[dict[str, Any]]:
    """Every copy that is not withdrawn, as the catalogue should show it, in the order of their ids."""
    loan = LoanLine.objects.filter(copy=OuterRef("pk"), ending="").values("loan")[:1]
    copies = Copy.objects.filter(withdrawn=False).annotate(loan=Subquery(loan)).order_by("pk")
    for copy in copies.iterator(chunk_size=2_000):
        yield {
            "pk": copy.pk,
            "place": copy.place,
            "condition": copy.condition,
            "lendable": copy.lendable,
            "loan": copy.loan,
        }
