"""Patrons as a kind of import: what the engine of `kernel.importing` needs of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.importing import files
from accounts.importing.deciding import decide, sides
from accounts.importing.headings import LABELS
from accounts.importing.known import KIND
from accounts.importing.reasons import Reason
from accounts.importing.taking import take
from accounts.importing.undoing import undo
from accounts.mail.outbox import mail_is_configured
from kernel.importing.kinds import EncodingOptions, Kind
from kernel.importing.models import Doubt


class PatronOptions(EncodingOptions):
    """What may be chosen for a file of patrons."""

    new_categories = forms.BooleanField(
        label=_("make categories that are missing"), required=False, help_text=_("Else see the table of categories.")
    )
    invite = forms.BooleanField(
        label=_("mail a link to new patrons"), required=False, help_text=_("With it they choose a password, once.")
    )
    overwrite = forms.BooleanField(
        label=_("the file is right"), required=False, help_text=_("It replaces what was corrected here.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not mail_is_configured():
            self.fields["invite"].help_text = _("No mails are sent: the library has no mail server.")


PATRONS = Kind(
    name=KIND,
    context="accounts",
    reasons=Reason,
    read=files.read,
    expected=files.expected,
    preview=files.preview,
    take=take,
    decide=decide,
    undo=undo,
    sides=sides,
    options_form=PatronOptions,
    fields=list(LABELS.items()),
    labels=LABELS,
    decisions={
        Doubt.Decision.SAME: _("The same person"),
        Doubt.Decision.OTHER: _("Another person"),
        Doubt.Decision.ASIDE: _("Set aside"),
    },
    harmless=frozenset({Reason.SET_ASIDE.value, Reason.CARD_REPLACED.value}),
)
