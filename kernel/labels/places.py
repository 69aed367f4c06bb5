"""From which place of a sheet on labels are printed, where some of it is used already."""

from django import forms
from django.utils.translation import gettext_lazy, ngettext


class FromFirstPlace(forms.Form):
    """Asks for the first free place, counted from 1."""

    start = forms.IntegerField(
        label=gettext_lazy("first free place"),
        min_value=1,
        initial=1,
        help_text=gettext_lazy("On a sheet that is used already; places are counted line by line."),
    )

    def check_place(self, places: int) -> None:
        """Raises `ValidationError` where a sheet of so many places does not have the first one."""
        if self.cleaned_data.get("start", 1) > places:
            sentence = ngettext("The sheet has %(places)s place.", "The sheet has %(places)s places.", places)
            raise forms.ValidationError({"start": sentence % {"places": places}})
