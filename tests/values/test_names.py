"""Lists of persons and bodies."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.values.names import read_names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("", []),
        ("García Márquez, Gabriel José", ["García Márquez, Gabriel José"]),
        ("Acme Software Group, Seoul Branch", ["Acme Software Group, Seoul Branch"]),
        ("Mina Vale, Otto Rand", ["Mina Vale", "Otto Rand"]),
        ("Tolkien, J.R.R.", ["Tolkien, J.R.R."]),
        ("Le Guin, Ursula K.", ["Le Guin, Ursula K."]),
        ("de la Cruz, Juana Inés", ["de la Cruz, Juana Inés"]),
        ("Martin Luther King, Jr.", ["Martin Luther King, Jr."]),
        ("J.K. Rowling, Mary GrandPré", ["J.K. Rowling", "Mary GrandPré"]),
        ("Mina Vale, Otto Rand and Liv Sand", ["Mina Vale", "Otto Rand", "Liv Sand"]),
        ("Mina Vale & Otto Rand", ["Mina Vale", "Otto Rand"]),
        ("Rand & Vale", ["Rand & Vale"]),
        ("by Mina Vale; illustrated by Otto Rand", ["Mina Vale", "Otto Rand"]),
        ("Mina Vale (Illustrator), Otto Rand (Translator)", ["Mina Vale", "Otto Rand"]),
        ("Mina Vale et al.", ["Mina Vale"]),
        ("Vale, Mina, 1950-2001", ["Vale, Mina"]),
        ("Vale, Mina; Rand, Otto", ["Vale, Mina", "Rand, Otto"]),
    ],
)
def test_names_in_latin_script(written, names):
    assert read_names(written) == names


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("홍길동 지음 ; 성춘향 옮김", ["홍길동", "성춘향"]),
        ("홍길동, 성춘향", ["홍길동", "성춘향"]),
        ("홍길동 저/성춘향 역", ["홍길동", "성춘향"]),
        ("홍길동 외 2인", ["홍길동"]),
        ("홍길동 외 2인 지음", ["홍길동"]),
        ("홍길동 외지음", ["홍길동"]),
        ("홍길동 [외]지음", ["홍길동"]),
        ("홍길동 등저", ["홍길동"]),
        ("홍길동 [공]지음", ["홍길동"]),
        ("홍길동 (지은이), 성춘향 (옮긴이)", ["홍길동", "성춘향"]),
        ("홍길동 글·성춘향 그림", ["홍길동", "성춘향"]),
        ("홍길동 글ㆍ그림", ["홍길동"]),
        ("홍길동 글, 그림", ["홍길동"]),
        ("나우체 글 ;임고양 그림", ["나우체", "임고양"]),
        ("글 나우체, 그림 임고양", ["나우체", "임고양"]),
        ("지은이: 정세아", ["정세아"]),
        ("홍길동 지음 성춘향 옮김", ["홍길동", "성춘향"]),
        ("홍길동·성춘향·이몽룡", ["홍길동", "성춘향", "이몽룡"]),
        ("조지·오웰", ["조지·오웰"]),
        ("로렌스, D. H.", ["로렌스, D. H."]),
        ("이외수", ["이외수"]),
        ("김역 지음", ["김역"]),
        ("편집부 엮음", ["편집부"]),
        ("李箱 著", ["李箱"]),
        ("홍길동\n성춘향", ["홍길동", "성춘향"]),
        ("홍길동; 홍길동", ["홍길동"]),
        ("지음", []),
    ],
)
def test_names_in_hangul(written, names):
    assert read_names(written) == names


@given(st.text("홍길동 지음외,;/·().AaBb&2인글그림", max_size=40))
def test_any_text_is_answered_and_no_name_is_empty(text):
    assert all(name.strip() for name in read_names(text))
