"""What is printed on which sheet, as it is chosen."""

from typing import Any, ClassVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.forms import Lines
from kernel.labels.bars import Symbology
from kernel.labels.places import FromFirstPlace
from kernel.labels.reading import barcode_of, card_number_of
from kernel.refusals import Refused
from printing import choosing, layouts
from printing.models import LabelSheet
from printing.pdf import Label
from printing.sheets import PRESETS, Sheet

MOST_EACH, LONGEST = 20, 32
OWN = "own-"


def sheets_to_choose() -> list[tuple[str, str]]:
    """The library's own first, then those that many makers sell."""
    own = [(f"{OWN}{one.pk}", one.name) for one in LabelSheet.objects.order_by("name")]
    words = _("%(places)s of %(width)s × %(height)s mm (%(columns)s × %(rows)s, A4)")
    return own + [(name, words % {**vars(one), "places": one.places}) for name, one in PRESETS.items()]


def sheet_of(chosen: str) -> Sheet:
    """The sheet of a choice."""
    return LabelSheet.objects.get(pk=chosen.removeprefix(OWN)).sheet() if chosen.startswith(OWN) else PRESETS[chosen]


class SheetForm(FromFirstPlace):
    """Numbers, and the sheet on which what they are of is printed. `drawn` has the labels of a valid form."""

    numbers: forms.Field
    sheet = forms.ChoiceField(label=gettext_lazy("sheet"), choices=sheets_to_choose)
    each = forms.IntegerField(label=gettext_lazy("of each"), min_value=1, max_value=MOST_EACH, initial=1)
    symbology = forms.ChoiceField(label=gettext_lazy("barcode as"), choices=Symbology, initial=Symbology.CODE_128)
    framed = forms.BooleanField(
        label=gettext_lazy("with edges"),
        required=False,
        help_text=gettext_lazy("To cut along, or to try a sheet on plain paper."),
    )
    unknown: ClassVar[str | Promise]

    def clean(self) -> dict[str, Any]:
        """The choices. Raises `ValidationError` for numbers of nothing, and for what does not fit."""
        chosen = super().clean() or self.cleaned_data
        if self.errors:
            return chosen
        self.shape, self.first = sheet_of(chosen["sheet"]), chosen["start"] - 1
        self.check_place(self.shape.places)
        things, missing = self.things(chosen["numbers"])
        if not chosen["numbers"]:
            raise forms.ValidationError({"numbers": self.fields["numbers"].error_messages["required"]})
        if missing:
            raise forms.ValidationError({"numbers": f"{self.unknown} {', '.join(missing[:20])}"})
        if len(things) * chosen["each"] > choosing.MOST:
            raise forms.ValidationError(_("At most %(most)s labels at once.") % {"most": choosing.MOST})
        try:
            made: list[Label] = [list(self.label(one, chosen)) for one in things]
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        self.drawn = [label for label in made for _copy in range(chosen["each"])]
        return chosen

    def things(self, numbers: list[str]) -> tuple[list[Any], list[str]]:
        """What the numbers are of, and those of nothing."""
        raise NotImplementedError

    def label(self, thing: Any, chosen: dict[str, Any]) -> Any:
        """What stands on its label."""
        raise NotImplementedError


class LabelForm(SheetForm):
    """Labels for copies."""

    KINDS: ClassVar[list[Any]] = [
        ("barcode", gettext_lazy("barcode with call number")),
        ("spine", gettext_lazy("call number for the spine")),
        ("both", gettext_lazy("both, side by side")),
    ]
    unknown = gettext_lazy("No copy has these barcodes:")
    numbers = Lines(
        label=gettext_lazy("barcodes"),
        longest=LONGEST,
        read=barcode_of,
        help_text=gettext_lazy("One per line, scanned or typed, in the order in which they are printed."),
        widget=forms.Textarea({"rows": 8, "cols": 30, "autofocus": True}),
    )
    kind = forms.ChoiceField(label=gettext_lazy("label"), choices=KINDS, widget=forms.RadioSelect, initial="barcode")
    field_order = ("numbers", "kind", "sheet", "start", "each", "symbology", "framed")

    def things(self, numbers: list[str]) -> tuple[list[Any], list[str]]:
        """The copies."""
        return choosing.copies_of(numbers)

    def label(self, thing: Any, chosen: dict[str, Any]) -> Any:
        """Spine, barcode or both."""
        size = self.shape.width, self.shape.height
        if chosen["kind"] == "spine":
            return layouts.spine(thing, *size)
        return getattr(layouts, chosen["kind"])(thing, *size, Symbology(chosen["symbology"]))


class CardForm(SheetForm):
    """Cards for patrons."""

    unknown = gettext_lazy("No patron has these card numbers:")
    numbers = Lines(
        label=gettext_lazy("card numbers"),
        longest=LONGEST,
        read=card_number_of,
        help_text=gettext_lazy("One per line, scanned or typed, in the order in which they are printed."),
        widget=forms.Textarea({"rows": 8, "cols": 30, "autofocus": True}),
    )
    sheet = forms.ChoiceField(label=gettext_lazy("sheet"), choices=sheets_to_choose, initial="10")
    field_order = ("numbers", "sheet", "start", "each", "symbology", "framed")

    def things(self, numbers: list[str]) -> tuple[list[Any], list[str]]:
        """The patrons."""
        return choosing.cards_of(numbers)

    def label(self, thing: Any, chosen: dict[str, Any]) -> Any:
        """Library, name, number, bars and a place for a photo."""
        return layouts.card(thing, self.shape.width, self.shape.height, Symbology(chosen["symbology"]))
