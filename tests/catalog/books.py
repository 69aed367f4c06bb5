"""Invented books."""

from typing import Any

from django.utils import timezone

from catalog.models import Book
from catalog.services import register_book

NOW = timezone.now()


def register(title: str, *authors: str, **record: Any) -> Book:
    return register_book(now=NOW, title=title, authors=list(authors), **record)
