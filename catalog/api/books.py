"""Books at the API."""

from functools import partial
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api.rows import available_rows, book_row, book_rows
from catalog.models import Book
from catalog.paging import BookPages
from catalog.queries import filtered_books
from catalog.search.asking import books_of_isbn, search
from catalog.search.finding import Filters
from catalog.serializers.books import BookFilters, BookShown, NewBook, RecordChanges
from catalog.services import CopiesOnLoan, IsbnTaken, register_book, revise_book, withdraw_book
from catalog.totals import SEARCHED, TOTAL, with_total
from kernel.eventbus.telemetry.projection_lag import LAG_HEADER, with_lag
from kernel.http.answers.caching import BOOKS, for_everyone
from kernel.http.answers.described import FOR_EVERYONE, NOT_MODIFIED
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import Anyone, by_method, may
from kernel.http.schema import location
from kernel.storage.retries import with_retries

MOST_SORTED = 1_000
"""So many of the best matches are sorted by something else than by how well they answer."""


class Books(ListAPIView[Book]):
    """Books."""

    permission_classes = (by_method(GET=Anyone, POST=may("catalog.add_book")),)
    serializer_class = BookShown
    queryset = Book.objects.none()
    pagination_class = BookPages

    @extend_schema(
        operation_id="list_books",
        parameters=[BookFilters, LAG_HEADER, TOTAL, SEARCHED, *FOR_EVERYONE],
        responses={200: BookShown, **NOT_MODIFIED},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Books; with `q` or `author` the best matches first."""
        wanted, pages = filters_of(request, BookFilters), BookPages()
        ordering, question, author = (wanted.pop(name, "") for name in ("ordering", "q", "author"))
        if question or author:
            return self._found(request, question, wanted, author=author, ordering=ordering)
        isbn = wanted.pop("isbn", "")
        books = filtered_books(**wanted)
        page = pages.page_of(
            request, books.filter(pk__in=books_of_isbn(isbn)) if isbn else books, ordering=ordering or "-id"
        )
        shown = pages.get_paginated_response(BookShown(page, many=True).data)
        return for_everyone(with_lag(shown, "catalog"), BOOKS)

    def _found(
        self, request: Request, question: str, wanted: dict[str, Any], *, author: str, ordering: str
    ) -> Response:
        available, pages = wanted.pop("available", False), BookPages()
        answer = search(question, Filters(author=author, with_copies=available, **wanted))
        page: Any
        if ordering:
            best = [hit.book for hit in answer.by.hits(MOST_SORTED)]
            books = filtered_books(available=available).filter(pk__in=best)
            page = BookShown(pages.page_of(request, books, ordering=ordering), many=True).data
        else:
            page = pages.page_of_hits(request, available_rows if available else book_rows, answer.by)
        shown = with_lag(pages.get_paginated_response(page), "catalog")
        found = MOST_SORTED if ordering and answer.by.total > MOST_SORTED else None  # there are no more pages of them
        return for_everyone(with_total(shown, answer, at_least=len(page) if available else found), BOOKS)

    @extend_schema(
        operation_id="register_book",
        request=NewBook,
        parameters=[location(201)],
        responses={201: BookShown, 409: (IsbnTaken,)},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Registers a book, with `copies` copies."""
        book = register_book(now=timezone.now(), **validated(NewBook, request.data))
        headers = {"Location": f"/api/v1/books/{book.pk}"}
        return Response(book_row(book.pk), status=201, headers=headers)


class BookById(APIView):
    """One book."""

    permission_classes = (by_method(GET=Anyone, PATCH=may("catalog.change_book"), DELETE=may("catalog.withdraw_book")),)

    @extend_schema(
        operation_id="get_book", parameters=[LAG_HEADER, *FOR_EVERYONE], responses={200: BookShown, **NOT_MODIFIED}
    )
    def get(self, request: Request, pk: int) -> Response:
        """The book."""
        return for_everyone(with_lag(Response(book_row(pk)), "catalog"), BOOKS)

    @extend_schema(operation_id="update_book", request=RecordChanges, responses={200: BookShown, 409: (IsbnTaken,)})
    def patch(self, request: Request, pk: int) -> Response:
        """Changes fields of the book's record."""
        changes = validated(RecordChanges, request.data, partial=True)
        with_retries(partial(revise_book, pk, now=timezone.now(), **changes))
        return Response(book_row(pk))

    @extend_schema(operation_id="withdraw_book", responses={204: None, 409: (CopiesOnLoan,)})
    def delete(self, request: Request, pk: int) -> Response:
        """Withdraws the book and its copies."""
        with_retries(partial(withdraw_book, pk, now=timezone.now()))
        return Response(status=204)
