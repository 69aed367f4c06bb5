"""My card, to be scanned from the telephone."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from kernel.labels.bars import bars_of
from opac.site import patrons_page, shown


@patrons_page
def card(request: HttpRequest) -> HttpResponse:
    """One's own card number as a barcode."""
    user: Any = request.user
    bars, width = bars_of(user.card_number)
    return shown(request, "card.html", {"bars": bars, "width": width})
