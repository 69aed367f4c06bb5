"""The importer's readers on real files, which are not part of the project.

Only what is read is looked at here, and the smallest file is taken in whole, so that this takes seconds.
"""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone

from catalog.importing.importer import Importer
from catalog.importing.marc import marc_records, marcxml_records
from catalog.importing.report import Report
from catalog.importing.tables import csv_records
from catalog.models import Book
from catalog.search.asking import best_matches

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def real(name: str) -> Path:
    path = DATA / name
    if not path.exists():
        pytest.skip(f"the real data is not here: there is no ../shared/data/{name}")
    return path


def test_marc8_records_have_correct_diacritics():
    with real("uva_001_2000.mrc").open("rb") as file:
        records = {record.control_number: record for record in marc_records(file, "uva")}

    assert len(records) == 2000
    assert not any(record.rejected for record in records.values())
    texts = [text for record in records.values() for text in (record.title, *record.fields["authors"])]
    assert all(unicodedata.is_normalized("NFC", text) and "\ufffd" not in text for text in texts)
    assert sum(not text.isascii() for text in texts) > 500
    assert records["u303"].fields["authors"] == ["L\u00fchning, Helga"]
    assert records["u898"].fields["publisher"] == "Orta Do\u011fu Teknik \u00dcniversitesi"
    assert "u\u0361" not in records["u701"].title
    assert "Sot\u0361s\u0361ial\u02b9" not in records["u701"].title
    assert records["u701"].title.startswith("Sot\u0361sial\u02b9nai\u0361a politika")


def test_isbns_of_a_damaged_table_are_trusted_only_where_they_agree():
    records = list(csv_records(real("goodbooks10k_books.csv"), "goodbooks"))

    reasons = Counter(reason.value for record in records for reason, _detail in record.notes)
    isbns = [record.fields["isbn"] for record in records if record.fields["isbn"]]
    assert len(records) == 10_000
    assert len(set(isbns)) == len(isbns) == 9_258
    assert reasons == {"isbn_incomplete": 135, "isbn_invalid": 23, "isbn_contradictory": 19}


@pytest.mark.django_db
def test_korean_records_come_in_once():
    for expected in ((100, 100, 0), (100, 0, 100)):
        report = Report("kormarc", "marcxml")
        with real("kormarc_prototype_100.marcxml").open("rb") as file:
            Importer(report, now=timezone.now()).take(marcxml_records(file, "kormarc"), lambda _steps: None)
        assert (report.read, report.added, report.unchanged) == expected
        assert not report.entries

    assert Book.objects.count() == 100
    assert len(best_matches("컴퓨터")) > 3
