"""The addresses of the patrons' site."""

from django.urls import include, path, re_path

from opac.pages.apply import apply
from opac.pages.book import book, record
from opac.pages.covers import cover_picture
from opac.pages.find import find
from opac.pages.front import front
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
    path("", include("opac.pages.own.urls")),
    path("password/forgotten", forgotten, name="forgotten_password"),
    path("password/reset/<uidb64>/<token>", reset, name="reset_password"),
    path("notices/off/<str:token>", unsubscribe, name="unsubscribe"),
    path("apply", apply, name="apply"),
]
