"""Every sentence of the project has its Korean one, and what is compiled is what is written."""

import ast
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import polib
import pytest
from django import conf
from django.contrib import admin, auth
from django.contrib.admin import ModelAdmin, site
from django.contrib.admin.utils import flatten
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext, override
from django.utils.translation.template import templatize
from django_q.models import Schedule

from tests.admin.door import a_superuser
from tests.architecture.test_contexts import PRODUCT

ROOT = Path(__file__).parent.parent.parent
WRITTEN = ROOT / "library" / "locale" / "ko" / "LC_MESSAGES" / "django.po"
OF_OTHERS = ROOT / "library" / "locale_of_parts" / "ko" / "LC_MESSAGES" / "django.po"
MARKS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
QUOTED = r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"gettext\(u?{QUOTED}(?:, *u?{QUOTED})?|_\({QUOTED}")
PLACES = re.compile(r"%\(\w+\)s")
PLACE_OF_DJANGO = re.compile(r"\{\w+\}|%\(\w+\)s")
BY_WHAT_FILLS = re.compile(r"(\}|\)s)[\"'”’]?(을|를|이|가|은|는|와|과|로|으로|이라|라)(?=[ .,]|$)")
PARTICLE = re.compile(r"(\}|\)[sr])[\"'”]?(개체”)? ?(을|를|이|가|은|는)[ /(]")
OF_GENERIC_VIEWS = re.compile(r"verbose_name(_plural)?\)s (found|(not )?available)|Invalid date string|\(path\)s” does")
NOUNS = "days|copies|books|loans|holds|records|requests|months|seconds|pictures|places|due dates|items|events"
COUNTED = re.compile(rf"%\(\w+\)s (open |expected )?({NOUNS})\b")
ALWAYS_SEVERAL = {
    "By title no more than %(most)s books are listed. Narrow the search to see the others.",
    "%(available)s of %(for_loan)s copies on the shelf",
    "%(copies)s copies",
    "%(days)s days late with %(copies)s books costs %(fee)s.",
    "%(found)s books answer; the best %(shown)s of them are listed.",
    "%(total)s books",
    "A closure has at most %(days)s days: behind more of them no open day is found for due dates.",
    "A list has %(most)s books at most.",
    "Are all %(copies)s copies back at the library?",
    "Ask for 1 to %(most)s days.",
    "At least %(total)s books",
    "At most %(most)s copies at once.",
    "None of %(for_loan)s copies available now",
    "The calendar has no open day within %(days)s days of %(day)s.",
}


def sentences() -> Iterator[str]:
    """Every text that the sources mark for translation."""
    for context in PRODUCT:
        for source in (ROOT / context).rglob("*.py"):
            yield from in_python(ast.parse(source.read_text()))
        for template in (ROOT / context).rglob("templates/**/*.html"):
            for found in IN_TEMPLATE.finditer(templatize(template.read_text())):
                yield from (ast.literal_eval(text) for text in found.groups() if text)


def in_python(module: ast.Module) -> Iterator[str]:
    """The texts in calls such as `_("...")`, without the context that `pgettext` takes first."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            is_plural, has_context = (node.func.id.startswith(how) for how in ("ngettext", "pgettext"))
            texts = node.args[:2] if is_plural else node.args[has_context:]
            yield from (part.value for part in texts if isinstance(part, ast.Constant) and type(part.value) is str)


def test_every_sentence_is_said_in_korean_and_none_is_left_over() -> None:
    said = set(sentences())
    entries = [entry for entry in polib.pofile(str(WRITTEN)) if entry.msgstr or all(entry.msgstr_plural.values())]
    written = {text for entry in entries for text in (entry.msgid, entry.msgid_plural) if text}
    assert len(said) > 250
    assert said - written == set()
    assert written - said == set()


def test_a_number_and_its_noun_agree() -> None:
    """What counts days, copies or other things is said for one of them too, but where there are always more."""
    entries = polib.pofile(str(WRITTEN))
    alone = {entry.msgid for entry in entries if COUNTED.search(entry.msgid) and not entry.msgid_plural}
    assert alone == ALWAYS_SEVERAL


def names_on(model: type[Model], page: "ModelAdmin[Any]") -> Iterator[str]:
    """What the staff side calls a model and what it shows of it, in the active language."""
    yield from (str(model._meta.app_config.verbose_name), str(model._meta.verbose_name))
    yield str(model._meta.verbose_name_plural)
    for name in {*page.list_display, *flatten(page.fields or ())}:
        with suppress(FieldDoesNotExist):
            field = model._meta.get_field(name)
            yield from filter(None, (str(field.verbose_name), str(field.help_text)))


def test_what_comes_from_other_packages_is_said_in_korean_too() -> None:
    with override("ko"):
        names = {name for model, page in site._registry.items() for name in names_on(model, page)}
    assert len(names) > 80
    assert {name for name in names if not re.search("[가-힣]", name)} <= {"id", "ISBN", "UUID"}
    with override("en"):
        labels = {str(model._meta.app_config.verbose_name) for model in site._registry}
    assert {"task queue", "sign-ins"} <= labels


@pytest.mark.django_db
def test_what_scripts_count_is_said_in_good_korean() -> None:
    script = a_superuser().get(reverse("admin:jsi18n"), headers={"Accept-Language": "ko"}).content.decode()
    said = json.loads(script.partition("newcatalog = ")[2].partition(";\n")[0])
    assert said["%(sel)s of %(cnt)s selected"] == ["%(cnt)s개 중 %(sel)s개 선택"]


@pytest.mark.django_db
def test_what_the_clock_does_is_said_in_korean_too() -> None:
    names = set(Schedule.objects.values_list("name", flat=True))
    assert len(names) > 10
    with override("ko"):
        assert {name for name in names if not re.search("[가-힣]", gettext(name))} == set()


def test_a_translation_keeps_the_places_to_fill_in() -> None:
    for entry in polib.pofile(str(WRITTEN)):
        said = entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr
        for text in filter(None, (entry.msgid, entry.msgid_plural)):
            assert set(PLACES.findall(text)) == set(PLACES.findall(said)), text


def test_a_korean_sentence_needs_no_choice_of_particles() -> None:
    """Whatever fills its places, a number or a name, nobody reads 을(를) or 이(가)."""
    said = [text for entry in polib.pofile(str(WRITTEN)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in said if re.search(r"을\(를\)|를\(을\)|이\(가\)|가\(이\)|은\(는\)|는\(은\)", text)] == []


def test_no_particle_of_a_korean_sentence_depends_on_what_fills_its_place() -> None:
    """500원 takes another than 500달러, and so do barcodes and names."""
    said = [text for entry in polib.pofile(str(WRITTEN)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in said if BY_WHAT_FILLS.search(text)] == []


def test_what_a_patron_has_to_spend_has_one_name_in_korean() -> None:
    said = {entry.msgid: entry.msgstr for entry in polib.pofile(str(WRITTEN)) if re.search(r"\bcredit\b", entry.msgid)}
    assert {sentence for sentence, korean in said.items() if "적립금" not in korean} == set()


def test_what_django_says_of_a_thing_has_no_particle_that_its_name_may_not_take() -> None:
    """Of a book “책” Django said “책”가, of others 을/를, of a code that is taken 코드은/는."""
    folders = (Path(part.__file__ or "").parent / "locale" for part in (admin, auth, conf))
    said_by = (polib.pofile(str(folder / "ko" / "LC_MESSAGES" / "django.po")) for folder in folders)
    django = [entry for file in said_by for entry in file if not OF_GENERIC_VIEWS.search(entry.msgid)]
    with override("ko"):
        said = {
            entry.msgid: ngettext(entry.msgid, entry.msgid_plural, 1) if entry.msgid_plural else gettext(entry.msgid)
            for entry in django
            if PLACE_OF_DJANGO.search(entry.msgid)
        }
    assert {sentence: korean for sentence, korean in said.items() if PARTICLE.search(korean)} == {}


def test_what_is_compiled_is_what_is_written() -> None:
    for file in (WRITTEN, OF_OTHERS, OF_OTHERS.with_name("djangojs.po")):
        compiled, written = polib.mofile(str(file.with_suffix(".mo"))), polib.pofile(str(file))
        in_both = [
            {(entry.msgctxt, entry.msgid, entry.msgid_plural): (entry.msgstr, entry.msgstr_plural) for entry in entries}
            for entries in (compiled, written)
        ]
        assert in_both[0] == in_both[1]


def test_the_file_names_no_machine_and_no_day() -> None:
    text = WRITTEN.read_text()
    assert not re.search(r"^#:|Date|/home|/root|/work", text, re.M)
