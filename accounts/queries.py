"""What is known of people."""

from django.db.models import Q, QuerySet

from accounts.models import User


def people(text: str = "") -> QuerySet[User]:
    """Everybody with a card, programs that listen aside; with a text, those whose number, name or email holds it."""
    holds = Q(card_number__icontains=text) | Q(name__icontains=text) | Q(email__icontains=text)
    everybody = User.objects.filter(user_permissions=None)
    return everybody.filter(holds) if text else everybody
