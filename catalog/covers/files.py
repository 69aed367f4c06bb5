"""Where covers are kept: in the default storage, under their digest."""

from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.covers.pictures import WIDTHS, Pictures
from catalog.models import Cover

FOLDER = "covers"


def keep_pictures(pictures: Pictures) -> None:
    """Writes the files, unless they are there: what has one digest has one content."""
    for width, content in pictures.files.items():
        name = _name(pictures.digest, width)
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(content))


def drop_pictures(digest: str) -> None:
    """Deletes the files."""
    for width in WIDTHS:
        default_storage.delete(_name(digest, width))


def open_picture(digest: str, width: int) -> "File[Any]":
    """The JPEG of that width, to be read. Raises `FileNotFoundError`."""
    return default_storage.open(_name(digest, width))


def address_of(cover: Cover, width: int = WIDTHS[0]) -> str:
    """Where the site shows the picture."""
    return f"/covers/{cover.digest}-{width}.jpg"


def _name(digest: str, width: int) -> str:
    return f"{FOLDER}/{digest[:2]}/{digest}-{width}.jpg"
