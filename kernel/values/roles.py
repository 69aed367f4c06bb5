"""What stands beside a name: what the person did, and that there were others."""

import re

_KOREAN = """
지은이 글쓴이 엮은이 옮긴이 그린이 펴낸이 찍은이 저작자 원작자 글작가 그림작가 저자 역자 편자 편저자 공저자
감수자 해설자 번역자 편집자 낭독자 작가 지음 씀 글그림 글 그림 옮김 엮음 펴냄 편저 편역 편술 편집 편찬 편 공저
공역 공편저 공편 저술 저역 저 번역 역주 역해 역 주해 주석 감수 감역 해설 해제 사진 삽화 일러스트 원작 원저 각색
각본 대본 구성 기획 만화 낭독 연출 감독 작곡 작사 편곡 채록 著 編 譯 撰 共著 共編 共譯 編著 編譯 譯註 校註 監修
"""
_BEFORE_NAMES = """
지은이 글쓴이 엮은이 옮긴이 그린이 저자 역자 편자 편저자 감수자 번역자 낭독자 글 그림 글그림 사진 옮김 엮음
"""
ONE = "|".join(sorted(_KOREAN.split(), key=len, reverse=True))
ROLES = rf"(?:\[?공\]?\s?|공동\s)?(?:{ONE})(?:(?:\s?[·./&]\s?|[,]\s?|\s)(?:{ONE}))*"
ENGLISH = (
    r"authors?|writers?|illustrators?|translators?|editors?|narrators?|photographers?|contributors?|foreword|introduction"
    r"|afterword|eds?|trans|illus|adapter|compiler"
)
DONE = r"(?:written|retold|illustrated|translated|edited|adapted|compiled|photographs?|pictures|text|story|art)"

COMBINED = re.compile(r"(?<=\s)글\s?[·./&,]\s?그림(?=$|[\s;/·,|)])|(?<=\s)쓰고\s그림")
PARTED = re.compile(rf"(?P<role>\s(?:{ROLES})|\))(?:\s?·\s?|\s(?=[^\s;]+(?:\s[^\s;]+)?\s(?:{ROLES})$))(?=\S)")
OTHERS = re.compile(
    r"\s*[(\[]?(?<![가-힣])(?:외\s?\d*\s?(?:인|명)?|등(?:\s?\d+\s?(?:인|명))?|et\.?\s?al\.?|and\sothers)[)\]]?"
    rf"(?=$|\s?(?:{ROLES})$)"
)
SUFFIX = re.compile(
    rf"(?:(?<=\S)\s+(?:{ROLES})|\s*[(\[]\s*(?:{ROLES})\s*[)\]]|\s*\[공\](?:{ROLES})"
    rf"|\s*\((?:{ENGLISH})\.?\)|,\s*(?:{ENGLISH})\.?)$",
    re.IGNORECASE,
)
PREFIX = re.compile(
    rf"^(?:(?:{ROLES})\s?:\s?|\[(?:{ROLES})\]\s?|(?:{'|'.join(_BEFORE_NAMES.split())})\s(?=\S{{2,}})"
    rf"|(?:{DONE}(?:\s(?:and|&)\s{DONE})?\s)?by\s|(?:{ENGLISH})\s?:\s?)",
    re.IGNORECASE,
)
WITH_MORE = re.compile(r"[가-힣一-鿿(\[:,]|\b(?:by|al|others)\b", re.IGNORECASE)
MOST_ROLES = 5
ONLY = re.compile(rf"(?:{ROLES})")


def of_several(text: str) -> str:
    """The text without what says that there were others: `홍길동 외 2인`, `Mina Vale et al.`"""
    return OTHERS.sub(" ", text).strip()


def without_role(name: str) -> str:
    """The name alone; nothing where there is a role without a name."""
    name = name.strip(" ,:;")
    if not WITH_MORE.search(name):
        return name
    if ONLY.fullmatch(name):
        return ""
    for _role in range(MOST_ROLES):
        shorter = of_several(PREFIX.sub("", SUFFIX.sub("", name))).strip(" ,:")
        if shorter == name or not shorter:
            break
        name = shorter
    return name
