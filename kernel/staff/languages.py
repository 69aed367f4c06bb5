"""Languages of books by their names in the reader's language."""

from collections.abc import Iterator

from django.conf.locale import LANG_INFO
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

OFTEN = ("ko", "en", "ja", "zh")
BESIDE_DJANGOS: dict[str, str | Promise] = {
    "zh": _("Chinese"),
    "la": _("Latin"),
    "grc": _("Ancient Greek"),
    "sa": _("Sanskrit"),
    "mul": _("several languages"),
}


def language_name(tag: str) -> str:
    """The name of a language; with the tag where that says more, and the tag alone where nobody knows a name."""
    if tag in BESIDE_DJANGOS:
        return str(BESIDE_DJANGOS[tag])
    if tag.lower() in LANG_INFO:
        return str(get_language_info(tag.lower())["name_translated"])
    language, _hyphen, more = tag.partition("-")
    return f"{language_name(language)} ({tag})" if more else tag


def languages_to_choose() -> Iterator[tuple[str, str]]:
    """Tags and names: none, those that are met most often, and the others by name."""
    yield "", "–"
    yield from ((tag, language_name(tag)) for tag in OFTEN)
    others = {tag for tag, info in LANG_INFO.items() if "-" not in tag and "name" in info} | set(BESIDE_DJANGOS)
    yield from sorted(((tag, language_name(tag)) for tag in others.difference(OFTEN)), key=lambda one: one[1])
