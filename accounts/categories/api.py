"""The API's door to categories of patrons."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.categories.models import Category
from accounts.categories.serializers import CategoryNames, CategoryShown, NewCategory
from accounts.categories.services import CategoryKnown, add_category, revise_category
from kernel.http.idempotency.views import idempotent
from kernel.http.input.parsing import Nothing, filters_of, validated
from kernel.http.permissions import Anyone, by_method, may


class Categories(ListAPIView[Category]):
    """Categories of patrons."""

    permission_classes = (by_method(GET=Anyone, POST=may("accounts.add_category")),)
    serializer_class = CategoryShown
    queryset = Category.objects.none()

    def get_queryset(self) -> QuerySet[Category]:
        """All of them."""
        filters_of(self.request, Nothing)
        return Category.objects.all()

    @extend_schema(operation_id="list_categories")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The categories of patrons."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="add_category", request=NewCategory, responses={201: CategoryShown, 409: (CategoryKnown,)}
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Adds a category of patrons."""
        return Response(CategoryShown(add_category(**validated(NewCategory, request.data))).data, status=201)


class CategoryByCode(APIView):
    """One category of patrons."""

    permission_classes = (may("accounts.change_category"),)

    @extend_schema(operation_id="update_category", request=CategoryNames, responses={200: CategoryShown})
    def patch(self, request: Request, code: str) -> Response:
        """Renames the category."""
        names = validated(CategoryNames, request.data, partial=True)
        return Response(CategoryShown(revise_category(code, **names)).data)
