"""What lending can tell."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, Min, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from kernel.labels.reading import BARCODE, CARD, searched
from kernel.storage.instances import columns_of, first_instance
from kernel.values.keyboards import in_latin
from lending.models import (
    Copy,
    Debt,
    DeferredReturn,
    FailedAttempt,
    Loan,
    LoanLine,
    Return,
    Sweep,
)
from lending.outstanding import only_claimed


def loans() -> QuerySet[Loan]:
    """All loans with their copies, ready to be shown."""
    lines = LoanLine.objects.select_related("copy").order_by("pk")
    return Loan.objects.prefetch_related(Prefetch("lines", lines, to_attr="all_lines"))  # type: ignore[no-redef]


def open_loans_of(patron_id: int) -> QuerySet[Loan]:
    """What a patron has out or has asked for, the most urgent first, ready to be shown and with the terms kept."""
    return (
        loans()
        .select_related("terms")
        .filter(patron=patron_id, status__in=["requested", "active"])
        .order_by("due_on", "pk")
    )


def returned_loans_of(patron_id: int, before: int = 0) -> QuerySet[Loan]:
    """What a patron has brought back or lost, the last first, each loan with the `days_late` of its latest return and
    whether anything `came_back`; with `before`, only what ended before the loan of that id."""
    late = Return.objects.filter(loan=OuterRef("pk"), voided_at=None).order_by("-days_late").values("days_late")[:1]
    back = Exists(LoanLine.objects.filter(loan=OuterRef("pk"), ending=LoanLine.Ending.RETURNED))
    returned = Loan.objects.filter(patron=patron_id, status=Loan.Status.RETURNED)
    returned = returned.annotate(days_late=Subquery(late), came_back=back)
    returned = returned.order_by("-returned_at", "-pk")
    if not before:
        return returned
    its_return = Subquery(Loan.objects.filter(pk=before, patron=patron_id).values("returned_at"))
    return returned.filter(Q(returned_at__lt=its_return) | Q(returned_at=its_return, pk__lt=before))


def with_returns_to_come(found: QuerySet[Loan]) -> QuerySet[Any]:
    """These loans, each with whether a return of it was accepted that is not done yet, as `is_being_returned`."""
    waiting = DeferredReturn.objects.filter(done_at=None, loan=OuterRef("pk"))
    return found.annotate(is_being_returned=Exists(waiting))


def loans_found_by(text: str) -> Q:
    """Loans of the card with that number, loans of the copy with that barcode, or the loan of that number."""
    number = searched(text, BARCODE)
    held = LoanLine.objects.filter(copy__barcode__anycase=number).values_list("loan", flat=True)
    numbers = [int(text)] if text.isascii() and text.isdecimal() and len(text) < 19 else []
    return Q(patron__in=holders_of(text)) | Q(pk__in=[*held, *numbers])  # lists, so that each part uses its index


def loans_of_number(text: str) -> QuerySet[Loan]:
    """The loan that has that number; none where the text is no number."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    return Loan.objects.filter(pk=int(text)) if is_number else Loan.objects.none()


def holders_of(card_number: str) -> list[int]:
    """The id of the person who has that card: none or one. People may be in another database, so nothing is joined."""
    people = get_user_model()
    has_it = {f"{people.USERNAME_FIELD}__anycase": searched(card_number, CARD)}
    return list(people.objects.filter(**has_it, erased_at=None).values_list("pk", flat=True))


def loans_overdue(today: date) -> QuerySet[Loan]:
    """Loans with copies out after their due date that are not claimed to be returned."""
    return Loan.objects.filter(status=Loan.Status.ACTIVE, due_on__lt=today).exclude(pk__in=only_claimed())


def copies_overdue(today: date) -> QuerySet[LoanLine]:
    """The copies that are overdue and not claimed to be returned, each with its loan, the longest first."""
    late = LoanLine.objects.filter(ending="", claimed_on=None, loan__status=Loan.Status.ACTIVE, loan__due_on__lt=today)
    return late.select_related("loan", "copy").order_by("loan__due_on", "pk")


def copies_lost() -> QuerySet[LoanLine]:
    """The copies that are lost, each with the loan that lost it, the last first."""
    lost = LoanLine.objects.filter(ending="lost", copy__condition=Copy.Condition.LOST)
    return lost.select_related("loan", "copy").order_by("-ended_at", "-pk")


def debtors() -> QuerySet[Any]:
    """Who still has fines to pay, each as the patron's id and how much, the most first."""
    owed = Debt.objects.filter(owed__gt=0).exclude(patron_id=None).values("patron_id").annotate(sum=Sum("owed"))
    return owed.order_by("-sum", "patron_id").values_list("patron_id", "sum")


def open_lines(loan: Loan) -> QuerySet[LoanLine]:
    """The copies of a loan that are out, in the order in which copies are locked."""
    return loan.lines.filter(ending="").select_related("copy").order_by("copy_id")


def book_of_barcode(barcode: str) -> int:
    """The id of the book whose copy bears the barcode. Raises `Copy.DoesNotExist`."""
    return copy_of_barcode(barcode).book_id


# SQL, because each scan at the desk asks it; + 0, or PostgreSQL may read all copies from the newest on (decision 51).
_OF_BARCODE = f"""
SELECT {columns_of(Copy, "copy")} FROM lending_copy copy
WHERE UPPER(copy.barcode) IN (UPPER(%s), UPPER(%s)) AND NOT copy.withdrawn ORDER BY copy.id + 0 DESC LIMIT 1
"""  # noqa: S608  names of columns


def copy_of_barcode(barcode: str) -> Copy:
    """The copy with that barcode that is not withdrawn. Raises `Copy.DoesNotExist`."""
    if copy := first_instance(Copy, _OF_BARCODE, [barcode, in_latin(barcode)]):
        return copy
    raise Copy.DoesNotExist


def loans_on_record() -> Iterator[dict[str, Any]]:
    """Every loan that was lent once, as a patron's page should show it, in the order of their ids; titles only of what
    is out."""
    out = Q(lines__ending="")
    lent = Loan.objects.filter(version__gt=0).annotate(
        outstanding=Count("lines", filter=out),
        items_out=Coalesce(Sum("lines__items", filter=out), 0),
        claimed=Count("lines", filter=out & Q(lines__claimed_on__isnull=False)),
    )
    columns = ("patron_id", "title", "status", "due_on", "outstanding", "version", "items_out", "claimed")
    for row in lent.order_by("pk").values("pk", *columns).iterator(chunk_size=2_000):
        yield {**row, "title": row["title"] if row["outstanding"] else ""}


def requested_loans(now: datetime, after: int = 0) -> list[int]:
    """The ids of the next hundred loans that wait for a decision, in the order in which they were accepted; without
    those that failed and rest until later."""
    waiting = Loan.objects.filter(status=Loan.Status.REQUESTED, pk__gt=after).order_by("pk")
    waiting = waiting.exclude(failure__not_before__gt=now)
    return list(waiting.values_list("pk", flat=True)[:100])


def place_in_queue(loan_id: int) -> int | None:
    """How many requested loans are decided before this one, in the order in which they were accepted; None for a loan
    that is not requested, or not any more."""
    waiting = Loan.objects.filter(status=Loan.Status.REQUESTED, pk__lte=loan_id)
    places = waiting.aggregate(before=Count("pk", filter=Q(pk__lt=loan_id)), itself=Count("pk", filter=Q(pk=loan_id)))
    return places["before"] if places["itself"] else None


def deferred_returns(now: datetime, after: int = 0) -> list[int]:
    """The ids of the next hundred deferred returns, in the order in which they were accepted."""
    waiting = DeferredReturn.objects.filter(done_at=None, pk__gt=after).order_by("pk")
    waiting = waiting.exclude(failure__not_before__gt=now)
    return list(waiting.values_list("pk", flat=True)[:100])


def failed_attempts() -> QuerySet[FailedAttempt]:
    """What was accepted for later and could not be done so far, the last failure first."""
    return FailedAttempt.objects.order_by("-failed_at")


def last_sweep() -> Sweep | None:
    """The overdue sweep that was the last to come to its end, if there was any."""
    return Sweep.objects.exclude(took=None).order_by("-pk").first()


def counts_of_deferred() -> dict[str, int]:
    """How many loans and returns were accepted and are not done yet."""
    return {
        "loans": Loan.objects.filter(status=Loan.Status.REQUESTED).count(),
        "returns": DeferredReturn.objects.filter(done_at=None).count(),
        "failed": FailedAttempt.objects.count(),
    }


def accepted_before(moment: datetime) -> dict[str, tuple[int, datetime | None]]:
    """How often a loan or a return that was accepted for later before a moment still waits, and since when the
    oldest."""
    loans_waiting = Loan.objects.filter(status=Loan.Status.REQUESTED, requested_at__lt=moment)
    returns_waiting = DeferredReturn.objects.filter(done_at=None, asked_at__lt=moment)
    return {
        "loan": _count_and_oldest(loans_waiting, "requested_at"),
        "return": _count_and_oldest(returns_waiting, "asked_at"),
    }


def _count_and_oldest(waiting: QuerySet[Any], since: str) -> tuple[int, datetime | None]:
    found = waiting.aggregate(count=Count("pk"), oldest=Min(since))
    return found["count"], found["oldest"]
