"""What bars a patron now."""

from datetime import date

from django.db.models import Q, QuerySet

from lending.models import Block


def blocks_in_force(patron_id: int, today: date) -> QuerySet[Block]:
    """What bars a patron on a day, blocks and a suspension, the newest first."""
    own = Block.objects.filter(patron=patron_id, lifted_at=None)
    return own.filter(Q(until=None) | Q(until__gte=today)).order_by("-pk")
