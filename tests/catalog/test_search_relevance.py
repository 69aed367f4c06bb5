"""What a patron means stands first, over real files that are not part of the project."""

import pytest

from benchmarks.relevance import judge, mean_reciprocal_rank, missing_files, shelve

LEAST = 0.95
FEWEST_QUESTIONS = 200


@pytest.mark.django_db
@pytest.mark.skipif(bool(missing_files()), reason="the real data is not here: ../shared/data")
def test_right_answers_stand_first() -> None:
    shelve()

    judged = judge()

    assert len(judged) >= FEWEST_QUESTIONS
    worst = sorted(judged, key=lambda one: 1 / one.place if one.place else 0)[:10]
    assert mean_reciprocal_rank(judged) >= LEAST, worst
