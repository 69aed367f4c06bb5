"""What bars a patron now."""

from datetime import date

from django.db.models import QuerySet

from lending.in_force import blocks_on
from lending.models import Block


def blocks_in_force(patron_id: int, today: date) -> QuerySet[Block]:
    """What bars a patron on a day, blocks and a suspension, the newest first."""
    return Block.objects.filter(blocks_on(today), patron=patron_id).order_by("-pk")
