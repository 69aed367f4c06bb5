"""Made-up files of books, the same each time: a CSV, MARC 21, and KORMARC with copies in CP949."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

WORDS = (
    "길",
    "달",
    "Sea",
    "Moon",
    "밤",
    "사랑",
    "History",
    "도서관",
    "기억",
    "나무",
    "Stone",
    "바람",
    "House",
    "책",
    "River",
)
SUBFIELD, END_OF_FIELD, END_OF_RECORD = "\x1f", "\x1e", "\x1d"


def csv_file(folder: Path, rows: int) -> Path:
    """A row has one copy."""
    path = folder / f"made-{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("title,authors,isbn,published_year,publisher,barcode\n")
        for number, title in _titles(rows):
            file.write(
                f"{title},Kim {number % 5000},{_isbn(number)},{1950 + number % 70},P {number % 900},EM{number:08}\n"
            )
    return path


def marc_file(folder: Path, records: int) -> Path:
    """MARC 21 in UTF-8, an item in each (952, as Koha has them)."""
    path = folder / f"made-{records}.mrc"
    with path.open("wb") as file:
        for number, title in _titles(records):
            fields = {
                "001": f"m{number}",
                "008": f"240101s{1950 + number % 70}    xx            000 0 eng d",
                "020": f"  {SUBFIELD}a{_isbn(number)}",
                "100": f"1 {SUBFIELD}aKim, Writer {number % 5000}",
                "245": f"10{SUBFIELD}a{title}",
                "260": f"  {SUBFIELD}bPublisher {number % 900}",
                "650": f" 0{SUBFIELD}a{title.split()[0]}",
                "952": f"  {SUBFIELD}pEM{number:08}",
            }
            file.write(_record(fields, "a", "utf-8"))
    return path


def kormarc_file(folder: Path, records: int) -> Path:
    """KORMARC in CP949 as KOLAS writes it: no sign of the encoding, and a run of three copies in 049."""
    path = folder / f"made-kormarc-{records}.mrc"
    with path.open("wb") as file:
        for number, title in _titles(records):
            copies = "".join(f"{SUBFIELD}lEM{3 * number + each:08}" for each in range(3))
            fields = {
                "001": f"KMO{number:09}",
                "008": f"240101s{1950 + number % 70}    ulk           000 f kor  ",
                "020": f"  {SUBFIELD}a{_isbn(number)}{SUBFIELD}g03810{SUBFIELD}c\\15000",
                "049": f"0 {copies}",
                "056": f"  {SUBFIELD}a813.7{SUBFIELD}26",
                "090": f"  {SUBFIELD}a813.7{SUBFIELD}b김{number % 999}ㄱ",
                "245": f"00{SUBFIELD}a{title} /{SUBFIELD}d김작가 {number % 5000} 지음",
                "260": f"  {SUBFIELD}a서울 :{SUBFIELD}b출판사 {number % 900},{SUBFIELD}c{1950 + number % 70}",
                "700": f"1 {SUBFIELD}a김작가 {number % 5000}",
                "950": f"0 {SUBFIELD}b\\15000",
            }
            file.write(_record(fields, " ", "cp949"))
    return path


def _titles(count: int) -> Iterator[tuple[int, str]]:
    luck = Random(count)
    for number in range(1, count + 1):
        yield number, f"{' '.join(luck.choices(WORDS, k=4))} {number}"


def _isbn(number: int) -> str:
    digits = f"97889{number:07}"
    total = sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _record(fields: dict[str, str], coding: str, encoding: str) -> bytes:
    """ISO 2709: https://www.loc.gov/marc/specifications/specrecstruc.html."""
    written = {tag: (text + END_OF_FIELD).encode(encoding) for tag, text in fields.items()}
    directory, position = "", 0
    for tag, field in written.items():
        directory += f"{tag}{len(field):04}{position:05}"
        position += len(field)
    base = 24 + len(directory) + 1
    leader = f"{base + position + 1:05}nam {coding}22{base:05} a 4500"
    head = f"{leader}{directory}{END_OF_FIELD}".encode("ascii")
    return head + b"".join(written.values()) + END_OF_RECORD.encode("ascii")
