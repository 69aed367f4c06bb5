"""Made-up titles, Korean and English, and questions of each kind about them."""

import random
from collections.abc import Iterator

LISTS = {"newest": {}, "by title": {"ordering": "title"}, "by year": {"ordering": "-published_year"}}
LISTS |= {"in a language": {"language": "ko"}, "in a language by title": {"language": "en", "ordering": "title"}}
Questions = dict[str, list[dict[str, str]]]
NOUNS_TEXT = (
    "사랑 도서 도서관 역사 문학 바다 하늘 나무 사람 여행 겨울 봄날 기억 시간 마음 편지 "
    "노래 달빛 강물 산책 아침 저녁 어머니 아버지 친구 고양이 장미꽃 골목 서울 부산 제주 "
    "한국 세계 경제 철학 과학 수학 음악 미술 요리 정원 창문 계절"
)
NOUNS = NOUNS_TEXT.split()
COMMON_TEXT = "the of and a in to for from with on history love war life world house king night"
COMMON = COMMON_TEXT.split()
SURNAMES_TEXT = "Smith Miller Thornbury Okafor Lindqvist Marlowe Castellan Whitfield Ashdown Fairweather"
SURNAMES = SURNAMES_TEXT.split()
ENDINGS = ("", "", "", "의", "와", "에서", "하는", "이야기", "개론", "연구", "수업", "백과")
FAMILIES = ["김", "이", "박", "최", "정", "강", "조", "윤", "장", "임"]


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


def questions(sample: list[tuple[str, str]]) -> Questions:
    """Kinds of questions about titles and their authors, each with several."""
    korean = [title for title, _author in sample if not title.isascii()]
    english = [title for title, _author in sample if title.isascii()]
    return {
        "two syllables, common": [{"question": noun} for noun in NOUNS if len(noun) == 2],
        "one syllable": [{"question": letter} for letter in "꽃강산봄물"],
        "part of a rare word": [{"question": title.split()[-1][:2]} for title in korean],
        "two Korean words": [{"question": f"{a} {b}"} for a, b in zip(NOUNS, NOUNS[7:], strict=False)],
        "with a particle": [{"question": noun + "에서"} for noun in NOUNS],
        "whole Korean title": [{"question": title} for title in korean],
        "without its spaces": [{"question": title.replace(" ", "")} for title in korean],
        "initial consonants": [{"question": question} for question in ("ㅅㄹ", "ㄷㅅㄱ", "ㅂㄷ ㅎㄴ", "ㅇㅅ ㅁㅎ")],
        "common English word": [{"question": word} for word in COMMON],
        "two common English words": [{"question": f"{a} {b}"} for a, b in zip(COMMON, COMMON[5:], strict=False)],
        "start of an English word": [{"question": title.split()[0][:4]} for title in english],
        "whole English title": [{"question": title} for title in english],
        "a slip in a word": [{"question": f"{word[:-2]}{word[-1]}{word[-2]}"} for word in SURNAMES],
        "a slip in a Korean word": [{"question": word} for word in ("어머니이야가", "고양이이야기는", "장미꽃연그")],
        "nothing to find": [{"question": q} for q in ("the zzyzx", "사랑 뷁뷁", "thering andof", "역사 서도 관나")],
        "author": [{"author": name} for _title, name in sample[:40]],
        "common author": [{"author": name} for name in (*SURNAMES, *FAMILIES)],
        "word and author": [{"question": "the", "author": name} for name in SURNAMES],
        "word and language": [{"question": noun, "language": "ko"} for noun in NOUNS[:20]],
        "common word and language": [{"question": word, "language": "en"} for word in COMMON],
    }


def kinds_of_questions(sample: list[tuple[str, str]]) -> Questions:
    """The same, with lists that have no question."""
    return questions(sample) | {f"list {name}": [wanted] for name, wanted in LISTS.items()}


def _english_word(luck: random.Random) -> str:
    return "".join(
        luck.choice("bcdfghlmnprstvw") + luck.choice("aeiou") for _ in range(luck.randint(2, 4))
    ) + luck.choice(["", "n", "r", "st", "ng"])


def _zipf(luck: random.Random, words: list[str]) -> str:
    return words[int(len(words) ** luck.random()) - 1]
