"""Copies and their types at the API."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Book, Copy, CopyType
from catalog.queries import copies_on_record, copy_by_id
from catalog.serializers.copies import (
    ADDED_COPIES,
    CopyChanges,
    CopyFilters,
    CopyShown,
    CopyTypeNames,
    CopyTypeShown,
    NewCopies,
    NewCopyType,
)
from catalog.services import (
    BarcodeTaken,
    CopiesOnLoan,
    CopyTypeKnown,
    add_copies,
    add_copy_type,
    revise_copy,
    revise_copy_type,
    withdraw_copy,
)
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import Anyone, by_method, may
from kernel.storage.retries import with_retries


class Copies(ListAPIView[Copy]):
    """Copies."""

    permission_classes = (may("catalog.view_copy"),)
    serializer_class = CopyShown
    queryset = Copy.objects.none()

    def get_queryset(self) -> QuerySet[Copy]:
        """Those that are not withdrawn; with `barcode` the one that has it, in capital or small letters."""
        return copies_on_record(**filters_of(self.request, CopyFilters))

    @extend_schema(operation_id="list_all_copies", parameters=[CopyFilters])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The copies that are not withdrawn, the newest first; or the one with that barcode."""
        return super().get(request, *args, **kwargs)


class CopiesOfBook(ListAPIView[Copy]):
    """The copies of a book."""

    permission_classes = (by_method(GET=may("catalog.view_copy"), POST=may("catalog.add_copy")),)
    serializer_class = CopyShown
    queryset = Copy.objects.none()

    def get_queryset(self) -> QuerySet[Copy]:
        """Those on the shelf or on loan, not the withdrawn ones."""
        filters_of(self.request, Nothing)
        return get_object_or_404(Book, pk=self.kwargs["pk"], withdrawn_at=None).copies.filter(withdrawn_at=None)

    @extend_schema(operation_id="list_copies")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The copies of a book that are not withdrawn, the newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_copies",
        request=ADDED_COPIES,
        responses={201: CopyShown(many=True), 409: (BarcodeTaken,)},
    )
    @idempotent
    def post(self, request: Request, pk: int) -> Response:
        """Adds copies, by number or by barcode."""
        copies = add_copies(pk, now=timezone.now(), **validated(NewCopies, request.data))
        return Response(CopyShown(copies, many=True).data, status=201)


class CopyById(APIView):
    """One copy."""

    permission_classes = (
        by_method(GET=may("catalog.view_copy"), PATCH=may("catalog.change_copy"), DELETE=may("catalog.withdraw_copy")),
    )

    @extend_schema(operation_id="get_copy", responses={200: CopyShown})
    def get(self, request: Request, pk: int) -> Response:
        """The copy."""
        return Response(CopyShown(copy_by_id(pk)).data)

    @extend_schema(operation_id="update_copy", request=CopyChanges, responses={200: CopyShown, 409: (BarcodeTaken,)})
    def patch(self, request: Request, pk: int) -> Response:
        """Changes fields of the copy's record."""
        changes = validated(CopyChanges, request.data, partial=True)
        return Response(CopyShown(with_retries(partial(revise_copy, pk, now=timezone.now(), **changes))).data)

    @extend_schema(operation_id="withdraw_copy", responses={204: None, 409: (CopiesOnLoan,)})
    def delete(self, request: Request, pk: int) -> Response:
        """Withdraws the copy."""
        with_retries(partial(withdraw_copy, pk, now=timezone.now()))
        return Response(status=204)


class CopyTypes(ListAPIView[CopyType]):
    """Types of copies."""

    permission_classes = (by_method(GET=Anyone, POST=may("catalog.add_copytype")),)
    serializer_class = CopyTypeShown
    queryset = CopyType.objects.none()

    def get_queryset(self) -> QuerySet[CopyType]:
        """All of them."""
        filters_of(self.request, Nothing)
        return CopyType.objects.all()

    @extend_schema(operation_id="list_copy_types")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The types of copies."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_copy_type", request=NewCopyType, responses={201: CopyTypeShown, 409: (CopyTypeKnown,)}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Adds a type of copies."""
        return Response(CopyTypeShown(add_copy_type(**validated(NewCopyType, request.data))).data, status=201)


class CopyTypeByCode(APIView):
    """One type of copies."""

    permission_classes = (may("catalog.change_copytype"),)

    @extend_schema(operation_id="update_copy_type", request=CopyTypeNames, responses={200: CopyTypeShown})
    def patch(self, request: Request, code: str) -> Response:
        """Renames the type."""
        names = validated(CopyTypeNames, request.data, partial=True)
        return Response(CopyTypeShown(revise_copy_type(code, **names)).data)
