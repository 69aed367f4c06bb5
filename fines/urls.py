"""The addresses of fines."""

from django.urls import path

from fines.api import FineById, Fines, Payments, Waive

urlpatterns = [
    path("fines", Fines.as_view()),
    path("fines/<id:pk>", FineById.as_view()),
    path("fines/<id:pk>/payments", Payments.as_view()),
    path("fines/<id:pk>/waive", Waive.as_view()),
]
