"""What a policy says, field by field: the values that hold where no policy says anything, and what each may be."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import Any, Literal, cast

from kernel.values.currencies import MOST_MONEY

MOST_DAYS, MOST_COPIES = 3_650, 10_000


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a field may be: a whole number from `least` to `most`, one of `choices`, or yes and no where it has neither;
    None too where it is `nullable`."""

    least: int = 0
    most: int | None = None
    choices: tuple[bool | str, ...] = ()
    nullable: bool = False


def _number(default: int | None, most: int = MOST_DAYS, *, least: int = 0, nullable: bool = False) -> Any:
    return field(default=default, metadata={"kind": Kind(least=least, most=most, nullable=nullable)})


def _or_none(default: int | None = None, most: int = MOST_DAYS, *, least: int = 0) -> Any:
    return _number(default, most, least=least, nullable=True)


def _one_of(*choices: bool | str, default: bool | str | None = None) -> Any:
    return field(default=choices[0] if default is None else default, metadata={"kind": Kind(choices=choices)})


def _yes_or_no(default: bool) -> Any:
    return field(default=default, metadata={"kind": Kind()})


@dataclass(frozen=True, kw_only=True)
class LoanRules:
    """How long and how much is lent."""

    days: int = _number(14)
    first_day: Literal["next", "same"] = _one_of("next", "same")
    max_copies: int | None = _or_none(10, MOST_COPIES)
    max_of_type: int | None = _or_none(None, MOST_COPIES)
    again_after_days: int | None = _or_none(0)
    again_family: bool = _yes_or_no(False)
    for_loan: bool = _yes_or_no(True)
    self_return: bool | Literal["drop_box"] = _one_of(True, False, "drop_box")


@dataclass(frozen=True, kw_only=True)
class RenewalRules:
    """When and for how long a loan is renewed."""

    max: int | None = _or_none(1, 1_000)
    days: int | None = _or_none(least=1)
    from_: Literal["due_date", "today"] = _one_of("due_date", "today")
    earliest_days_before_due: int | None = _or_none()
    on_loan_day: bool = _yes_or_no(True)
    while_other_overdue: bool = _yes_or_no(True)
    if_held: bool = _yes_or_no(False)


@dataclass(frozen=True, kw_only=True)
class HoldRules:
    """Who may place a hold, and how long it waits on the hold shelf."""

    max: int | None = _or_none(5, MOST_COPIES)
    per_copy: int | None = _or_none(None, MOST_COPIES)
    per_book: int | None = _or_none(None, MOST_COPIES)
    on_shelf: bool = _yes_or_no(False)
    pickup_days: int = _number(3)
    pickup_first_day: Literal["next", "same"] = _one_of("next", "same")
    pickup_counts: Literal["open_days", "calendar"] = _one_of("calendar", "open_days", default="open_days")
    no_shows: int | None = _or_none(None, 1_000, least=1)
    no_shows_within_days: int | None = _or_none(least=1)
    pause_days: int | None = _or_none(least=1)


@dataclass(frozen=True, kw_only=True)
class LateRules:
    """What a late return leads to, and how its days are counted."""

    as_: Literal["fine", "suspension", "both", "nothing"] = _one_of("fine", "suspension", "both", "nothing")
    counts: Literal["calendar", "open_days"] = _one_of("calendar", "open_days")
    grace_days: int = _number(0)
    suspension: Literal["longest", "sum"] = _one_of("longest", "sum")
    suspension_factor: int = _number(1, 1_000)
    suspension_extra_days: int = _number(0, least=-MOST_DAYS)
    suspension_first_day: Literal["return", "next"] = _one_of("return", "next")
    suspension_skips_closed: bool = _yes_or_no(False)
    suspension_max_days: int | None = _or_none()
    lost_after_days: int | None = _or_none(least=1)


@dataclass(frozen=True, kw_only=True)
class BlockRules:
    """What bars a patron from everything."""

    debt_from: int | None = _or_none(10_000, MOST_MONEY, least=1)
    while_overdue: bool = _yes_or_no(False)
    overdue_copies: int | None = _or_none(None, MOST_COPIES, least=1)
    overdue_days: int | None = _or_none(least=1)


@dataclass(frozen=True, kw_only=True)
class ItemRules:
    """What becomes of accompanying items."""

    lend: bool = _yes_or_no(True)
    must_return: bool = _yes_or_no(True)
    count: bool = _yes_or_no(False)
    late: bool = _yes_or_no(False)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """A whole policy. Made of nothing, it has the values that hold without any."""

    loan: LoanRules = field(default_factory=LoanRules)
    renewal: RenewalRules = field(default_factory=RenewalRules)
    hold: HoldRules = field(default_factory=HoldRules)
    late: LateRules = field(default_factory=LateRules)
    block: BlockRules = field(default_factory=BlockRules)
    items: ItemRules = field(default_factory=ItemRules)

    @classmethod
    def of(cls, *layers: Mapping[str, Any]) -> "Rules":
        """Each field from the first of these mappings of dotted names that has it, else the value without any."""
        values = {name: layer[name] for layer in reversed(layers) for name in layer}
        sections = {}
        for section, members in SECTIONS.items():
            own = {attribute: f"{section}.{name}" for name, attribute in members.items()}
            given = {attribute: values[dotted] for attribute, dotted in own.items() if dotted in values}
            sections[section] = SECTION_TYPES[section](**given)
        return cls(**sections)

    def nested(self) -> dict[str, dict[str, Any]]:
        """The fields by section, under the names that the API has for them."""
        return {
            section: {name.rstrip("_"): value for name, value in asdict(getattr(self, section)).items()}
            for section in SECTIONS
        }


SECTION_TYPES: Mapping[str, Any] = {
    "loan": LoanRules,
    "renewal": RenewalRules,
    "hold": HoldRules,
    "late": LateRules,
    "block": BlockRules,
    "items": ItemRules,
}
SECTIONS: Mapping[str, Mapping[str, str]] = {
    section: {one.name.rstrip("_"): one.name for one in fields(kind)} for section, kind in SECTION_TYPES.items()
}
"""The names of each section's fields, with the attribute of each: `from` and `as` are words of Python."""
NAMES = tuple(f"{section}.{name}" for section, names in SECTIONS.items() for name in names)
"""The dotted names of all fields, in their order."""


@cache
def kind_of(name: str) -> Kind:
    """What the field of a dotted name may be."""
    section, _, own = name.partition(".")
    found = next(one for one in fields(SECTION_TYPES[section]) if one.name.rstrip("_") == own)
    return cast(Kind, found.metadata["kind"])


def flattened(nested: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Fields by section as a mapping of dotted names."""
    return {f"{section}.{name}": value for section, members in nested.items() for name, value in members.items()}
