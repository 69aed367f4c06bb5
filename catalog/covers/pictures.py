"""Pictures that come in, made anew: another format, two widths, nothing else that the file carried along."""

import io
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from kernel.refusals import Refused

LARGEST_FILE = 10 * 2**20
MOST_PIXELS = 40_000_000
"""A small file may unfold to gigabytes: its size is read from its head, before anything is unfolded."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 80
WIDTHS = (160, 480)
"""Of the pictures that are kept, in pixels: in lists, and on the book's page; twice that of the page's own pixels."""
TALLEST = 3
"""So many times as high as wide a cover may be; more is cut off."""
FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
"""What a file begins with, whatever its name ends with."""
QUALITY = 82
FAULTS = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


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
    try:
        whole = _opened(image)
        files = {width: _written(_resized(whole, width)) for width in WIDTHS}
    except FAULTS as fault:
        raise CoverUnusable from fault
    large = files[WIDTHS[-1]]
    width, height = Image.open(io.BytesIO(large)).size
    return Pictures(files, sha256(large).hexdigest(), width, height)


def _opened(image: bytes) -> Image.Image:
    """The picture upright, without transparency, in colours that a screen has."""
    kind = next((name for magic, name in FORMATS.items() if image.startswith(magic)), None)
    if kind is None:
        raise CoverUnusable
    opened = Image.open(io.BytesIO(image), formats=[kind])
    if opened.width * opened.height > MOST_PIXELS:
        raise CoverTooLarge
    if opened.width < LEAST_WIDTH or opened.height < LEAST_HEIGHT:
        raise CoverUnusable
    upright = ImageOps.exif_transpose(opened)
    if upright.has_transparency_data:
        page = Image.new("RGBA", upright.size, "white")
        upright = Image.alpha_composite(page, upright.convert("RGBA"))
    return upright.convert("RGB")


def _resized(whole: Image.Image, width: int) -> Image.Image:
    """At most so wide; a small picture stays as it is."""
    height = min(whole.height, whole.width * TALLEST)
    cut = whole.crop((0, 0, whole.width, height))
    if cut.width <= width:
        return cut
    return cut.resize((width, max(round(height * width / cut.width), 1)), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _written(picture: Image.Image) -> bytes:
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)  # the pixels alone: what the file told of its camera and place stays behind
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()
