"""A sitting: what one person did at one desk, from opening the page until somebody else sits down."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connections, router
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.queries import people
from desk.models import Act
from desk.scanning.acts import Scan
from kernel.storage.bulk import insert_row
from kernel.storage.instances import columns_of, first_instance

SHOWN = 50
KEPT_FOR = timedelta(days=1)
SAME_SCAN = timedelta(seconds=5)
"""A copy that is read again within so long was read twice by mistake."""
IN_SESSION = "desk_sitting"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An act in the list, with the name of the patron whom it concerns, and the name and card of the one for whom the
    copy is held."""

    act: Act
    name: str = ""
    held_for: str = ""


def sitting_of(request: HttpRequest, now: datetime) -> uuid.UUID:
    """The sitting of the session, a new one at first. With a new one goes what older ones noted."""
    if kept := request.session.get(IN_SESSION):
        return uuid.UUID(kept)
    Act.objects.filter(at__lt=now - KEPT_FOR).delete()
    sitting = uuid.uuid4()
    request.session[IN_SESSION] = str(sitting)
    return sitting


def acts_of(sitting: uuid.UUID, **which: Any) -> list[Act]:
    """The newest acts of a sitting, the last first."""
    return list(Act.objects.filter(sitting=sitting, **which).order_by("-pk")[:SHOWN])


def note(sitting: uuid.UUID, act: Act) -> Act:
    """Keeps the act for the list; one that was kept before is given back as it is, unless that was a refusal whose
    answer was lost."""
    if act.pk:
        return act
    act.sitting = sitting
    if insert_row(act, router.db_for_write(Act), or_nothing=True):
        return act
    kept = Act.objects.get(by=act.by, key=act.key)
    if kept.kind != Act.Kind.REFUSED:
        return kept
    act.pk = kept.pk
    act.save(force_update=True)
    return act


def repeats(sitting: uuid.UUID, scan: Scan) -> Act | None:
    """Says what the first scan of that number did, where this one came within five seconds of it: by the browser's
    clock where it says so, since a scan may wait on its way, too."""
    first = _first_scan(sitting, scan)
    if first is None or first.voided_at:
        return None
    said = _("Read twice; nothing was done again. First: %(said)s") % {"said": first.said}
    return scan.act(kind=Act.Kind.REPEATED, said=said, title=first.title, patron=first.patron)


# SQL, because each copy that is scanned asks it.
_FIRST_SCAN = f"""
SELECT {columns_of(Act, "act")} FROM desk_act act
WHERE act.sitting = %s AND act.typed = %s AND act.key <> %s AND act.kind NOT IN ('refused', 'repeated') AND {{when}}
ORDER BY act.id DESC LIMIT 1
"""  # noqa: S608  names of columns


def _first_scan(sitting: uuid.UUID, scan: Scan) -> Act | None:
    """What a scan of the same number did, the one that this one repeats or the last one in those seconds."""
    if scan.again_of == "":
        return None
    what = [sitting.hex, scan.typed, scan.key]
    if scan.again_of is not None:
        return first_instance(Act, _FIRST_SCAN.format(when="act.key = %s"), [*what, scan.again_of])
    adapt = connections[router.db_for_read(Act)].ops.adapt_datetimefield_value
    seconds = [adapt(scan.scanned_at - SAME_SCAN), adapt(scan.scanned_at + SAME_SCAN)]
    return first_instance(Act, _FIRST_SCAN.format(when="act.at BETWEEN %s AND %s"), [*what, *seconds])


def with_names(acts: Sequence[Act], on_screen: User | None = None) -> Iterable[Shown]:
    """The acts as they are shown."""
    found = {on_screen.pk: on_screen} if on_screen else {}
    named = {person for act in acts for person in (act.patron, act.held_for) if person}
    if unknown := named - found.keys():
        found |= people().in_bulk(unknown)
    return [_shown(act, found.get(act.patron or 0), found.get(act.held_for or 0)) for act in acts]


def _shown(act: Act, patron: User | None, holder: User | None) -> Shown:
    held_for = f"{holder.name} · {holder.card_number}" if holder else ""
    return Shown(act=act, name=patron.name if patron else "", held_for=held_for)
