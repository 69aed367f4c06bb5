"""My page where a late return suspends instead of costing money."""

import html

from tests.factories import Town, seoul
from tests.opac.conftest import speaking
from tests.stories.test_regulations import typed_in


def words(town: Town) -> str:
    """The page's words to somebody who signs in at that moment."""
    visitor = speaking("en", town.haneul.user)
    return " ".join(html.unescape(visitor.see("/me")).split())


def test_my_page_says_what_a_return_today_brings_and_then_the_last_day(town: Town) -> None:
    typed_in(town, late={"as": "suspension"})
    loan = town.take(town.haneul, town.book())
    town.moves_to(seoul(3, 18))
    town.bus.settle()
    page = words(town)
    assert "Days without loans if all is returned today</dt><dd>+ 2</dd>" in page
    assert "Returned today, it costs nothing." in page
    assert "Suspended" not in page
    assert town.librarian.post(f"loans/{loan['id']}/return").status_code == 200
    town.bus.settle()
    assert "Suspended, the last day</dt><dd>March 19, 2026</dd>" in words(town)
    town.moves_to(seoul(3, 20))
    assert "Suspended" not in words(town)
