"""How long a search takes: `python -m benchmarks.search [TITLES]` prints p50 and p95 of each kind of question.

It fills a database of its own beside the one of `DATABASE_URL` with made-up Korean and English titles, and drops it.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator

import django

BATCH = 5_000
ROUNDS = 40
NOUNS = [
    "사랑",
    "도서",
    "도서관",
    "역사",
    "문학",
    "바다",
    "하늘",
    "나무",
    "사람",
    "여행",
    "겨울",
    "봄날",
    "기억",
    "시간",
    "마음",
    "편지",
    "노래",
    "달빛",
    "강물",
    "산책",
    "아침",
    "저녁",
    "어머니",
    "아버지",
    "친구",
    "고양이",
    "장미꽃",
    "골목",
    "서울",
    "부산",
    "제주",
    "한국",
    "세계",
    "경제",
    "철학",
    "과학",
    "수학",
    "음악",
    "미술",
    "요리",
    "정원",
    "창문",
    "계절",
]
ENDINGS = ("", "", "", "의", "와", "에서", "하는", "이야기", "개론", "연구", "수업", "백과")
COMMON = [
    "the",
    "of",
    "and",
    "a",
    "in",
    "to",
    "for",
    "from",
    "with",
    "on",
    "history",
    "love",
    "war",
    "life",
    "world",
    "house",
    "king",
    "night",
]
FAMILIES = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"]
SURNAMES = [
    "Smith",
    "Miller",
    "Thornbury",
    "Okafor",
    "Lindqvist",
    "Marlowe",
    "Castellan",
    "Whitfield",
    "Ashdown",
    "Fairweather",
]


def titles(number: int) -> Iterator[tuple[str, str, str]]:
    """Made-up titles with author and language, the same ones each time."""
    luck = random.Random(20_260_101)
    syllables = [chr(code) for code in range(0xAC00, 0xD7A3, 28)]
    words = [_english_word(luck) for _ in range(30_000)]
    for _ in range(number):
        if luck.random() < 0.5:
            parts = [luck.choice(NOUNS) + luck.choice(ENDINGS) for _ in range(luck.randint(1, 4))]
            rare = "".join(luck.choices(syllables, k=luck.randint(2, 4)))
            author = luck.choice(FAMILIES) + "".join(luck.choices(syllables, k=2))
            yield " ".join([*parts, rare]), author, "ko"
        else:
            parts = [
                _zipf(luck, words) if luck.random() < 0.6 else _zipf(luck, COMMON) for _ in range(luck.randint(2, 7))
            ]
            yield " ".join(parts).title(), f"{_zipf(luck, words).title()} {luck.choice(SURNAMES)}", "en"


def questions(sample: list[tuple[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Kinds of questions, each with several."""
    korean = [title for title, author in sample if not title.isascii()]
    english = [title for title, author in sample if title.isascii()]
    return {
        "two syllables, common": [{"question": noun} for noun in NOUNS if len(noun) == 2],
        "one syllable": [{"question": letter} for letter in "꽃강산봄물"],
        "part of a rare word": [{"question": title.split()[-1][:2]} for title in korean],
        "two Korean words": [{"question": f"{a} {b}"} for a, b in zip(NOUNS, NOUNS[7:], strict=False)],
        "whole Korean title": [{"question": title} for title in korean],
        "common English word": [{"question": word} for word in COMMON],
        "two common English words": [{"question": f"{a} {b}"} for a, b in zip(COMMON, COMMON[5:], strict=False)],
        "start of an English word": [{"question": title.split()[0][:4]} for title in english],
        "whole English title": [{"question": title} for title in english],
        "nothing to find": [{"question": q} for q in ("the zzyzx", "사랑 뷁뷁", "thering andof", "역사 서도 관나")],
        "author": [{"author": name} for _title, name in sample[:40]],
        "common author": [{"author": name} for name in (*SURNAMES, *FAMILIES)],
        "word and author": [{"question": "the", "author": name} for name in SURNAMES],
        "word and language": [{"question": noun, "language": "ko"} for noun in NOUNS[:20]],
    }


def main(number: int) -> None:
    """Fills the database and prints the figures."""
    from django.db import connection  # noqa: PLC0415  (Django is set up by then)

    connection.settings_dict["TEST"]["NAME"] = _name_for(connection.vendor)
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        started = time.perf_counter()
        sample = _fill(number)
        print(f"{connection.vendor}: {number:,} titles indexed in {time.perf_counter() - started:.0f} s", flush=True)
        measure_questions(sample)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def _fill(number: int) -> list[tuple[str, str]]:
    from django.db import connection, transaction  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from catalog.models import Book  # noqa: PLC0415
    from catalog.search import index_books  # noqa: PLC0415

    now, sample, batch = timezone.now(), [], []
    for count, (title, author, language) in enumerate(titles(number), 1):
        batch.append(Book(title=title, authors=[author], language=language, subjects=[], registered_at=now))
        if count % (number // 60) == 0:
            sample.append((title, author))
        if len(batch) == BATCH or count == number:
            with transaction.atomic():
                index_books(Book.objects.bulk_create(batch))
            batch = []
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return sample


def measure_questions(sample: list[tuple[str, str]]) -> None:
    """Prints the times of each kind of question, by titles and authors that there are."""
    from catalog.paging import ranked_page  # noqa: PLC0415
    from catalog.queries import books_on_record  # noqa: PLC0415
    from catalog.search import best_matches  # noqa: PLC0415

    everything = []
    for kind, asked in questions(sample).items():
        taken, hits = [], []
        for question in (asked * ROUNDS)[:ROUNDS]:
            started = time.perf_counter()
            found = best_matches(**question)
            ranked_page(books_on_record(), found, 20, None)
            taken.append((time.perf_counter() - started) * 1000)
            hits.append(len(found))
        everything += taken
        print(f"  {kind:26} {_percentiles(taken)}   {statistics.median(hits):.0f} hits", flush=True)
    print(f"  {'all of them':26} {_percentiles(everything)}", flush=True)


def _percentiles(taken: list[float]) -> str:
    cuts = statistics.quantiles(taken, n=20)
    return f"p50 {cuts[9]:6.1f} ms   p95 {cuts[18]:6.1f} ms   worst {max(taken):6.1f} ms"


def _name_for(vendor: str) -> str:
    return f"library_bench_{os.getpid()}" if vendor == "postgresql" else os.path.join(FOLDER, "search.sqlite3")


def _english_word(luck: random.Random) -> str:
    return "".join(
        luck.choice("bcdfghlmnprstvw") + luck.choice("aeiou") for _ in range(luck.randint(2, 4))
    ) + luck.choice(["", "n", "r", "st", "ng"])


def _zipf(luck: random.Random, words: list[str]) -> str:
    return words[int(len(words) ** luck.random()) - 1]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "library.settings")
    with tempfile.TemporaryDirectory(prefix="library-bench-") as FOLDER:
        django.setup()
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
