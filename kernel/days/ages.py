"""From which birth date on somebody is how old, and until when a guardian has to agree."""

from datetime import date

AGE_OF_CONSENT = 14
"""Under this age a guardian has to agree that data are kept (Personal Information Protection Act of Korea, 22-2)."""


def birth_date_for(age: int, today: date) -> date:
    """The last birth date of those who are of that age by today, in full years. Who was born on 29 February is a year
    older on 1 March of other years."""
    day = today.replace(day=28) if (today.month, today.day) == (2, 29) else today
    return day.replace(year=day.year - age)
