"""Barcodes and card numbers, as scanners send them and people type them."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.values.barcodes import read_barcode
from kernel.values.cards import read_card_number
from kernel.values.keyboards import in_latin
from kernel.values.scans import Rule

READERS = [read_barcode, read_card_number]
SAME = [
    "B0000080-0001",
    " B0000080-0001\r\n",
    "\x02B0000080-0001\x03",
    "*B0000080-0001*",
    "Ｂ００００080－0001",
    "B0000080\u20130001",
    "\ufeffB0000080-0001\u200b",
    "ㅠ0000080-0001",
    '="B0000080-0001"',
]
OLD = [Rule(digits=7, code="EM"), Rule(before="N", digits=6, code="NB"), Rule(before="1141001EM", code="EM")]


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("given_text", SAME)
def test_a_number_is_read_however_it_is_sent(read, given_text):
    assert read(given_text) == "B0000080-0001"


@pytest.mark.parametrize(
    ("given_text", "number"),
    [
        ("뜨0000000001", "EM0000000001"),  # the two keys make a syllable
        ("\u1104\u11730000000001", "EM0000000001"),  # decomposed, as a Mac writes it
        ("ㄸㅡ0000001", "EM0000001"),
        ("ㅎ-7", "G-7"),
        ("뜨0000001", "뜨0000001"),  # may be what stands on the label
        ("한국-0001", "한국-0001"),
        ("가-2", "가-2"),
        ("A21234567890123B", "21234567890123"),
        ("A-1", "A-1"),
        ("A1B", "A1B"),
        ("Em1", "Em1"),
        ("EM  1", "EM 1"),
        (101, "101"),
        (101.0, "101"),
    ],
)
def test_what_stands_on_the_label_is_what_is_read(given_text, number):
    assert read_barcode(given_text) == number


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("given_text", ["", "  ", "\r\n", "*\u200b*", "1" * 33, "A\0B", None, True, ["A"]])
def test_what_is_on_no_label_is_refused(read, given_text):
    with pytest.raises(ValueError, match=r"."):
        read(given_text)


@pytest.mark.parametrize(
    ("given_text", "number"),
    [
        ("1234567", "EM0001234567"),
        ("n123456", "NB0000123456"),
        ("ㅜ123456", "NB0000123456"),
        ("1141001EM0000000101", "EM0000000101"),
        ("12345678", "12345678"),
        ("EM0000101", "EM0000101"),
    ],
)
def test_old_labels_go_on_by_rules(given_text, number):
    assert read_barcode(given_text, OLD) == number


def test_a_number_is_filled_up_by_a_rule_and_never_cut():
    fill = [Rule(before="EM", code="EM")]
    assert read_barcode("em101", fill) == "EM0000000101"
    assert read_barcode("EM0000000101", fill) == "EM0000000101"
    assert read_barcode("EM12345678901", fill) == "EM12345678901"
    assert read_barcode("N12345678901", [Rule(before="N", code="NB")]) == "N12345678901"


KEYS = zip("ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ", "QWERTYUIOPASDFGHJKLZXCVBNM", strict=True)
HANGUL = {letter: key for key, letter in KEYS}


@given(st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=12))
def test_every_key_comes_back(number):
    assert in_latin("".join(HANGUL.get(key, key) for key in number)) == number


@given(st.text())
def test_reading_twice_is_reading_once(text):
    try:
        number = read_barcode(text)
    except ValueError:
        return
    if "*" not in number and not number.startswith("="):
        assert read_barcode(number) == number
