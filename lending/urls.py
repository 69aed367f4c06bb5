"""The addresses of lending."""

from django.urls import path

from lending.api import BookAvailability, CancelLoan, LoanById, Loans, RenewLoan, ReturnByBarcode, ReturnLoan

urlpatterns = [
    path("loans", Loans.as_view()),
    path("loans/<id:pk>", LoanById.as_view()),
    path("loans/<id:pk>/return", ReturnLoan.as_view()),
    path("loans/<id:pk>/renew", RenewLoan.as_view()),
    path("loans/<id:pk>/cancel", CancelLoan.as_view()),
    path("returns", ReturnByBarcode.as_view()),
    path("books/<id:pk>/availability", BookAvailability.as_view()),
]
