"""The rules in force, as each process remembers them."""

import logging
import time

from django.db import DatabaseError

from kernel.labels.models import NumberRule
from kernel.storage.databases import is_out_of_reach
from kernel.values.scans import Rule

logger = logging.getLogger(__name__)
REMEMBERED = 10.0
"""Seconds after which another process has heard of a change."""
_known: dict[str, tuple[float, tuple[Rule, ...]]] = {}


def rules_of(kind: str) -> tuple[Rule, ...]:
    """The rules of a kind, in their order. While the database is away, those that were known last."""
    until, rules = _known.get(kind, (0.0, ()))
    if time.monotonic() < until:
        return rules
    try:
        found = NumberRule.objects.filter(kind=kind).order_by("position", "pk")
        rules = tuple(row.rule() for row in found)
    except DatabaseError as error:
        if not is_out_of_reach(error):
            raise
        logger.warning("the rules for older numbers can't be read, so the last ones known hold")
    _known[kind] = (time.monotonic() + REMEMBERED, rules)
    return rules


def forget_rules() -> None:
    """Reads them anew at the next look: somebody has changed them."""
    _known.clear()
