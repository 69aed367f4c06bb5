"""The addresses of notices."""

from django.urls import path

from notices.api import MyNotices

urlpatterns = [path("me/notices", MyNotices.as_view())]
