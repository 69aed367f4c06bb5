"""The Korean readings of Hanja: of each one all that it has, with the initial-sound law and without.

KS X 1001 lists 4,888 Hanja in the order of their readings, and one with several readings once under each (268 times):
金 stands under 금 and, as U+F90A, under 김. So the readings and how many Hanja each has are the whole table, and the
letters come from Python's own codec. NFKC makes the second ones the same as the first: read them before.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import product

MOST_READINGS = 8
"""Of one word: a name of three Hanja with two readings each has so many."""

RUNS = (
    "가29각11간24갈10감20갑6강24개20객2갱4갹거17건12걸4검7겁3게3격7견11결6겸6경45계24고39곡7곤10골3공16곶과12곽4관17괄4광13괘3괴9굉4교25구54"
    "국6군6굴4궁6권10궐5궤6귀6규15균7귤극7근15글금14급7긍4기64긴길4김끽나15낙8난9날2남9납5낭7내6냉녀년3념4녕2노18녹6논농7뇌6뇨누8눈눌뉴2늑2늠능6니2닉2"
    "다2단20달5담17답5당11대16댁덕2도40독10돈10돌2동17두11둔6득등9라9락9란9랄2람10랍3랑8래4랭략2량13려18력7련12렬6렴5렵령18례5로18록7론롱7뢰8"
    "료12룡루13류14륙3륜6률4륭륵2름릉6리26린9림5립4마8막6만19말7망12매14맥5맹6멱2면11멸2명15몌모24목7몰2몽3묘12무22묵2문12물3미19민13밀3박19"
    "반25발11방28배20백8번10벌4범9법2벽11변7별4병17보16복17본볼봉16부43북분19불5붕6비43빈14빙4사60삭4산12살5삼8삽4상31새3색5생5서30석15선32"
    "설13섬8섭4성18세9소37속9손6솔송8쇄5쇠2수61숙12순27술4숭3슬3습5승10시28식15신24실4심10십3쌍씨아18악14안10알4암8압4앙7애11액7앵4야11약9양31"
    "어10억5언6얼2엄6업2엔여24역13연43열10염15엽4영40예24오30옥5온6올옹9와8완18왈왕5왜4외5요38욕6용24우32욱9운13울3웅2원27월3위25유56육7윤13"
    "율5융5은7을음6읍3응4의19이38익8인24일9임11입5잉4자26작13잔5잠6잡장37재17쟁4저28적25전41절8점9접3정55제23조46족4존2졸3종17좌5죄주40죽2준19"
    "줄중4즉즐즙3증11지34직5진35질15짐2집7징3차15착7찬15찰5참10창22채12책4처4척15천19철10첨10첩10청8체10초27촉6촌4총10촬최3추23축12춘3출3충6"
    "췌4취14측5층치24칙3친칠3침9칩칭2쾌타14탁16탄10탈2탐4탑3탕5태14택3탱터토4통7퇴6투6특2틈파16판9팔3패11팽4퍅편10폄평5폐10포28폭6표14품2풍5피7필10"
    "핍2하14학5한14할2함12합7항17해18핵2행5향9허4헌4헐험2혁4현21혈4혐협12형20혜9호41혹3혼6홀3홍10화14확6환17활5황24회20획2횡3효13후13훈10훙훤4"
    "훼3휘8휴5휼3흉5흑흔4흘4흠3흡4흥희20힐"
)
"""A reading, and how many Hanja have it when it is more than one, in the order of the standard."""

FIRST, LAST = 0xCAA1, 0xFDFE
SYLLABLE, VOWELS, FINALS = 0xAC00, 21, 28
NIEUN, RIEUL, IEUNG = 2, 5, 11
IOTISED = {2, 3, 6, 7, 12, 17, 20}
"""The vowels ㅑ ㅒ ㅕ ㅖ ㅛ ㅠ ㅣ, before which the initial-sound law leaves no ㄴ or ㄹ."""
HAN = re.compile("[㐀-䶿一-鿿\uf900-\ufaff𠀀-\U0003fffd]+")


def readings(word: str) -> list[str]:
    """How a word of Hanja may be read, the likeliest first; nothing where a reading of one of them is not known.

    A name begins with what KS X 1001 lists besides (金 김), so each reading of each letter is taken, `MOST_READINGS`
    words at most. Of a long word only two are: with the law at its beginning, and without.
    """
    letters = [letter_readings(letter) for letter in word]
    if not all(letters):
        return []
    plain = "".join(each[0] for each in letters)
    usual = with_law(plain[0]) + plain[1:]
    every = ("".join(choice) for choice in product(*letters)) if len(word) <= MOST_READINGS // 2 else ()
    return list(dict.fromkeys([usual, plain, *every]))[:MOST_READINGS]


def letter_readings(letter: str) -> tuple[str, ...]:
    """The readings of one letter of Hanja, its main one first."""
    own = _table().get(letter) or _table().get(unicodedata.normalize("NFKC", letter), "")
    return tuple(dict.fromkeys([*own, *map(with_law, own)]))


def with_law(syllable: str) -> str:
    """The syllable as it is written where a word begins: 리 as 이, 라 as 나, 녀 as 여."""
    initial, rest = divmod(ord(syllable) - SYLLABLE, VOWELS * FINALS)
    iotised = rest // FINALS in IOTISED
    if initial == RIEUL:
        return _syllable(IEUNG if iotised else NIEUN, rest)
    return _syllable(IEUNG, rest) if initial == NIEUN and iotised else syllable


def _syllable(initial: int, rest: int) -> str:
    return chr(SYLLABLE + initial * VOWELS * FINALS + rest)


@cache
def _table() -> dict[str, str]:
    """Readings by letter, each a syllable. A letter of its own code has one; what it becomes in NFKC has all of them,
    that under which the standard has the letter itself first."""
    table: dict[str, str] = {}
    for letter, reading in zip(_letters(), _readings_in_order(), strict=True):
        table[letter] = reading + table.get(letter, "")
        if (unified := unicodedata.normalize("NFKC", letter)) != letter:
            table[unified] = table.get(unified, "") + reading
    return table


def _letters() -> Iterator[str]:
    for code in range(FIRST, LAST + 1):
        if code % 256 in range(0xA1, 0xFF):
            yield bytes(divmod(code, 256)).decode("cp949")


def _readings_in_order() -> list[str]:
    runs = re.findall(r"([가-힣])(\d*)", "".join(RUNS))
    return [reading for reading, count in runs for _ in range(int(count or 1))]
