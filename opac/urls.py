"""The addresses of the patrons' site."""

from django.urls import path

from opac.pages.front import front
from opac.pages.me import me
from opac.pages.sign_in import sign_in, sign_out

app_name = "opac"
urlpatterns = [
    path("", front, name="front"),
    path("sign-in", sign_in, name="sign_in"),
    path("sign-out", sign_out, name="sign_out"),
    path("me", me, name="me"),
]
