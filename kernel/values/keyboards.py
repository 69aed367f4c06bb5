"""What was typed on a Korean keyboard (two-set layout, KS X 5002) while Latin letters were meant.

A scanner sends keys, not letters: where the computer stands on Hangul, `B0000080` arrives as `ㅠ0000080`, and two
letters side by side as a syllable.
"""

import unicodedata

LETTERS = dict(
    zip(
        "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡㅃㅉㄸㄲㅆㅒㅖ",
        "QWERTYUIOPASDFGHJKLZXCVBNMQWERTOP",
        strict=True,
    )
)
PAIRS = {
    "ㅘ": "HK", "ㅙ": "HO", "ㅚ": "HL", "ㅝ": "NJ", "ㅞ": "NP", "ㅟ": "NL", "ㅢ": "ML",
    "ㄳ": "RT", "ㄵ": "SW", "ㄶ": "SG", "ㄺ": "FR", "ㄻ": "FA", "ㄼ": "FQ", "ㄽ": "FT",
    "ㄾ": "FX", "ㄿ": "FV", "ㅀ": "FG", "ㅄ": "QT",
}  # fmt: skip
KEYS = LETTERS | PAIRS
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
SINGLE = str.maketrans(KEYS)
COMBINING = {
    **{0x1100 + place: KEYS[letter] for place, letter in enumerate(INITIALS)},
    **{0x1161 + place: KEYS[letter] for place, letter in enumerate(VOWELS)},
    **{0x11A8 + place: KEYS[letter] for place, letter in enumerate(FINALS)},
}


def in_latin(text: str) -> str:
    """The text with the capital letters of the keys that its Hangul was typed with; all else stays."""
    if text.isascii():
        return text
    # Single letters first: decomposed they would be taken for parts of syllables.
    parts = unicodedata.normalize("NFKD", text.translate(SINGLE))
    return unicodedata.normalize("NFKC", parts.translate(COMBINING))
