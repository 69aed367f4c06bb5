"""Columns and rows that say a value in words."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import BooleanField
from django.http import HttpRequest, HttpResponse
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.money import money
from kernel.outgoing.failures import in_words

Words = str | Promise


def money_column(name: str, label: Any) -> Any:
    """An amount as everywhere on the staff side; nothing where there is none."""

    @admin.display(description=label, ordering=name)
    def shown(thing: Any) -> str:
        amount = getattr(thing, name)
        return "" if amount is None else money(amount)

    return shown


def worded_column(name: str, label: Any, *, yes: Words, no: Words = "") -> Any:
    """What is so or not so in words, where a tick and a cross would say good and bad."""

    @admin.display(description=label, ordering=name, empty_value="")
    def shown(thing: Any) -> str:
        return str(yes if getattr(thing, name) else no)

    return shown


def yes_or_no(name: str, label: Any) -> Any:
    """The same on the page of a thing, where nothing written would be no answer."""
    shown = worded_column(name, label, yes=_("yes"), no=_("no"))
    shown.__name__ = name  # by which Django finds the field's help
    return shown


class Worded(admin.ModelAdmin):
    """For the pages of things: what is so or not so and can't be changed there is said in words, where Django has a
    tick or a cross that a reader of screens calls True or False."""

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Puts the words there."""
        page = context["adminform"]
        asked = {field.name: field for field in self.opts.fields if isinstance(field, BooleanField)}
        words = {name: yes_or_no(name, asked[name].verbose_name) for name in page.readonly_fields if name in asked}
        page.readonly_fields = [words.get(name, name) for name in page.readonly_fields]
        page.fieldsets = [
            (title, {**options, "fields": [words.get(name, name) for name in options["fields"]]})
            for title, options in page.fieldsets
        ]
        return super().render_change_form(request, context, *args, **kwargs)


def failure_column(name: str, label: Any) -> Any:
    """Why a message did not arrive, in words."""

    @admin.display(description=label, empty_value="-")
    def shown(thing: Any) -> str:
        return in_words(getattr(thing, name))

    return shown


class ListWithPatrons(ChangeList):
    """A list of what belongs to people who are known by their ids: the names of a page are looked up together."""

    def get_results(self, request: HttpRequest) -> None:
        """The rows of the page, with who each belongs to."""
        super().get_results(request)
        people = get_user_model()._default_manager.in_bulk({row.patron_id for row in self.result_list} - {None})
        for row in self.result_list:
            row.whose = people.get(row.patron_id)


class Called(admin.ModelAdmin):
    """For the pages of things whose own name would be a number: each is called by what it is about."""

    def called(self, thing: Any) -> str:
        """What the thing's page has above it."""
        return str(thing)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Puts it there, and on the way to the page."""
        if thing := context.get("original"):
            context["subtitle"] = self.called(thing)
        return super().render_change_form(request, context, *args, **kwargs)


class OfPeople(Called):
    """For the page of things that belong to people: its list looks the names up together."""

    def called(self, thing: Any) -> str:
        """Whose it is, and the title where there is one."""
        return " · ".join(filter(None, (patron_column(thing), getattr(thing, "title", ""))))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list that does."""
        return ListWithPatrons


@admin.display(description=_("patron"), ordering="patron_id")
def patron_column(thing: Any) -> str:
    """Whose it is, with the number of the card; of who is gone the id. `ListWithPatrons` looks them up for a list."""
    if "whose" not in vars(thing):
        thing.whose = get_user_model()._default_manager.filter(pk=thing.patron_id).first()
    return str(thing.whose or thing.patron_id or "")


@admin.display(description=_("valid from"), ordering="valid_from")
def begins(rule: Any) -> Any:
    """The first day of a dated rule, for a list of them and its files."""
    return _("from the beginning") if rule.valid_from == date.min else rule.valid_from


@admin.display(description=_("valid from"))
def begins_in_words(rule: Any) -> str:
    """The same for the page of one, where Django writes a day as programs do."""
    return str(localize(begins(rule)))


def words_column(name: str, label: Any, words: Mapping[Any, Words]) -> Any:
    """One of a few values, in words; one without words as it is."""

    @admin.display(description=label, ordering=name)
    def shown(thing: Any) -> str:
        value = getattr(thing, name)
        return str(words.get(value, value))

    return shown
