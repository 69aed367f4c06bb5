"""Whatever people type for a book: without spaces and signs, with particles, by initials, readings and slips."""

import pytest
from django.utils import timezone

from catalog.models import Book
from catalog.search.asking import best_matches
from catalog.search.index import folder, writing
from catalog.search.text.readings import letter_readings, readings
from catalog.search.upkeep import rebuild
from tests.catalog.books import register

SHELF = [
    ("운수 좋은 날", "현진건", {"publisher": "개벽사"}),
    ("도서관 여행", "한나교", {}),
    ("하나교 바람", "정다운", {}),
    ("鳥瞰圖", "李箱", {}),
    ("李光洙 小說集", "李光洙", {}),
    ("진달래꽃", "金素月", {}),
    ("이상한 나라의 앨리스", "루이스 캐럴", {}),
    ("E-mail etiquette", "Ann Post", {}),
    ("Email etiquette at home", "Bea Post", {}),
    ("X-ray atlas", "Cid Bone", {}),
    ("Risjord’s philosophy of nursing", "M. Risjord", {}),
    ("U.S.A. trilogy", "John Dos Passos", {}),
    ("5·18 민주화운동", "아무개", {}),
    ("3·1 운동사", "아무개", {}),
    ("C++ primer", "Stan Lippman", {}),
    ("C# in depth", "Jon Skeet", {}),
    ("C programming", "Kernighan", {}),
    ("Angels & Demons", "Dan Brown", {"isbn": "9780671027360"}),
    ("해리포터와 마법사의 돌", "조앤 롤링", {"subjects": ["판타지"]}),
    ("느티나무 아래", "한느티", {"call_number": "청 813.7-느64ㅂ", "isbn": "9788936434267"}),
    ("한국 현대 소설[韓國現代小說]", "모음", {}),
    ("공직자의 자산(재산)등록제도", "조태형", {}),
    ("Война и угол", "Лев", {}),
    ("The half-blood heir", "Dee Moor", {}),
]


@pytest.fixture(scope="module")
def _shelf(lasting: None) -> None:
    """Put on the shelf at once, without events, and indexed."""
    books = [
        Book(title=title, authors=[author], registered_at=timezone.now(), **about) for title, author, about in SHELF
    ]
    Book.objects.bulk_create(books)
    with writing(folder(), wait=60):
        rebuild(folder())


def found(question: str) -> list[str]:
    """The titles that answer."""
    hits = best_matches(question)
    names = Book.objects.in_bulk(hits)
    return [names[hit].title for hit in hits]


@pytest.mark.django_db
@pytest.mark.usefixtures("_shelf")
@pytest.mark.parametrize(
    ("questions", "title"),
    [
        (["운수좋은날", "운수 좋은날", "운수좋은 날", "좋은날", "운수좋은", "날 운수"], "운수 좋은 날"),
        (["도서관에서", "도서관의 여행", "도서관을", "여행이란"], "도서관 여행"),
        (["ㅎㄴㄱ ㅂㄹ", "ㅎㄴㄱㅂㄹ"], "하나교 바람"),
        (["ㅇㅅㅈㅇㄴ", "ㅇㅅ ㅈㅇ ㄴ"], "운수 좋은 날"),
        (["리상", "李箱", "조감도"], "鳥瞰圖"),
        (["이광수", "리광수", "이광수소설집", "리광수 소설", "光洙", "李光洙"], "李光洙 小說集"),
        (["김소월", "금소월", "金素月", "진달래꽃"], "진달래꽃"),
        (["5·18", "518", "5.18", "민주화운동"], "5·18 민주화운동"),
        (["31운동", "3.1운동", "3·1", "31 운동사"], "3·1 운동사"),
        (["xray", "x-ray", "x ray", "X-Ray", "x‐ray"], "X-ray atlas"),
        (["risjords", "risjord's", "risjord’s philosophy", "risjord"], "Risjord’s philosophy of nursing"),
        (["usa", "u.s.a.", "U.S.A", "u s a"], "U.S.A. trilogy"),
        (["C++", "c++ primer"], "C++ primer"),
        (["c#", "C# in"], "C# in depth"),
        (["angels and demons", "angels & demons", "Angels&Demons"], "Angels & Demons"),
        (["해리포타", "헤리포터", "해리포터아", "해리포터", "마법사의돌", "판타지"], "해리포터와 마법사의 돌"),
        (["813.7", "느64ㅂ", "813.7 느64", "청 813.7-느64ㅂ", "978-89-364-3426-7", "8936434268"], "느티나무 아래"),
        (["한국현대소설", "韓國現代小說", "現代小說", "현대소설"], "한국 현대 소설[韓國現代小說]"),
        (["자산등록제도", "공직자의 자산등록제도", "재산등록"], "공직자의 자산(재산)등록제도"),
        (["война", "ВОЙНА угол", "воина"], "Война и угол"),
        (["halfblood", "half-blood", "half blood", "HalfBlood heir"], "The half-blood heir"),
        (["개벽사"], "운수 좋은 날"),
        (["philosphy nursing", "philosohpy", "nurssing"], "Risjord’s philosophy of nursing"),
        (["triology", "dos pasos"], "U.S.A. trilogy"),
    ],
)
def test_it_is_found_first_by(questions: list[str], title: str) -> None:
    assert {question: found(question)[:1] for question in questions} == {question: [title] for question in questions}


@pytest.mark.django_db
@pytest.mark.usefixtures("_shelf")
@pytest.mark.parametrize("question", ["email etiquette", "e-mail etiquette", "e mail etiquette", "EMAIL", "e mail"])
def test_both_spellings_are_found_by_either(question: str) -> None:
    assert set(found(question)) == {"E-mail etiquette", "Email etiquette at home"}


@pytest.mark.django_db
@pytest.mark.usefixtures("_shelf")
def test_an_author_who_is_meant_comes_before_titles_that_begin_so() -> None:
    assert found("이상")[:2] == ["鳥瞰圖", "이상한 나라의 앨리스"]


@pytest.mark.django_db
@pytest.mark.usefixtures("_shelf")
def test_a_slip_stands_behind_what_was_typed_and_a_number_has_none() -> None:
    assert found("prime") == ["C++ primer"]
    assert found("81a.7") == []
    assert found("519") == []
    assert found("zen") == []


@pytest.mark.parametrize(
    ("hanja", "hangul"),
    [
        ("李箱", "이상"),
        ("李箱", "리상"),
        ("金九", "김구"),
        ("金九", "금구"),
        ("女性", "여성"),
        ("女性", "녀성"),
        ("音樂", "음악"),
        ("歷史", "역사"),
        ("歷史", "력사"),
        ("\uf90a九", "금구"),
    ],
)
def test_hanja_have_their_readings_with_the_initial_sound_law_and_without(hanja: str, hangul: str) -> None:
    assert hangul in readings(hanja)


def test_a_letter_that_stands_twice_in_the_standard_has_the_reading_of_its_place() -> None:
    assert letter_readings("李") == ("리", "이")
    assert letter_readings("\uf9e1") == ("이",)
    assert set(letter_readings("樂")) >= {"락", "낙", "악", "요"}
    assert letter_readings("가") == ()


VOLUMES = {
    "해리 포터 2권": "2",
    "해리 포터 제2권": "2",
    "해리포터 제 2권": "2",
    "해리 포터 v.2": "2",
    "해리 포터 vol. 2": "2",
    "해리 포터 Vol 12": "12",
    "해리 포터 2": "2",
    "해리 포터 하권": "하",
}


@pytest.mark.django_db
@pytest.mark.parametrize("question", VOLUMES)
def test_a_volume_is_found_by_its_number_whatever_people_write_beside_it(question: str) -> None:
    for volume in ("1", "2", "12", "하"):
        register("해리 포터", volume=volume)
    one = register("세 권으로 읽는 역사")
    assert [Book.objects.get(pk=pk).volume for pk in best_matches(question)] == [VOLUMES[question]]
    assert best_matches("세 권") == [one.pk]


@pytest.mark.django_db
def test_what_says_volume_in_a_title_is_found_as_it_is_typed() -> None:
    titles = ["Saga, Vol. 2", "12권으로 읽는 조선", "조선 상권 이야기"]
    for title in titles:
        register(title)
    for question, title in zip(["saga vol 2", "12권으로 읽는", "조선 상권"], titles, strict=True):
        assert found(question) == [title]
