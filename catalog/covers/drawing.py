"""A picture drawn anew, with Pillow: upright, in each of the two widths, as JPEG."""

import io

from PIL import Image, ImageOps

from catalog.covers.pictures import WIDTHS, CoverTooLarge, CoverUnusable

MOST_PIXELS = 40_000_000
"""A small file may unfold to gigabytes: its size is read from its head, before anything is unfolded."""
LEAST_WIDTH, LEAST_HEIGHT = 60, 80
TALLEST = 3  # times as high as wide; more is cut off
FORMATS = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"RIFF": "WEBP"}
"""What a file begins with, whatever its name ends with."""
QUALITY = 82
FAULTS = (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning)


def drawn(image: bytes) -> tuple[dict[int, bytes], int, int]:
    """The files by their widths, and the size of the largest. Raises `CoverUnusable` and `CoverTooLarge`."""
    try:
        whole = _opened(image)
        files = {width: _written(_resized(whole, width)) for width in WIDTHS}
    except FAULTS as fault:
        raise CoverUnusable from fault
    return files, *Image.open(io.BytesIO(files[WIDTHS[-1]])).size


def _opened(image: bytes) -> Image.Image:
    """The picture upright, without transparency, in colours that a screen has."""
    kind = next((name for magic, name in FORMATS.items() if image.startswith(magic)), None)
    if kind is None:
        raise CoverUnusable
    opened = Image.open(io.BytesIO(image), formats=[kind])
    if opened.width * opened.height > MOST_PIXELS:
        raise CoverTooLarge
    upright = ImageOps.exif_transpose(opened)
    if upright.width < LEAST_WIDTH or upright.height < LEAST_HEIGHT:
        raise CoverUnusable
    if upright.mode.startswith("I"):  # of 65,536 greys, as scanners write them, Pillow's own way leaves white alone
        upright = upright.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")
    if upright.has_transparency_data:
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    return upright.convert("RGB")


def _resized(whole: Image.Image, width: int) -> Image.Image:
    """At most so wide; a small picture stays as it is."""
    cut = whole.crop((0, 0, whole.width, min(whole.height, whole.width * TALLEST)))
    if cut.width <= width:
        return cut
    height = max(round(cut.height * width / cut.width), 1)
    return cut.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)


def _written(picture: Image.Image) -> bytes:
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)  # the pixels alone: what the file told of its camera and place stays behind
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return buffer.getvalue()
