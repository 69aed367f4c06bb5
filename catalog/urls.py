"""The addresses of the catalogue."""

from django.urls import path

from catalog.api import BookById, Books, CopiesOfBook, CopyById

urlpatterns = [
    path("books", Books.as_view()),
    path("books/<id:pk>", BookById.as_view()),
    path("books/<id:pk>/copies", CopiesOfBook.as_view()),
    path("copies/<id:pk>", CopyById.as_view()),
]
