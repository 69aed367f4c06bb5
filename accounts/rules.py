"""What is asked of a patron's details."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from kernel.days.ages import AGE_OF_CONSENT, birth_date_for

OLDEST = 120
KINDS_OF_NOTICES = (
    "hold_ready", "hold_expired", "hold_cancelled", "loan_cancelled", "overdue", "due_soon", "fine", "suspension",
    "receipt", "expiring",
)  # fmt: skip
"""What people may not want to be sent, in the words of `notices.kinds`, whoever sends it."""


def needs_consent(born_on: date | None, today: date) -> bool:
    """Whether a guardian has to agree."""
    return born_on is not None and born_on > birth_date_for(AGE_OF_CONSENT, today)


def lacks_consent(born_on: date | None, guardian: str, consent_until: date | None, today: date) -> bool:
    """Whether a guardian has to agree and no consent holds on that day."""
    holds = guardian and consent_until and consent_until >= today
    return needs_consent(born_on, today) and not holds


def faults_of(today: date, born_on: date | None, guardian: str, consent_until: date | None) -> dict[str, str]:
    """What is wrong with these details of a person, by field, and what cures it."""
    if born_on is None:
        return {}
    if not birth_date_for(OLDEST, today) <= born_on <= today:
        return {"born_on": _("Nobody with a card was born on that day: look at the year.")}
    if not needs_consent(born_on, today):
        return {}
    faults = {}
    if not guardian:
        faults["guardian"] = _("Under 14, a parent or guardian has to agree: write who does.")
    if consent_until is None:
        faults["consent_until"] = _("Under 14, a guardian's consent is needed: write the last day for which it holds.")
    elif consent_until < today:
        sentence = _("The guardian's consent ended on %(day)s: ask for it again, and write its new last day.")
        faults["consent_until"] = sentence % {"day": date_format(consent_until)}
    return faults
