"""The encoding of a record, decided from its own bytes.

KORMARC's leader/09 says nothing reliable: files in UTF-8 and in CP949 leave it blank, which in MARC 21 means MARC-8.
So: UTF-8 where the bytes are strictly that, then CP949 where they pair up as Hangul, then MARC-8.
"""

import codecs
import re
from typing import NamedTuple

from django.utils.translation import gettext as _

from catalog.importing.marc.escapes import has_escapes
from catalog.importing.marc.nonsense import ASCII_AS_BLANKS, COMMON_SYLLABLES, LOST, is_nonsense, not_ascii
from kernel.importing.records import CannotImportError

UTF8, CP949, MARC8 = "utf-8", "cp949", "marc-8"
AS_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
LONG_UTF8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")
HANGUL = re.compile("[가-힣]+")
JAMO = re.compile("[\u3131-\u318e]")
ODDLY_MARKED = re.compile(f"[{LOST}\u0300-\u0303\u0308\u030a\u030c\u0315]")
IN_KS_X_1001 = re.compile(rb"[\xb0-\xc8\xca-\xfd][\xa1-\xfe]")
BEFORE_LATIN = re.compile("[^\x00-\x7f](?=[A-Za-z])")
ALIASES = {
    **dict.fromkeys(("euc-kr", "euc_kr", "euckr", "ks_c_5601", "ks_c_5601-1987", "ksc5601", "ms949", "uhc"), CP949),
    **dict.fromkeys(("marc8", "ansel"), MARC8),
    **dict.fromkeys(("utf8", "utf-8-sig"), UTF8),
}
"""EUC-KR is a part of CP949, and files that say the one hold letters of the other."""
FOREIGN = {
    "cp1252": re.compile("(?<![À-ÿ])[À-ÿœŒšŠžŽ‘’“”–—…]{1,2}(?![À-ÿ])"),
    "euc_jp": re.compile("[ぁ-ヶー]+"),
    "cp932": re.compile("[ぁ-ヶー]+"),
    "gb2312": re.compile("[一-龥]+"),
    "big5": re.compile("[一-龥]+"),
    "cp1251": re.compile("[а-яё]+"),
    "koi8_r": re.compile("[а-яё]+"),
}
"""Encodings that are not taken by guessing, and the letters that a text in them is mostly made of."""


class Text(NamedTuple):
    """A record's text. `guessed`: the encoding that the record does not name. `nonsense`: no encoding, and what may
    help; letters that could not be read are U+FFFD."""

    text: str
    guessed: str = ""
    nonsense: str | None = None


def known(encoding: str | None) -> str | None:
    """The encoding by the name it has here. Raises `CannotImportError` where there is none of that name."""
    if encoding is None:
        return None
    name = ALIASES.get(encoding.strip().lower(), encoding.strip().lower())
    if name == MARC8:
        return name
    try:
        " ".encode(name)  # some of Python's codecs are not of text
        return ALIASES.get(codecs.lookup(name).name, codecs.lookup(name).name)
    except (LookupError, ValueError) as error:
        raise CannotImportError(_("There is no encoding %(name)s.") % {"name": encoding}) from error


def decoded(raw: bytes, *, said: str, named: str | None = None, utf16: bool = False, otherwise: str = MARC8) -> Text:
    """The text of a record that says itself to be in one encoding (`said`); `named` is the operator's word, and
    `otherwise` what is neither UTF-8 nor Korean."""
    if raw.isascii() and not has_escapes(raw):
        return Text(raw.decode("ascii"), "utf-16" if utf16 and not named else "")
    taken = UTF8 if utf16 else named or _decided(raw, said, otherwise)
    text = _read(raw, taken)
    guessed = "utf-16" if utf16 else taken
    if named or guessed == said:
        guessed = ""
    # In MARC-8 one mark without its letter is a slip, and seen now and then.
    judged = text.replace(LOST, "", 1) if taken == MARC8 else text
    if is_nonsense(judged) or _is_chance(text, taken) or (named and not utf16 and _is_another(raw, taken)):
        return Text(text, guessed, _cure(raw, taken, named))
    return Text(text, guessed)


def _read(raw: bytes, encoding: str) -> str:
    if encoding != MARC8:
        return raw.decode(encoding, "replace")
    from catalog.importing.marc.marc8 import from_marc8  # noqa: PLC0415  (its tables are large, and seldom needed: decision 36)

    return from_marc8(raw)


def _decided(raw: bytes, said: str, otherwise: str) -> str:
    if raw.isascii() or has_escapes(raw):
        return MARC8
    if _is_utf8(raw):
        return CP949 if said != UTF8 and _is_short_korean(raw) else UTF8
    if said not in (UTF8, CP949, MARC8) and _fits(raw, said):
        return said
    if _is_strict_cp949(raw):
        return CP949
    # Letters were lost: what are most of them?
    high = b" ".join(raw.translate(ASCII_AS_BLANKS).split())
    count = len(high) - high.count(b" ")
    if LONG_UTF8.search(high) and len(b"".join(AS_UTF8.findall(high))) >= 0.8 * count:
        return UTF8
    if 2 * len(IN_KS_X_1001.findall(high)) >= 0.6 * count and HANGUL.search(raw.decode(CP949, "replace")):
        return CP949
    return otherwise


def _is_short_korean(raw: bytes) -> bool:
    """Whether what is UTF-8 may be CP949 by chance: a record in Korean with a few syllables only, such as a title
    of one."""
    return b"kor" in raw and not LONG_UTF8.search(raw) and _is_strict_cp949(raw)


def _is_strict_cp949(raw: bytes) -> bool:
    """Whether it is CP949 from end to end, and Hangul. MARC-8 can look so by chance: there the letter that stands
    behind a mark is a Latin one."""
    try:
        text = raw.decode(CP949)
    except UnicodeDecodeError:
        return False
    letters = not_ascii(text).replace(" ", "")
    plain = len(IN_KS_X_1001.findall(letters.encode(CP949)))
    return 2 * plain >= len(letters) and len(BEFORE_LATIN.findall(text)) * 2 < len(letters)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return not raw.isascii()


def _is_another(raw: bytes, named: str) -> bool:
    """Whether the bytes are what they can't be by chance, though another encoding was named."""
    if named == MARC8 and _is_strict_cp949(raw):
        return True
    return named != UTF8 and len(LONG_UTF8.findall(raw)) > 1 and _is_utf8(raw)


def _is_chance(text: str, taken: str) -> bool:
    """Whether Chinese or Japanese was taken for Korean: the syllables are not those that Korean is made of, and jamo
    stand among them. Or Latin-1 for MARC-8: marks stand over letters that have none in any language."""
    if taken == MARC8:
        odd = len(ODDLY_MARKED.findall(text))
        return odd > 1 and odd * 4 > len(not_ascii(text).replace(" ", ""))
    if taken != CP949:
        return False
    syllables = "".join(HANGUL.findall(text))
    common = sum(syllable in COMMON_SYLLABLES for syllable in syllables)
    return len(syllables) > 3 and common * (2 if JAMO.search(text) else 4) <= len(syllables)


def _cure(raw: bytes, taken: str, named: str | None) -> str:
    """What may help: the encoding in which the record makes sense."""
    if _is_utf8(raw):
        if taken != UTF8:
            return f"--encoding {UTF8}"
        return _("it was converted from a wrong encoding before it came here: have it exported anew")
    fitting = (name for name in (CP949, MARC8, *FOREIGN) if name not in (taken, named) and _fits(raw, name))
    return next((f"--encoding {name}" for name in fitting), "")


def _fits(raw: bytes, encoding: str) -> bool:
    text = _read(raw, encoding)
    if LOST in text or is_nonsense(text) or _is_chance(text, encoding):
        return False
    if encoding == CP949:
        return _is_strict_cp949(raw)
    letters = not_ascii(text).replace(" ", "")
    return encoding not in FOREIGN or 2 * len("".join(FOREIGN[encoding].findall(text))) > len(letters)
