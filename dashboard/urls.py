"""The addresses of the patron's page."""

from django.urls import path

from dashboard.api import OwnPage, PageOfPatron

urlpatterns = [
    path("dashboard", OwnPage.as_view()),
    path("dashboard/<id:pk>", PageOfPatron.as_view()),
]
