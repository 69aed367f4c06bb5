"""It has no addresses."""

from typing import Any

urlpatterns: list[Any] = []
