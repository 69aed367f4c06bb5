"""The staff side of patrons' pages says states and kinds in the words of whoever has them, though no context reads
another's list."""

import pytest
from django.utils.translation import override

from dashboard.admin import KIND, STATUS
from dashboard.models import FineRow
from fines.models import Fine
from lending.models import Hold, Loan


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_words_are_those_of_the_owners(language: str) -> None:
    with override(language):
        states = [*Loan.Status.choices, *Hold.Status.choices, *Fine.Status.choices]
        assert {state: STATUS(FineRow(status=state)) for state, _word in states} == dict(states)
        assert {kind: KIND(FineRow(kind=kind)) for kind, _word in Fine.Kind.choices} == dict(Fine.Kind.choices)
