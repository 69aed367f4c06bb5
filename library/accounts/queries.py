"""What is known of people."""

from django.db.models import Q, QuerySet

from library.accounts.models import User


def people(text: str = "") -> QuerySet[User]:
    """Everybody with a card; with a text, those whose card number, name or email holds it."""
    holds = Q(card_number__icontains=text) | Q(name__icontains=text) | Q(email__icontains=text)
    return User.objects.filter(holds) if text else User.objects.all()
