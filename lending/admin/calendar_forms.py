"""What is typed in for the calendar, in the words that a library prints on its door."""

from collections.abc import Iterator
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from kernel.days import rules
from kernel.days.calendar import Day
from kernel.days.holidays import countries
from kernel.staff.forms import PreviewedForm
from lending.calendar.closed_days import fault_in_closed_days
from lending.calendar.queries import special_days, unknown_holidays, why_of
from lending.models import CalendarRule, Closure, Opening

EACH = "0"
WEEKS = [(EACH, _("each week")), ("1", _("1st")), ("2", _("2nd")), ("3", _("3rd")), ("4", _("4th")), ("5", _("5th"))]
WEEKDAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))

COUNTED = {None: _("as the policies say"), True: _("for everybody"), False: _("for nobody")}
"""For whom days late are counted while the library is closed."""


class CalendarForm(PreviewedForm):
    """A form that can show the next weeks before anything is saved."""

    def shown(self) -> Iterator[str]:
        """The days of the next weeks that would not be open as usual."""
        return in_words(special_days(timezone.localdate(), self.adding()))

    def adding(self) -> rules.Rule | rules.Closure | rules.Opening:
        """What is typed in, as the arithmetic of days takes it."""
        raise NotImplementedError


def weekday_field(number: int) -> forms.MultipleChoiceField:
    """The weeks in which a weekday is closed."""
    return forms.MultipleChoiceField(
        label=WEEKDAYS[number - 1], choices=WEEKS, required=False, widget=forms.CheckboxSelectMultiple
    )


class RuleForm(CalendarForm):
    """The regular closed days: for each weekday the weeks in which it is closed."""

    monday, tuesday, wednesday, thursday, friday, saturday, sunday = map(weekday_field, range(1, 8))
    open_on = forms.CharField(
        label=_("but open on"),
        required=False,
        help_text=_("Names of public holidays with commas between, such as 삼일절; each with its substitute."),
    )

    class Meta:
        model = CalendarRule
        fields: ClassVar[Any] = ("valid_from", "if_holiday", "holidays", "open_on_all")

    def clean_holidays(self) -> str:
        """A country whose holidays are known. Raises `ValidationError`."""
        code: str = self.cleaned_data["holidays"].strip().upper()
        if code and code not in countries():
            raise forms.ValidationError(_("The public holidays of this country are not known."))
        return code

    def clean(self) -> dict[str, Any]:
        """The fields in the words of the service. Raises `ValidationError`."""
        names = [name.strip() for name in self.cleaned_data.get("open_on", "").split(",") if name.strip()]
        if "holidays" in self.cleaned_data and (unknown := unknown_holidays(self.cleaned_data["holidays"], names)):
            sentence = _("There is no public holiday of this name: %(names)s.") % {"names": ", ".join(unknown)}
            self.add_error("open_on", sentence)
        return super().clean()

    def facts(self) -> dict[str, Any]:
        """The rule, in the words of the service."""
        typed = self.cleaned_data
        days = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        weeks = {number: typed[day] for number, day in enumerate(days, start=1) if typed[day]}
        return {
            "valid_from": typed["valid_from"],
            "closed": {day: () if EACH in some else tuple(map(int, some)) for day, some in weeks.items()},
            "if_holiday": typed["if_holiday"],
            "holidays": typed["holidays"],
            "open_on": [name.strip() for name in typed["open_on"].split(",") if name.strip()],
            "open_on_all": typed["open_on_all"],
        }

    def adding(self) -> rules.Rule:
        """The rule that is typed in."""
        facts = self.facts()
        closed = tuple(rules.Weekday(day, weeks) for day, weeks in facts["closed"].items())
        return rules.Rule(**{**facts, "closed": closed, "open_on": tuple(facts["open_on"])})


class ClosureForm(CalendarForm):
    """Closed days beside the regular ones."""

    class Meta:
        model = Closure
        fields = ("first", "last", "reason", "late_days_count")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if counted := self.fields.get("late_days_count"):
            counted.help_text = _("On these days.")
            counted.widget.choices = [*zip(("unknown", "true", "false"), COUNTED.values(), strict=True)]

    def clean(self) -> dict[str, Any]:
        """The fields, with days that a closure may have. Raises `ValidationError`."""
        first, last = (self.cleaned_data.get(name) for name in ("first", "last"))
        if first and last and (fault := fault_in_closed_days(first, last)):
            self.add_error("last", fault)
        return super().clean()

    def adding(self) -> rules.Closure:
        """The closure that is typed in."""
        return rules.Closure(**self.cleaned_data)


class OpeningForm(CalendarForm):
    """A day that is open all the same."""

    class Meta:
        model = Opening
        fields = ("day", "reason")

    def adding(self) -> rules.Opening:
        """The opening that is typed in."""
        return rules.Opening(**self.cleaned_data)


def in_words(days: list[Day]) -> Iterator[str]:
    """Each day with why it is open or closed."""
    for day in days:
        yield f"{_written(day.on)} · {why_of(day)}"


def _written(day: date) -> str:
    return f"{date_format(day, 'DATE_FORMAT')} ({date_format(day, 'D')})"
