"""Copies of loans that are out: how many, and those of which events must tell more."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from lending.models import LoanLine


def copies_out() -> Coalesce:
    """How many copies of a loan are out, to annotate loans with."""
    out = LoanLine.objects.filter(loan=OuterRef("pk"), ending="").values("loan").annotate(count=Count("pk"))
    return Coalesce(Subquery(out.values("count")), 0, output_field=IntegerField())


def only_claimed() -> QuerySet[LoanLine, int]:
    """The ids of loans of which everything that is out is claimed to be returned."""
    claimed = LoanLine.objects.filter(ending="", claimed_on__isnull=False)
    others = LoanLine.objects.filter(loan=OuterRef("loan"), ending="", claimed_on=None)
    return claimed.filter(~Exists(others)).values_list("loan", flat=True)


def lines_in_detail(loans: Collection[int]) -> Mapping[int, list[LoanLine]]:
    """The lines of these loans that are out with accompanying items, or claimed to be returned, by loan."""
    lines = LoanLine.objects.filter(Q(items__gt=0) | Q(claimed_on__isnull=False), ending="", loan__in=loans)
    found: dict[int, list[LoanLine]] = defaultdict(list)
    for line in lines.order_by("pk"):
        found[line.loan_id].append(line)
    return found
