"""Reports of imports follow when somebody is to be known no more."""

import re
from collections.abc import Collection
from functools import partial

from django.db.models import Q

from kernel.importing.models import Doubt, Entry
from kernel.storage.databases import in_each_database


def forget_records(numbers: Collection[str], subject: int, kind: str) -> None:
    """Deletes, in every database that can be reached, what reports tell of records with one of these numbers, and of
    the thing `subject` in imports of that kind."""
    in_each_database(partial(_forget, frozenset(numbers), subject, kind))


def _forget(numbers: Collection[str], subject: int, kind: str, alias: str) -> None:
    held, whole = Q(), [re.compile(rf"(?<![\w-]){re.escape(number)}(?![\w-])", re.IGNORECASE) for number in numbers]
    for number in numbers:
        held |= Q(label__icontains=number) | Q(detail__icontains=number)
    entries = Entry.objects.using(alias)
    rows = entries.filter(held).values_list("pk", "label", "detail") if numbers else ()
    said = [pk for pk, *texts in rows if any(one.search(text) for one in whole for text in texts)]
    entries.filter(pk__in=said).delete()
    entries.filter(run__kind=kind, before__person=subject).delete()
    own = Q(run__kind=kind, subject=subject) | Q(key__in=[number.upper() for number in numbers])
    Doubt.objects.using(alias).filter(own).delete()
