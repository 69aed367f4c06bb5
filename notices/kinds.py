"""The kinds of notices, in the order in which they stand in one mail."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    """What a notice is about."""

    HOLD_READY = "hold_ready", _("hold ready")
    HOLD_EXPIRED = "hold_expired", _("hold expired")
    HOLD_CANCELLED = "hold_cancelled", _("hold cancelled")
    LOAN_CANCELLED = "loan_cancelled", _("loan cancelled")
    OVERDUE = "overdue", _("overdue")
    DUE_SOON = "due_soon", _("due soon")
    FINE = "fine", _("fine")
    SUSPENSION = "suspension", _("suspension")
    RECEIPT = "receipt", _("receipt")
    EXPIRING = "expiring", _("card or consent expiring")


IN_DIGEST = frozenset({Kind.OVERDUE, Kind.DUE_SOON, Kind.EXPIRING})
"""What can wait for the day's digest. The others go out at once, those of one sitting as one."""
ALWAYS = frozenset({Kind.OVERDUE})
"""What nobody can unsubscribe from."""
BY_POST = frozenset({Kind.OVERDUE})
"""What becomes a letter where a patron has neither an email address nor a telephone for messages."""
