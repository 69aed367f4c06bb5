"""The addresses of fines."""

from django.urls import path

from fines.api.accounts import AccountOfPatron, AccountPayments, BuyOffs, OwnAccount, Payouts, Reversals
from fines.api.fines import FineById, Fines, Payments, Refunds, Waive
from fines.api.schedules import FeeSchedules

urlpatterns = [
    path("fines", Fines.as_view()),
    path("fines/<id:pk>", FineById.as_view()),
    path("fines/<id:pk>/payments", Payments.as_view()),
    path("fines/<id:pk>/refunds", Refunds.as_view()),
    path("fines/<id:pk>/waive", Waive.as_view()),
    path("fee-schedules", FeeSchedules.as_view()),
    path("me/account", OwnAccount.as_view()),
    path("patrons/<id:pk>/account", AccountOfPatron.as_view()),
    path("patrons/<id:pk>/buy-off", BuyOffs.as_view()),
    path("patrons/<id:pk>/payments", AccountPayments.as_view()),
    path("patrons/<id:pk>/payouts", Payouts.as_view()),
    path("payments/<id:pk>/reverse", Reversals.as_view()),
]
