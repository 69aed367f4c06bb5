"""What `manage.py doctor` looks at, in the order in which it does.

An examination yields what it finds as Django's own check messages: an `Error` is wrong and needs somebody, a `Warning`
is worth knowing, and each hint is the cure. An examination changes nothing.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.core.checks import CheckMessage

from library.operations.doctor import installation, log, mails, surroundings, webhooks, work

Examination = Callable[[datetime], Iterator[CheckMessage]]

WITHOUT_DATABASE: dict[str, Examination] = {
    "settings": installation.settings_are_sound,
    "disk": surroundings.there_is_room,
    "databases": installation.databases_are_ready,
}
WITH_DATABASE: dict[str, Examination] = {
    "holidays": installation.holidays_are_known,
    "people": installation.people_are_safe,
    "clock": surroundings.clocks_agree,
    "broker": work.broker_answers,
    "worker": work.somebody_works,
    "deliveries": work.deliveries_arrive,
    "log": log.old_months_are_closed,
    "waiting": work.nobody_is_forgotten,
    "webhooks": work.webhooks_are_heard,
    "search": work.books_are_found,
    "sender": webhooks.somebody_sends,
    "mails": mails.mails_are_sent,
}
THOROUGH: dict[str, Examination] = {"drift": work.pages_are_right}
"""These read everything there is, which takes minutes in a big library."""
