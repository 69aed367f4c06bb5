"""The addresses of what is a patron's own."""

from django.apps import apps
from django.urls import include, path

from opac.pages.own.account import account
from opac.pages.own.borrow import borrow
from opac.pages.own.card import card
from opac.pages.own.fees import fees
from opac.pages.own.history import history
from opac.pages.own.holds import hold, holds
from opac.pages.own.loans import loan
from opac.pages.own.me import me
from opac.pages.own.profile import keep_history, password, profile

urlpatterns = [
    path("books/<id:pk>/borrow", borrow, name="borrow"),
    path("books/<id:pk>/hold", hold, name="hold"),
    path("loans/<id:pk>", loan, name="loan"),
    path("me", me, name="me"),
    path("me/holds", holds, name="holds"),
    path("me/fees", fees, name="fees"),
    path("me/account", account, name="account"),
    path("me/history", history, name="history"),
    path("me/card", card, name="card"),
    *([path("", include("opac.pages.own.notice_urls"))] if apps.is_installed("notices") else []),
    path("me/profile", profile, name="profile"),
    path("me/profile/history", keep_history, name="keep_history"),
    path("me/profile/password", password, name="password"),
]
