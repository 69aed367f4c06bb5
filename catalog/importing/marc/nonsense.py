"""Whether a text makes sense, or is what comes of reading one encoding as another.

Such text has what no catalogue writes: letters that could not be read, control characters, Latin letters in the pairs
and threes that UTF-8 makes of one letter, Hangul that only CP949's extension has, box drawings in bulk.
"""

import re
from functools import cache

KS_X_1001 = frozenset(
    bytes((lead, trail)).decode("euc_kr") for lead in range(0xB0, 0xC9) for trail in range(0xA1, 0xFF)
)
"""The 2,350 syllables that Korean is written with; CP949 added the other 8,822 for completeness."""
COMMON_SYLLABLES = frozenset(
    "가각간갈감갑강개객거건걸검것게겨격견결경계고곡곤골공과관광교구국군굴권귀규균그극근글금급기길김까깊꽃꿈끝나난날남"
    "내냐너널네녀년념노녹논농높누눈뉴느는늘니님다단달담당대더던덕데도독돈동되된두둘뒤드든들등디따때떠또라락란람랑래량러"
    "런럼레려력련령로록론료루류률르른를름리린림립링마막만말망맞매머먹메며면명모목몽무문물미민밀바박반발밤방배백버번벌"
    "법베벽변별병보복본볼봄부북분불붕브비빈빛빠사산살삼상새색생서석선설섬성세소속손송수숙순술숨쉬스슬습승시식신실심십쓰"
    "씨아악안않알암압앙애야약양어언얼엄없었에여역연열염영예오옥온올와완왕외요용우욱운울움웅원월위유육윤율으은을음의이인"
    "일임입있자작잔잘장재저적전절점정제조족존종좋주죽준중즈증지직진질집짜차찬찰참창찾채책처천철첫청체초촌총최추축출충취층치"
    "친카커컴코크클키타탄태터테토통투트특티파판팔페편평포표품풍프피필하학한할함합항해행향허험혁현혈형혜호혼홀화환활황회효"
    "후훈휘흐흔희히힘"
)
"""What nine of ten syllables of Korean titles and names are."""
LOST = "\ufffd"
# What MARC sets around letters that do not file, and its joiners, are no slips.
CONTROL = "\x80-\x84\x86\x87\x8a-\x8c\x8f-\x97\x99-\x9b\x9d-\x9f"
# UTF-8's following bytes, as Latin-1 or CP1252 shows them.
FOLLOWING = "[\x80-\xbf\ufffd€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
SURE = re.compile(f"[ÃÂ]{FOLLOWING}|[à-ï]{FOLLOWING}{{2}}")
LIKELY = re.compile(f"[Â-ß]{FOLLOWING}|[à-ï]{FOLLOWING}{{2}}")
PAIRS = re.compile("(?:[\xa1-\xfe][\xa1-\xfe])+")
HANGUL = re.compile("[가-힣]+")
# Box drawings and parts of blocks, private use, half-width kana.
IMPROBABLE = re.compile("[\u2500-\u259f\ue000-\uf8ff\uff61-\uff9f]+")
UNREADABLE = re.compile(f"[{LOST}{CONTROL}]+")
ASCII_AS_BLANKS = bytes(b" "[0] if code < 0x80 else code for code in range(256))


@cache
def _suspicious() -> re.Pattern[str]:
    """What a text must have to be nonsense; nearly all texts have none of it."""
    rare = "".join(syllable for syllable in map(chr, range(0xAC00, 0xD7A4)) if syllable not in KS_X_1001)
    return re.compile(
        f"[{LOST}{CONTROL}\u2500-\u259f\ue000-\uf8ff\uff61-\uff9f{rare}]"
        f"|[Â-ß]{FOLLOWING}|[à-ï]{FOLLOWING}{{2}}|{PAIRS.pattern}"
    )


def not_ascii(text: str) -> str:
    """The letters that are not ASCII, with blanks between those that do not stand side by side."""
    return b" ".join(text.encode("utf-8", "replace").translate(ASCII_AS_BLANKS).split()).decode()


def is_nonsense(text: str) -> bool:
    """Whether it makes no sense, so that nobody should find it in a catalogue."""
    if text.isascii():
        return False
    letters = not_ascii(text)
    if not _suspicious().search(letters):
        return False
    count = len(letters) - letters.count(" ")
    return (
        _much(UNREADABLE, letters, count, least=1, of_ten=2)
        or _much(IMPROBABLE, letters, count, least=3, of_ten=5)
        or _is_utf8_read_as_latin(letters, count)
        or _is_korean_read_as_latin(letters, count)
        or _is_rare_hangul(letters)
    )


def _much(pattern: re.Pattern[str], letters: str, count: int, *, least: int, of_ten: int) -> bool:
    found = sum(map(len, pattern.findall(letters)))
    return found >= least and found * 10 > of_ten * count


def _is_utf8_read_as_latin(letters: str, count: int) -> bool:
    """`CafÃ©`, `ì•ˆë…•`: what most letters of other scripts would be in UTF-8."""
    for pattern, least in ((SURE, 1), (LIKELY, 2)):
        found = pattern.findall(letters)
        if len(found) >= least and 2 * len("".join(found)) > count:
            return True
    return False


def _is_korean_read_as_latin(letters: str, count: int) -> bool:
    """`ÇÑ±¹`: letters and signs of Latin-1 in pairs that are syllables in CP949."""
    pairs = "".join(PAIRS.findall(letters))
    if len(pairs) < 4 or len(pairs) * 10 < count * 7:
        return False
    hangul = pairs.encode("latin-1").decode("cp949", "replace")
    return sum(map(len, HANGUL.findall(hangul))) * 4 > len(pairs)


def _is_rare_hangul(letters: str) -> bool:
    """`쒓뎅`: every third syllable is one that Korean hardly ever uses."""
    syllables = "".join(HANGUL.findall(letters))
    rare = sum(syllable not in KS_X_1001 for syllable in syllables)
    return rare >= 2 and rare * 3 > len(syllables)
