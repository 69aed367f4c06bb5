"""What the rules of a loan are asked about."""

from dataclasses import dataclass
from datetime import date

from lending.policies.eligibility import Eligibility
from lending.policy_fields import Rules


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a patron asks for and what there is of it: copies of one type, or with a barcode the very copy.

    `rules` are those of today, `kept` those of the loan's day. `available` is how many there are, None where enough are
    taken already; `held` is whether the scanned copy, or everything else that is there, is held for others; `back_on`
    is when this patron brought the copy back last; `items` is how many accompanying items go along; `loan` is the one
    that has the copy.
    """

    patron: Eligibility
    rules: Rules
    kept: Rules
    quantity: int
    day: date
    copy_type: str = ""
    barcode: str = ""
    copy_for_loan: bool = True
    back_on: date | None = None
    available: int | None = None
    held: bool = False
    items: int = 0
    loan: int | None = None

    @property
    def counted_items(self) -> int:
        """The items that count as copies for the limits."""
        return self.items if self.rules.items.count else 0

    @property
    def counts(self) -> int:
        """How many copies the loan would be, for the limits."""
        return self.quantity + self.counted_items
