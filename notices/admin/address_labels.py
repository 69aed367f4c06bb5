"""What is asked before address labels are printed."""

from typing import Any

from django.utils.translation import gettext as _

from kernel.labels.places import FromFirstPlace
from notices.sending.paper import COLUMNS, LABEL_HEIGHT, LABEL_WIDTH, PLACES, ROWS


class AddressLabels(FromFirstPlace):
    """The first free place of a sheet."""

    def clean(self) -> dict[str, Any]:
        """A place that the sheet has. Raises `ValidationError`."""
        self.check_place(PLACES)
        return self.cleaned_data

    def sheet(self) -> str:
        """What sheet is meant, in words."""
        measures = {"places": PLACES, "width": LABEL_WIDTH, "height": LABEL_HEIGHT, "columns": COLUMNS, "rows": ROWS}
        return _("A sheet has %(places)s labels of %(width)s × %(height)s mm (%(columns)s × %(rows)s, A4).") % measures
