"""Books at the API."""

from functools import partial
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Book
from catalog.paging import BookPages
from catalog.queries import book_by_id, filtered_books, hits_among
from catalog.search import best_matches
from catalog.serializers.books import BookFilters, BookShown, NewBook, RecordChanges
from catalog.services import CopiesOnLoan, IsbnTaken, register_book, revise_book, withdraw_book
from kernel.eventbus.telemetry.projection_lag import LAG_HEADER, with_lag
from kernel.http.answers.caching import BOOKS, for_everyone
from kernel.http.answers.described import FOR_EVERYONE, NOT_MODIFIED
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import filters_of, validated
from kernel.http.permissions import Anyone, by_method, may
from kernel.http.schema import location
from kernel.storage.retries import with_retries


class Books(ListAPIView[Book]):
    """Books."""

    permission_classes = (by_method(GET=Anyone, POST=may("catalog.add_book")),)
    serializer_class = BookShown
    queryset = Book.objects.none()
    pagination_class = BookPages

    @extend_schema(
        operation_id="list_books",
        parameters=[BookFilters, LAG_HEADER, *FOR_EVERYONE],
        responses={200: BookShown, **NOT_MODIFIED},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Books; with `q` the best matches first."""
        wanted = filters_of(request, BookFilters)
        ordering = wanted.pop("ordering", None)
        hits = _hits(wanted.pop("q", ""), wanted.pop("author", ""), wanted.get("language", ""))
        books, pages = filtered_books(**wanted), BookPages()
        if hits is None:
            page = pages.page_of(request, books, ordering=ordering or "-id")
        elif ordering:
            page = pages.page_of(request, books.filter(pk__in=hits), ordering=ordering)
        else:
            # The index knows languages, so that only the other filters are left to apply.
            page = pages.page_of_hits(request, books, hits_among(books, hits) if wanted.keys() - {"language"} else hits)
        shown = pages.get_paginated_response(BookShown(page, many=True).data)
        return for_everyone(with_lag(shown, "catalog"), BOOKS)

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
        return Response(_shown(book.pk), status=201, headers=headers)


class BookById(APIView):
    """One book."""

    permission_classes = (by_method(GET=Anyone, PATCH=may("catalog.change_book"), DELETE=may("catalog.withdraw_book")),)

    @extend_schema(
        operation_id="get_book", parameters=[LAG_HEADER, *FOR_EVERYONE], responses={200: BookShown, **NOT_MODIFIED}
    )
    def get(self, request: Request, pk: int) -> Response:
        """The book."""
        return for_everyone(with_lag(Response(_shown(pk)), "catalog"), BOOKS)

    @extend_schema(operation_id="update_book", request=RecordChanges, responses={200: BookShown, 409: (IsbnTaken,)})
    def patch(self, request: Request, pk: int) -> Response:
        """Changes fields of the book's record."""
        changes = validated(RecordChanges, request.data, partial=True)
        with_retries(partial(revise_book, pk, now=timezone.now(), **changes))
        return Response(_shown(pk))

    @extend_schema(operation_id="withdraw_book", responses={204: None, 409: (CopiesOnLoan,)})
    def delete(self, request: Request, pk: int) -> Response:
        """Withdraws the book and its copies."""
        with_retries(partial(withdraw_book, pk, now=timezone.now()))
        return Response(status=204)


def _shown(book_id: int) -> dict[str, Any]:
    return dict(BookShown(book_by_id(book_id)).data)


def _hits(question: str, author: str, language: str) -> list[int] | None:
    if not (question or author):
        return None
    return best_matches(question, author=author, language=language)
