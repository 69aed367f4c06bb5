"""What else stands in a title's cell."""

import re

IN_SERIES = re.compile(r"(?P<title>.+?)\s*\((?P<series>[^()#]+?),?\s+#(?P<volume>\d[\d.–-]*)(?:;[^()]*)?\)")


def without_series(title: str) -> tuple[str, str, str]:
    """Title, series and number: `Quiet Harbor (The Coast, #1)`, as Goodreads writes them, are three things."""
    found = IN_SERIES.fullmatch(title) if title.endswith(")") else None
    return (found["title"], found["series"], found["volume"]) if found else (title, "", "")
