"""The address of marketing."""

from django.urls import path

from marketing.api import AlsoBorrowed

urlpatterns = [path("books/<id:pk>/also-borrowed", AlsoBorrowed.as_view())]
