"""`manage.py load_demo`: a small library to try things in."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.services import register_patron
from catalog.services import register_book
from kernel.storage.databases import atomic_in
from opac.models import LibraryPage

PEOPLE: list[dict[str, Any]] = [
    {"card_number": "P-0001", "name": "김하늘", "email": "haneul@example.org", "language": "ko"},
    {"card_number": "P-0002", "name": "Robin Reader", "email": "robin@example.org", "language": "en"},
    {"card_number": "L-0001", "name": "이사서", "email": "desk@example.org", "language": "ko", "is_staff": True,
     "roles": ["administrator", "operator"]},
]  # fmt: skip
WORDS = {
    "name_ko": "솔숲도서관",
    "name_en": "Pine Grove Library",
    "welcome_ko": "책을 찾고, 빌리고, 읽으세요.",
    "welcome_en": "Find a book, take it home, read.",
    "hours_ko": "월–금 09:00–20:00\n토·일 09:00–17:00",
    "hours_en": "Mon–Fri 9 a.m. – 8 p.m.\nSat, Sun 9 a.m. – 5 p.m.",
    "address_ko": "솔숲로 1",
    "address_en": "1 Pine Grove Road",
    "card_applications": True,
}
BOOKS = [
    ("소나기", ["황순원"], "ko", 1953, ["한국 소설"], "813.6 황57ㅅ", 4),
    ("운수 좋은 날", ["현진건"], "ko", 1924, ["한국 소설"], "813.6 현79ㅇ", 2),
    ("하늘과 바람과 별과 시", ["윤동주"], "ko", 1948, ["한국 시"], "811.6 윤25ㅎ", 3),
    ("메밀꽃 필 무렵", ["이효석"], "ko", 1936, ["한국 소설"], "813.6 이95ㅁ", 1),
    ("홍길동전", ["허균"], "ko", 1612, ["고전 소설"], "813.5 허17ㅎ", 2),
    ("Pride and Prejudice", ["Jane Austen"], "en", 1813, ["Novels"], "823.7 AUS", 3),
    ("Frankenstein", ["Mary Shelley"], "en", 1818, ["Novels", "Horror"], "823.7 SHE", 2),
    ("On the Origin of Species", ["Charles Darwin"], "en", 1859, ["Biology"], "576.8 DAR", 1),
    ("The Time Machine", ["H. G. Wells"], "en", 1895, ["Science fiction"], "823.9 WEL", 2),
    ("Alice's Adventures in Wonderland", ["Lewis Carroll"], "en", 1865, ["Children"], "823.8 CAR", 2),
]


class Command(BaseCommand):
    help = "Loads ten books, two patrons and a librarian, whose passwords are no secret. Only where DEBUG is on."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be said on the command line."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where anybody has a card already")

    def handle(self, *args: Any, **options: Any) -> None:
        """Loads the demo and tells its cards."""
        if not settings.DEBUG:
            if options["if_empty"]:
                return
            raise CommandError("The demo's passwords are no secret: it is loaded only where DEBUG is on.")
        if not User.objects.exists():
            _load(settings.DEMO_PASSWORD, timezone.now())
            self._print_cards()
        elif not options["if_empty"]:
            raise CommandError("There are people in this database: the demo goes into an empty one only.")

    def _print_cards(self) -> None:
        for person in PEOPLE:
            role = "librarian" if person.get("is_staff") else "patron"
            self.stdout.write(f"{role:9} {person['card_number']}  password {settings.DEMO_PASSWORD}")


@atomic_in("accounts")
@atomic_in("catalog")
def _load(password: str, now: datetime) -> None:
    LibraryPage.objects.update_or_create(pk=1, defaults=WORDS)
    for person in PEOPLE:
        register_patron(password=password, now=now, **person)
    for title, authors, language, year, subjects, call_number, copies in BOOKS:
        register_book(
            now=now,
            title=title,
            authors=authors,
            language=language,
            published_year=year,
            subjects=subjects,
            call_number=call_number,
            class_number=call_number.partition(" ")[0],
            class_scheme="kdc" if language == "ko" else "ddc",
            copies=copies,
        )
