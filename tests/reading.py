"""A page as it is read."""

import html
import re

UNSEEN = re.compile(r"<!--.*?-->|<(script|style|template)\b.*?</\1>|<[^>]+>", re.DOTALL)


def text_of(page: str) -> str:
    """What a reader sees of a page, on one line: no scripts, and no attributes, where tokens and ids that are made by
    chance may contain any short word or number."""
    return " ".join(html.unescape(UNSEEN.sub(" ", page)).split())
