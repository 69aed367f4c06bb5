"""The form for the words of a notice: what nothing would fill is refused, and what would be sent is shown."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from django.forms import TextInput
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.staff.forms import PreviewedForm
from notices.models import Wording
from notices.writing.lengths import as_sent, length
from notices.writing.sample import sample_of
from notices.writing.words import PLACES, Words, unknown_places, usual_words

TEXTS = Words._fields


class WordingForm(PreviewedForm):
    """The library's own words for one kind in one language."""

    class Meta:
        model = Wording
        fields = ("kind", "language", *TEXTS)
        widgets: ClassVar[Any] = dict.fromkeys(("subject", "line", "message"), TextInput({"class": "vLargeTextField"}))
        help_texts: ClassVar[Any] = {
            "language": gettext_lazy("“Preview” shows the usual words of a kind, and what may be filled in."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = usual_words(self.instance.kind, self.instance.language) if self.instance.pk else ()
        for name, words in zip(TEXTS, usual, strict=False):
            if name in self.fields and words:
                self.fields[name].help_text = _("Left empty: %(words)s") % {"words": words}

    def clean(self) -> dict[str, Any]:
        """The fields. Raises `ValidationError` with the name of each place that nothing would fill."""
        kind = self.cleaned_data.get("kind") or self.instance.kind
        for name in TEXTS if kind else ():
            if unknown := unknown_places(kind, self.cleaned_data.get(name) or ""):
                values = {"unknown": in_braces(unknown), "known": in_braces(PLACES[kind])}
                self.add_error(name, _("Nothing fills %(unknown)s. There are %(known)s.") % values)
        return super().clean()

    def shown(self) -> Iterator[str]:
        """A notice in these words, and what may stand in them."""
        wording = Wording(**{"kind": self.instance.kind, "language": self.instance.language, **self.cleaned_data})
        subject, body, message = sample_of(wording)
        yield _("Subject: %(subject)s") % {"subject": subject}
        yield from body.splitlines()
        sizes = {"message": as_sent(message), "bytes": length(message)}
        yield _("As a message (%(bytes)s bytes): %(message)s") % sizes
        yield _("What is filled in: %(places)s") % {"places": in_braces(PLACES[wording.kind])}


def in_braces(places: Iterable[str]) -> str:
    """The places as they are written in words."""
    return ", ".join(f"{{{place}}}" for place in places)
