"""What is known of people."""

from django.db.models import Q, QuerySet

from accounts.models import User
from kernel.values.scans import searched


def people(text: str = "") -> QuerySet[User]:
    """Everybody with a card, and no program; with a text, those whose number, name or email holds it."""
    holds = Q(card_number__icontains=searched(text)) | Q(name__icontains=text) | Q(email__icontains=text)
    everybody = User.objects.filter(is_program=False)
    return everybody.filter(holds) if text else everybody
