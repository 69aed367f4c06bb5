"""Author marks at the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.call_numbers.author_marks import NoAuthorMarkError, author_mark
from catalog.serializers.author_marks import AuthorMarkShown, AuthorMarkWanted
from kernel.http.input.parsing import filters_of
from kernel.http.permissions import may


class AuthorMark(APIView):
    """The author mark of a book."""

    permission_classes = (may("catalog.view_copy"),)

    @extend_schema(operation_id="get_author_mark", parameters=[AuthorMarkWanted], responses={200: AuthorMarkShown})
    def get(self, request: Request) -> Response:
        """The mark that 이재철's table gives; 400 where the name gives none."""
        wanted: dict[str, Any] = filters_of(request, AuthorMarkWanted, paging=frozenset())
        try:
            return Response({"mark": author_mark(**wanted)})
        except NoAuthorMarkError as error:
            raise serializers.ValidationError({"author": [str(error)]}) from error
