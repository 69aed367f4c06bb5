"""The addresses of the patrons' site."""

from django.apps import apps
from django.urls import include, path, re_path

from opac.pages.apply import apply
from opac.pages.book import book, record
from opac.pages.covers import cover_picture
from opac.pages.find import find
from opac.pages.front import front
from opac.pages.own.account import account
from opac.pages.own.borrow import borrow
from opac.pages.own.card import card
from opac.pages.own.fees import fees
from opac.pages.own.history import history
from opac.pages.own.holds import hold, holds
from opac.pages.own.loans import loan
from opac.pages.own.me import me
from opac.pages.own.profile import keep_history, password, profile
from opac.pages.passwords import forgotten, reset
from opac.pages.recommended import recommended
from opac.pages.robots import robots, sitemap, sitemap_of
from opac.pages.shelf import shelf
from opac.pages.sign_in import sign_in, sign_out
from opac.pages.unsubscribe import unsubscribe
from opac.pages.visit import visit

app_name = "opac"
urlpatterns = [
    path("", front, name="front"),
    path("search", find, name="search"),
    path("shelf", shelf, name="shelf"),
    path("books/<id:pk>", book, name="book"),
    path("books/<id:pk>.mrc", record, {"form": "kormarc"}, name="marc"),
    path("books/<id:pk>.xml", record, {"form": "marcxml"}, name="marcxml"),
    re_path(r"^covers/(?P<digest>[0-9a-f]{64})-(?P<width>\d{2,4})\.jpg$", cover_picture, name="cover"),
    path("recommended/<id:pk>", recommended, name="recommended"),
    path("visit", visit, name="visit"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<id:part>.xml", sitemap_of, name="sitemap_of"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-out", sign_out, name="sign_out"),
    path("books/<id:pk>/borrow", borrow, name="borrow"),
    path("books/<id:pk>/hold", hold, name="hold"),
    path("loans/<id:pk>", loan, name="loan"),
    path("me", me, name="me"),
    path("me/holds", holds, name="holds"),
    path("me/fees", fees, name="fees"),
    path("me/account", account, name="account"),
    path("me/history", history, name="history"),
    path("me/card", card, name="card"),
    path("password/forgotten", forgotten, name="forgotten_password"),
    path("password/reset/<uidb64>/<token>", reset, name="reset_password"),
    *([path("", include("opac.pages.own.notice_urls"))] if apps.is_installed("notices") else []),
    path("notices/off/<str:token>", unsubscribe, name="unsubscribe"),
    path("apply", apply, name="apply"),
    path("me/profile", profile, name="profile"),
    path("me/profile/history", keep_history, name="keep_history"),
    path("me/profile/password", password, name="password"),
]
