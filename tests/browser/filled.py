"""`python -m tests.browser.filled`: something of everything and staff of each role, for the demo at `DATABASE_URL`."""

import os
from io import StringIO

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")

import django

django.setup()

from contextlib import suppress  # noqa: E402
from datetime import datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402
from tempfile import TemporaryDirectory  # noqa: E402

from django.conf import settings  # noqa: E402
from django.contrib import admin  # noqa: E402
from django.core.management import CommandError, call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

settings.ALLOWED_HOSTS = ["*"]

from accounts.models import User  # noqa: E402
from catalog.models import Copy  # noqa: E402
from fines.models import Fine  # noqa: E402
from fines.schedules.services import adopt_fee_schedule  # noqa: E402
from fines.services import pay_account  # noqa: E402
from lending.blocks.services import block_patron  # noqa: E402
from lending.holds.services import place_hold  # noqa: E402
from lending.marks.services import mark_copy  # noqa: E402
from lending.models import Copy as LendingCopy  # noqa: E402
from lending.models import DeferredReturn, FailedAttempt, Loan  # noqa: E402
from opac.models import ReadingList, RecommendedBook  # noqa: E402
from printing.models import LabelSheet  # noqa: E402
from reporting.counting import count_stale_days  # noqa: E402
from reporting.services import note_visits  # noqa: E402
from tests.admin.door import a_librarian, a_superuser  # noqa: E402
from tests.admin.test_every_page import a_busy_library, a_thing  # noqa: E402
from tests.bus import Bus  # noqa: E402
from tests.demo import PASSWORD  # noqa: E402

ROLES = ("desk", "cataloguer", "cashier", "administrator", "operator")


def main() -> None:
    bus = Bus()
    a_busy_library(bus, loans=2)
    for role in ROLES:
        a_librarian(f"L-{role}", roles=[role])
    a_librarian("L-bare", roles=())
    chief = a_superuser()
    by, now = User.objects.get(card_number="S-7101"), timezone.now()
    note_visits(day=timezone.localdate(now), number=124)
    bus.settle()
    for pk in range(1, 11):
        copy = Copy.objects.filter(book_id=pk).order_by("-pk")[0]
        chief.lend("P-0001" if pk % 2 else "P-0002", copy.barcode)
        bus.settle()
    loans = list(Loan.objects.order_by("-pk"))
    for place, loan in enumerate(loans[:6]):
        Loan.objects.filter(pk=loan.pk).update(due_on=timezone.localdate(now) - timedelta(days=9 * place + 2))
    for loan in loans[:3]:
        chief.act("lending_loan", "take_back", loan, confirmed="yes")
    bus.settle()
    _more(by, now)
    bus.settle()
    call_command("sweep_overdue", stdout=StringIO())
    bus.settle()
    count_stale_days()
    for person in User.objects.filter(is_staff=True):
        person.set_password(PASSWORD)
        person.save()
    for model in admin.site._registry:
        if a_thing(model) is None:
            print("nothing of", model._meta.label)


def _more(by: User, now: datetime) -> None:
    """What the busy library of the tests has not."""
    patrons = list(User.objects.filter(card_number__startswith="P-").order_by("card_number"))
    for book in (8, 9, 3):
        for patron in patrons[2:]:
            place_hold(patron_id=patron.pk, book_id=book, override=["copy_available"], reason="사진", now=now)
    copy = LendingCopy.objects.filter(book_id=1).order_by("pk")[0]
    mark_copy(copy.pk, mark="in_repair", reason="책등", now=now)
    block_patron(patron_id=patrons[2].pk, reason="자료 훼손", until=None, by_id=by.pk, now=now)
    adopt_fee_schedule(
        given={"tiers": {1: 500, 8: 1000}},
        category="child",
        valid_from=timezone.localdate(now),
        now=now,
    )
    fine = Fine.objects.order_by("pk")[0]
    pay_account(fine.patron_id, amount=700, by_id=by.pk, now=now)
    LabelSheet.objects.create(name="우리 라벨", columns=3, rows=8, width=63, height=34, left=7, top=12)
    shown = {
        "title_ko": "여름에 읽는 책",
        "title_en": "Books for the summer",
        "text_ko": "시원한 이야기",
        "text_en": "Cool",
    }
    reading = ReadingList.objects.create(**shown)
    for place, book in enumerate((1, 4, 6)):
        RecommendedBook.objects.create(reading_list=reading, book=book, place=place)
    loan = Loan.objects.filter(status="requested").order_by("pk")[0]
    trial = {"attempts": 2, "failed_at": now, "not_before": now, "error": "OperationalError: timeout"}
    FailedAttempt.objects.create(loan=loan, **trial)
    DeferredReturn.objects.create(loan=Loan.objects.filter(status="active")[0], asked_at=now)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "patrons.csv"
        file.write_bytes(
            "대출자번호,이름,E_MAIL,휴대폰,직급,생년월일,비고\nP-9001,김하늘,haneul@example.org,,,,\nP-9002,,x,,,1,\n".encode()
        )
        with suppress(CommandError):
            call_command("import_patrons", str(file), stdout=StringIO())
        books = Path(folder) / "books.csv"
        books.write_bytes("서명,저자,ISBN\n소나기,황순원,\n새 책,이새봄,978-89-\n".encode())
        with suppress(CommandError):
            call_command("import_books", str(books), stdout=StringIO())


if __name__ == "__main__":
    main()
