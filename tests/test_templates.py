"""Constant parts of templates are rendered when they are loaded, and pages look as if they were not."""

import pytest
from django.template import Context, Engine, TemplateDoesNotExist
from django.template.base import TextNode
from django.urls import NoReverseMatch, clear_script_prefix, reverse, set_script_prefix
from django.utils.translation import override

from kernel.templates import AddressOfThing, Found, Loader

PARTS = {
    "frame": '{% load i18n %}<a href="{% url "opac:visit" %}">{% translate "Search" %}</a>'
    "{% block middle %}-{% endblock %}",
    "page": '{% extends "frame" %}{% load i18n %}{% block middle %}{% comment %}x{% endcomment %}'
    '{% if deep %}{% translate "Search" %}{% for one in deep %}{% translate "Sign in" %}{{ one }}{% endfor %}'
    "{% endif %}{% endblock %}",
    "whole": '{% include "middle" with at="1" %}{% include "middle" with at="2" only %}{% include which %}',
    "middle": "{{ at }}{{ deep }}",
    "perhaps": '{% if deep %}{% include "missing" %}{% endif %}.',
    "round": '{{ deep|length }}{% if deep %}{% with deep|slice:"1:" as deep %}{% include "round" %}{% endwith %}'
    "{% endif %}",
    "there": '{% if deep %}{% with deep="" %}{% include "back" %}{% endwith %}{% endif %}there',
    "back": '{% include "there" %}back',
    "elsewhere": '{% load i18n %}{% if deep %}{% url "nowhere" %}{% endif %}.',
    "languages": '{% load i18n %}{% language "ko" %}{% translate "Search" %}{% endlanguage %}{% translate "Search" %}',
    "changing": '{% load i18n %}{% translate word %} {% url "opac:book" 7 %}{% translate "Search" as at %} {{ at }}',
    "numbered": '{% url "opac:book" at %}',
    "escaped": '{% load i18n %}{% translate "a < b" %}{% url "opac:visit" as at %}{{ at }}{{ deep }}',
}


@pytest.fixture
def engine() -> Engine:
    """These templates, loaded as the site's are."""
    libraries = {"i18n": "django.templatetags.i18n"}
    within = [("django.template.loaders.locmem.Loader", PARTS)]
    return Engine(loaders=[(f"{Loader.__module__}.Loader", within)], libraries=libraries)


def made(engine: Engine, name: str, **context: object) -> str:
    """The template as it is in the active language."""
    return engine.get_template(name).render(Context(context))


def test_each_language_has_its_own_sentences_however_they_take_turns(engine: Engine) -> None:
    for _again in range(2):
        with override("ko"):
            assert made(engine, "page", deep="ab") == '<a href="/visit">검색</a>검색로그인a로그인b'
        with override("en"):
            assert made(engine, "page", deep="a") == '<a href="/visit">Search</a>SearchSign ina'
            assert made(engine, "page") == '<a href="/visit">Search</a>'


def test_addresses_begin_with_what_the_site_is_served_under(engine: Engine) -> None:
    try:
        for prefix in ("/", "/library/", "/"):
            set_script_prefix(prefix)
            with override("en"):
                assert made(engine, "frame") == f'<a href="{prefix}visit">Search</a>-'
    finally:
        clear_script_prefix()


def test_constant_parts_are_text_then(engine: Engine) -> None:
    first, _block = engine.get_template("frame").nodelist
    assert isinstance(first, TextNode)


def test_included_templates_are_found_once(engine: Engine) -> None:
    assert made(engine, "whole", deep="x", which="middle") == "1x2x"
    first, second, by_name = engine.get_template("whole").nodelist
    assert isinstance(first.template, Found)
    assert isinstance(second.template, Found)
    assert not isinstance(by_name.template, Found)
    assert isinstance(engine.get_template("page").nodelist[0].parent_name, Found)


def test_templates_that_name_each_other_and_none_go_on_as_ever(engine: Engine) -> None:
    for _again in range(2):
        assert made(engine, "round", deep="ab") == "210"
        assert made(engine, "there", deep="x") == "therebackthere"
        assert made(engine, "back") == "thereback"
        assert made(engine, "perhaps") == "."
        with pytest.raises(TemplateDoesNotExist):
            made(engine, "perhaps", deep="x")


def test_what_depends_on_the_context_is_rendered_each_time(engine: Engine) -> None:
    with override("ko"):
        assert made(engine, "changing", word="Sign in") == "로그인 /books/7 검색"
        assert made(engine, "changing", word="Search") == "검색 /books/7 검색"
        assert made(engine, "escaped", deep="<i>") == "a < b/visit&lt;i&gt;"


def test_addresses_of_things_are_looked_up_once_and_those_of_nothing_missed_as_ever(engine: Engine) -> None:
    assert isinstance(engine.get_template("numbered").nodelist[0], AddressOfThing)
    for at in (1, 1234567, 10**17, "12"):
        assert made(engine, "numbered", at=at) == reverse("opac:book", args=[at])
    for at in (0, -1, 10**18, "x", None, True):
        with pytest.raises(NoReverseMatch):
            made(engine, "numbered", at=at)


def test_a_part_in_another_language_stays_in_it(engine: Engine) -> None:
    with override("en"):
        assert made(engine, "languages") == "검색Search"


def test_an_address_that_is_not_installed_is_missed_only_where_it_is_asked_for(engine: Engine) -> None:
    assert made(engine, "elsewhere") == "."
    with pytest.raises(NoReverseMatch):
        made(engine, "elsewhere", deep="x")
