"""The rules of a policy as a library publishes them: a sentence each, in the reader's language."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.policies.loan_rules import is_for_loan
from lending.policies.sentences import holds, items, late_returns, limits, renewals
from lending.policy_fields import Rules


def rules_in_words(rules: Rules) -> Iterator[str]:
    """How long and how much is lent, renewals, holds, and what a late return leads to."""
    if not is_for_loan(rules):
        yield _("Not for loan.")
        return
    yield ngettext("Lent for %(days)s day.", "Lent for %(days)s days.", rules.loan.days) % {"days": rules.loan.days}
    for sentences in (limits(rules), renewals(rules), holds(rules), items(rules), late_returns(rules)):
        yield from sentences
