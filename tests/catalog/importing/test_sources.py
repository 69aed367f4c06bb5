"""A number of a source whose book changes: set aside before, or on another book now."""

import pytest

from catalog.models import Book, SourceRecord
from tests.catalog.importing.runs import a_record, imported, shelf

pytestmark = pytest.mark.django_db(databases="__all__")


def test_a_record_that_was_set_aside_comes_in_when_it_says_otherwise() -> None:
    SourceRecord.objects.create(key="KOLAS:1", said={"title": "Quiet Harbor"})

    assert imported(a_record("Quiet Harbor", "1")).told == [("set_aside", "")]
    ran = imported(a_record("Quiet Harbor, revised", "1", "EM1"))

    assert ran.told == []
    assert shelf() == {"Quiet Harbor, revised": ["EM1"]}
    assert SourceRecord.objects.get().book == Book.objects.get()


def test_a_number_that_is_on_another_volume_now_is_of_that_volume() -> None:
    imported(a_record("Quiet Harbor", "1", volume="1"))

    ran = imported(a_record("Harbors", "1", volume="2"))
    again = imported(a_record("Harbors", "1", volume="2"))

    assert (ran.figures, ran.told) == ((1, 0, 0, 0, 0), [])
    assert (again.figures, again.told) == ((0, 0, 1, 0, 0), [])
    assert SourceRecord.objects.get().said == {"title": "Harbors", "volume": "2"}
    assert SourceRecord.objects.get().book == Book.objects.get(volume="2")


def test_a_number_that_two_volumes_of_one_file_have_is_of_the_last() -> None:
    ran = imported(a_record("Quiet Harbor", "1", volume="1"), a_record("Harbors", "1", "EM2", volume="2"))

    assert (ran.figures, ran.told) == ((2, 0, 0, 0, 0), [])
    assert shelf() == {"Quiet Harbor": [], "Harbors": ["EM2"]}
    assert SourceRecord.objects.get().book == Book.objects.get(volume="2")
