"""What an operator does happens in the town of the stories too."""

from tests.factories import town
from tests.operations.archives import archive, elsewhere

__all__ = ["archive", "elsewhere", "town"]
