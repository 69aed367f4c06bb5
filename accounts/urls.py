"""The addresses of people and signing in."""

from django.urls import path

from accounts.api.me import Me, MyPassword
from accounts.api.patrons import PatronById, PatronCard, Patrons
from accounts.api.signing_in import Login, Logout
from accounts.categories.api import Categories, CategoryByCode

urlpatterns = [
    path("auth/login", Login.as_view()),
    path("auth/logout", Logout.as_view()),
    path("me", Me.as_view()),
    path("categories", Categories.as_view()),
    path("categories/<slug:code>", CategoryByCode.as_view()),
    path("me/password", MyPassword.as_view()),
    path("patrons", Patrons.as_view()),
    path("patrons/<id:pk>", PatronById.as_view()),
    path("patrons/<id:pk>/card", PatronCard.as_view()),
]
