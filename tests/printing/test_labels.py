"""Sheets of labels: each barcode is read back as the number it is of, where its label is."""

import unicodedata

import pytest

from kernel.labels.bars import NoBars, Symbology
from printing import layouts
from printing.layouts import CopyLabel, LabelTooSmall, PatronCard
from printing.pdf import Label, written
from printing.sheets import PRESETS, Sheet
from tests.printing.reading import scanned, words

CODE_128, CODE_39 = Symbology.CODE_128, Symbology.CODE_39


def a_label(barcode: str = "EM0000000001", title: str = "채식주의자") -> CopyLabel:
    """A label for a copy of a children's book."""
    return CopyLabel(barcode, title, ["아동", "813.62", "한12ㅊ", "v.2", "c.3"], "아동 813.62-한12ㅊ-2=3", "솔숲도서관")


def drawn(kind: str, labels: list[CopyLabel], sheet: Sheet, symbology: Symbology = CODE_128) -> list[Label]:
    """What stands on the labels."""
    return [list(getattr(layouts, kind)(one, sheet.width, sheet.height, symbology)) for one in labels]


@pytest.mark.parametrize(
    ("kind", "preset", "symbology"),
    [("barcode", "65", CODE_128), ("barcode", "40", CODE_128), ("both", "24", CODE_128), ("barcode", "21", CODE_39),
     ("both", "14", CODE_39)],
)  # fmt: skip
def test_every_barcode_is_read_back_as_its_number_without_a_check_character(
    kind: str, preset: str, symbology: Symbology
) -> None:
    barcodes = ["EM0001234", "B0000080-0001", *(f"EM{number:010}" for number in range(6))]
    sheet = PRESETS[preset]
    pdf = written(drawn(kind, [a_label(one) for one in barcodes], sheet, symbology), sheet, 2)
    read = [one for page in scanned(pdf, sheet) for one in page]
    expected = [(place % sheet.places, text, symbology.value) for place, text in enumerate(barcodes, 2)]
    assert [tuple(one) for one in read] == expected


def test_a_barcode_in_hangul_has_bars_of_the_keys_and_others_are_refused() -> None:
    sheet = PRESETS["14"]
    [[read]] = scanned(written(drawn("barcode", [a_label("아0000123")], sheet), sheet, 0), sheet)
    assert read.text == "DK0000123"
    for wrong in ("é1", "漢1"):
        with pytest.raises(NoBars, match="There are no bars"):
            drawn("barcode", [a_label(wrong)], sheet)


def test_what_does_not_fit_is_refused_and_not_printed_too_fine_to_be_read() -> None:
    for kind, sheet, symbology in (
        ("barcode", PRESETS["65"], CODE_39),
        ("both", PRESETS["65"], CODE_128),
        ("barcode", Sheet(columns=1, rows=1, width=60, height=8, left=0, top=0), CODE_128),
    ):
        with pytest.raises(LabelTooSmall):
            drawn(kind, [a_label()], sheet, symbology)


def test_korean_is_set_in_whole_syllables_and_a_long_title_is_cut() -> None:
    sheet = PRESETS["14"]
    decomposed = unicodedata.normalize("NFD", "한강 소설")
    text = words(written(drawn("barcode", [a_label(title=decomposed), a_label(title="가나다 " * 99)], sheet), sheet, 0))
    assert "한강 소설" in text
    assert "가나다 가나다" in text
    assert "…" in text
    assert unicodedata.is_normalized("NFC", text)


def test_labels_go_on_on_the_next_sheet_from_any_first_place() -> None:
    sheet = PRESETS["21"]
    labels = drawn("barcode", [a_label(f"EM{number:010}") for number in range(24)], sheet)
    pages = scanned(written(labels, sheet, 20), sheet)
    assert [[one.place for one in page] for page in pages] == [[20], [*range(21)], [0, 1]]
    assert [one.text for page in pages for one in page] == [f"EM{number:010}" for number in range(24)]


def test_a_card_has_name_number_bars_and_a_place_for_a_photo() -> None:
    sheet = PRESETS["10"]
    card = PatronCard("P-0001", "김하늘", "어린이", "2027-12-31까지", "솔숲도서관")
    shapes = list(layouts.card(card, sheet.width, sheet.height, CODE_128))
    assert [type(shape).__name__ for shape in shapes].count("Frame") == 1
    pdf = written([shapes], sheet, 0, framed=True)
    assert [[one.text for one in page] for page in scanned(pdf, sheet)] == [["P-0001"]]
    assert all(part in words(pdf) for part in ("김하늘", "어린이", "솔숲도서관", "P-0001"))


@pytest.mark.parametrize("name", PRESETS)
def test_each_sheet_is_on_its_paper_in_the_middle(name: str) -> None:
    sheet = PRESETS[name]
    assert sheet.fits
    x, y = sheet.place(sheet.places - 1)
    assert abs(sheet.page_width - (x + sheet.width) - sheet.left) < 0.2
    assert abs(sheet.page_height - (y + sheet.height) - sheet.top) < 0.2
