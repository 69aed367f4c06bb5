"""Author marks as librarians here know them: 이재철's tables, names and titles as they stand on books."""

import pytest

from catalog.call_numbers.author_marks import NoAuthorMarkError, author_mark
from catalog.call_numbers.number_tables import INITIALS, TABLES, VOWELS, number_of


@pytest.mark.parametrize(
    ("author", "title", "marks"),
    [
        ("김영하", "살인자의 기억법", "김64ㅅ 김64ㅅ 김64ㅅ 김64ㅅ 김93ㅅ"),
        ("이재철", "도서기호법", "이72ㄷ 이72ㄷ 이73ㄷ 이73ㄷ 이65ㄷ"),
        ("최인훈", "광장", "최69ㄱ 최69ㄱ 최68ㄱ 최68ㄱ 최97ㄱ"),
        ("무라카미 하루키", "상실의 시대", "무231ㅅ 무29ㅅ 무292ㅅ 무29ㅅ 무29ㅅ"),
    ],
)
def test_the_tables(author: str, title: str, marks: str) -> None:
    assert [author_mark(author, title, table) for table in (2, 3, 5, 6, 7)] == marks.split()


@pytest.mark.parametrize(
    ("author", "title", "mark"),
    [
        ("이재철 지음", "(쉽게 쓴) 도서기호법", "이73ㄷ"),
        ("조앤 K. 롤링 지음 ; 김혜원 옮김", "해리 포터", "조63ㅎ"),
        ("J. K. 롤링", "해리 포터", "롤298ㅎ"),
        ("롤링, 조앤", "해리 포터", "롤298ㅎ"),
        ("이 상", "날개", "이52ㄴ"),
        ("李箱", "날개", "이52ㄴ"),
        ("金永夏", "殺人者의 記憶法", "김64ㅅ"),
        ("車範錫", "산불", "차44ㅅ"),
        ("柳成龍", "懲毖錄", "유54ㅈ"),
        ("국립중앙도서관 편", "「백년사」", "국298ㅂ"),
        ("김난도", "82년생", "김192ㅍ"),
        ("조지 오웰", "1984", "조78ㅊ"),
        ("한강", "Ébène", "한12E"),
        ("정보라", "ㅋㅋ", "정45ㅋ"),
        ("황순원", "!", "황56"),
        ("까치", "까마귀", "까86ㄲ"),
        ("\u1100\u1175\u11b7\u110b\u1167\u11bc\u1112\u1161", "\u1109\u1161\u11af", "김64ㅅ"),
    ],
)
def test_names_and_titles_as_they_stand_on_books(author: str, title: str, mark: str) -> None:
    assert author_mark(author, title) == mark


@pytest.mark.parametrize("author", ["", "   ", "Rowling", "왕", "ㅇㅇ", "123", "데", "A가나"])
def test_a_name_that_gives_none(author: str) -> None:
    with pytest.raises(NoAuthorMarkError):
        author_mark(author, "시")


def test_every_syllable_has_a_number_in_every_table_and_its_final_consonant_does_not_count() -> None:
    for table, rows in TABLES.items():
        assert sorted("".join(row[0] for row in rows)) == sorted(INITIALS)
        assert {len(row[2]) for row in rows} <= {0, len(VOWELS)}
        for code in range(ord("가"), ord("힣") + 1):
            open_syllable = chr(code - (code - ord("가")) % 28)
            number = number_of(chr(code), table)
            assert number.isdigit()
            assert number == number_of(open_syllable, table) or (table, chr(code)) == (2, "김")
    assert number_of("텅", 5) == "884"
    assert number_of("김", 2) == "20"


def test_table_5_as_it_is_printed() -> None:
    behind = {
        initial: [number_of(chr(code), 5) for code in range(first, first + 588, 28)] for initial, first in firsts()
    }
    assert " ".join(numbers[0] for numbers in behind.values()) == (
        "12 12 192 22 22 292 32 42 42 52 52 62 72 72 82 872 882 892 92"
    )
    assert " ".join(behind["ㅇ"]) == "62 63 63 63 64 64 64 64 65 65 65 65 65 66 66 66 66 66 67 67 68"
    assert " ".join(behind["ㅊ"]) == "82 82 82 82 83 83 83 83 84 84 84 84 84 85 85 85 85 85 85 85 86"


def firsts() -> list[tuple[str, int]]:
    """Each initial consonant and its first syllable."""
    return [(initial, ord("가") + 588 * place) for place, initial in enumerate(INITIALS)]
