"""A shelf of invented books."""

import pytest

from tests.catalog.books import register


@pytest.fixture
def shelf(db) -> None:
    register("장미꽃 향기", "배수아")
    register("꽃의 미로", "한강진")
    register("국립중앙도서관 백년사", "국립중앙도서관", subjects=["도서관 역사"])
    register("The Great Gatsby", "F. Scott Fitzgerald", language="en", isbn="9780743273565")
    register("Harry Potter and the Philosopher’s Stone", "J. K. Rowling", "Mary GrandPré", language="en-GB")
    register("Straße nach Łódź", "Ōe Kenzaburō", language="de")
    register("データベース入門", "山田太郎", language="ja")
    register("1984", "George Orwell", subjects=["Dystopias"])
