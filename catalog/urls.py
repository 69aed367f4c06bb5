"""The addresses of the catalogue."""

from django.urls import path

from catalog.api.author_marks import AuthorMark
from catalog.api.books import BookById, Books
from catalog.api.copies import Copies, CopiesOfBook, CopyById, CopyTypeByCode, CopyTypes

urlpatterns = [
    path("author-mark", AuthorMark.as_view()),
    path("books", Books.as_view()),
    path("books/<id:pk>", BookById.as_view()),
    path("books/<id:pk>/copies", CopiesOfBook.as_view()),
    path("copies", Copies.as_view()),
    path("copies/<id:pk>", CopyById.as_view()),
    path("copy-types", CopyTypes.as_view()),
    path("copy-types/<slug:code>", CopyTypeByCode.as_view()),
]
