"""How often a delivery is attempted, and how long the pauses are: each one doubles, with jitter."""

import random
from datetime import timedelta

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=2)
JITTER = (0.5, 1.5)
MAX_PAUSE = JITTER[1] * FIRST_PAUSE * 2 ** (MAX_ATTEMPTS - 1)
"""No pause is longer. A delivery that seems to wait longer was postponed before the clock was set back, and is due."""


def pause_after(attempts: int) -> timedelta:
    """The pause after so many failed attempts."""
    return FIRST_PAUSE * 2 ** (attempts - 1) * random.uniform(*JITTER)  # noqa: S311  jitter, not a secret
