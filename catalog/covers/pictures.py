"""Pictures that come in, made anew: another format, two widths, nothing else that the file carried along."""

from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused

LARGEST_FILE = 10 * 2**20
WIDTHS = (160, 480)
"""Of the pictures that are kept, in pixels: in lists, and on the book's page; twice that of the page's own pixels."""


class CoverUnusable(Refused):
    code = "cover_unusable"
    sentence = _("This is no picture that can be a cover: take a JPEG, PNG or WebP of at least 60 × 80 pixels.")


class CoverTooLarge(Refused):
    code = "cover_too_large"
    sentence = _("The picture is too large: at most 10 MB and 40 million pixels.")


@dataclass(frozen=True)
class Pictures:
    """A cover in each of `WIDTHS` as JPEG, with the digest of the largest and its size."""

    files: dict[int, bytes]
    digest: str
    width: int
    height: int


def pictures_of(image: bytes) -> Pictures:
    """The cover that an image file makes. Raises `CoverUnusable` and `CoverTooLarge`."""
    if len(image) > LARGEST_FILE:
        raise CoverTooLarge
    from catalog.covers.drawing import drawn  # noqa: PLC0415  (Pillow is large, and seldom needed: decision 36)

    files, width, height = drawn(image)
    return Pictures(files, sha256(files[WIDTHS[-1]]).hexdigest(), width, height)
