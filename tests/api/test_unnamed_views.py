"""A view that does not say who may use it lets nobody in, and does not pass the checks."""

from typing import Any

import pytest
from django.core.checks import registry as checks
from django.urls import include, path
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import User
from kernel.http.answers.caching import shared
from kernel.http.checks import faults_of, views_say_who_may
from kernel.http.permissions import Anyone, Nobody, by_method

pytestmark = pytest.mark.django_db


class Unnamed(APIView):
    """A view whose author forgot to say who may."""

    def get(self, request: Any) -> Response:
        """Something that is nobody's business."""
        return Response("seen")


class HalfNamed(Unnamed):
    """A view that names who may read, and forgot who may write."""

    permission_classes = (by_method(GET=Anyone),)

    def post(self, request: Any) -> Response:
        """Something that nobody may do."""
        return Response("done")


def answer(view: type[APIView], method: str, user: Any = None) -> int:
    """How a view answers somebody."""
    request = APIRequestFactory().generic(method, "/")
    if user:
        force_authenticate(request, user)
    return int(view.as_view()(request).status_code)


def test_what_names_nobody_lets_nobody_in() -> None:
    superuser = User.objects.create_superuser("OP-1", name="Opal")
    assert Unnamed.permission_classes == [Nobody]
    assert [answer(Unnamed, "GET"), answer(Unnamed, "GET", superuser)] == [401, 403]
    assert [answer(HalfNamed, method) for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT")] == [200] * 3 + [401] * 2
    assert [answer(HalfNamed, method, superuser) for method in ("GET", "POST", "PUT")] == [200, 403, 405]


class Emptied(Unnamed):
    """A view whose author took everybody out."""

    permission_classes = ()


def test_what_names_an_empty_list_does_not_pass_the_checks() -> None:
    api = [
        path("ours/", include([path("emptied", Emptied.as_view()), path("half", HalfNamed.as_view())])),
        path("there", shared(HalfNamed.as_view(permission_classes=[]))),
        path("unnamed", Unnamed.as_view()),
    ]
    faults = faults_of(api)
    assert {fault.id for fault in faults} == {"http.E001"}
    assert [str(fault.msg).split()[3] for fault in faults] == ["ours/emptied", "there"]
    assert views_say_who_may in checks.registry.get_checks()
    assert views_say_who_may(None) == []
