"""Filters by what loans and returns are counted by; statistics lead to these lists."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kernel.values.dates import read_date
from kernel.values.groups import KDC
from lending.models import Loan, Return

BETWEEN = ".."


class Narrowed(admin.SimpleListFilter):
    """A filter that is only there while an address asks for it; its one choice is what the address says."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """What is asked for."""
        asked = request.GET.get(str(self.parameter_name), "")
        return [(asked, self.words(asked))] if asked else []

    def words(self, asked: str) -> str:
        """How it is shown."""
        return asked


class Period(Narrowed):
    """Days, from one to another, both of them included: `2026-01-01..2026-12-31`."""

    def words(self, asked: str) -> str:
        """Both days."""
        days = self.days(asked)
        return " – ".join(map(date_format, days)) if days else asked

    def days(self, asked: str) -> tuple[date, date] | None:
        """The first and the last one; None where these are no days."""
        first, _between, last = asked.partition(BETWEEN)
        try:
            return read_date(first), read_date(last)
        except ValueError:
            return None


class Made(Period):
    """Loans that were made in a period, without those that were taken back."""

    title = _("made")
    parameter_name = "made"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loan]) -> QuerySet[Loan]:
        """By the moment, for which there is an index."""
        if not (value := self.value()):
            return queryset
        days = self.days(value)
        if days is None:
            return queryset.none()
        begin, end = (timezone.make_aware(datetime.combine(day, time())) for day in (days[0], days[1] + timedelta(1)))
        return queryset.filter(borrowed_at__gte=begin, borrowed_at__lt=end).exclude(status=Loan.Status.CANCELLED)


class Back(Period):
    """Returns that count for a period, without those that were undone."""

    title = _("returned")
    parameter_name = "back"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Return]) -> QuerySet[Return]:
        """By the day that counts."""
        if not (value := self.value()):
            return queryset
        days = self.days(value)
        return queryset.filter(returned_on__range=days, voided_at=None) if days else queryset.none()


class OfClass(Narrowed):
    """Loans of books of a main class."""

    title = _("main class")
    parameter_name = "main_class"

    def words(self, asked: str) -> str:
        """Its name."""
        return str(KDC[int(asked)]) if asked in "0123456789" else asked

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loan]) -> QuerySet[Loan]:
        """By the class that the book has now."""
        return queryset.filter(book__main_class=self.value()) if self.value() else queryset


class OfCategory(Narrowed):
    """Loans to patrons of a category, as it was then."""

    title = _("category of patrons")
    parameter_name = "category"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loan]) -> QuerySet[Loan]:
        """By the terms that the loan keeps."""
        return queryset.filter(terms__category=self.value()) if self.value() else queryset


class OfType(Narrowed):
    """Loans of copies of a type."""

    title = _("type of copies")
    parameter_name = "copy_type"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Loan]) -> QuerySet[Loan]:
        """By the terms that the loan keeps."""
        return queryset.filter(terms__copy_type=self.value()) if self.value() else queryset
