"""Why a message did not arrive: kept as the failure's name and what it says, read in the reader's own language."""

import re
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.outgoing.addresses import AddressRefused, AddressUnknown
from kernel.refusals import Refused

LONGEST = 300
ANSWERED = re.compile(r"(?:status|the gateway answered) (\d+)")
BROKEN_OFF = "the attempt broke off"
SENTENCES: Mapping[str, str | Promise] = {
    "AddressRefused": AddressRefused.sentence,
    "AddressUnknown": AddressUnknown.sentence,
    "ConnectionError": gettext_lazy("No connection could be made."),
    "ConnectionResetError": gettext_lazy("The connection was closed before there was an answer."),
    "RemoteDisconnected": gettext_lazy("The connection was closed before there was an answer."),
    "SSLCertVerificationError": gettext_lazy("The certificate there can't be trusted."),
    "TimeoutError": gettext_lazy("There was no answer in time."),
    BROKEN_OFF: gettext_lazy("The attempt broke off."),
}
"""By the failure's name."""


def as_kept(failure: Exception) -> str:
    """The failure's name and what it says, in no language of anybody's."""
    said = ", ".join(map(str, failure.facts.values())) if isinstance(failure, Refused) else str(failure)
    return ": ".join(filter(None, (type(failure).__name__, said)))[:LONGEST]


def in_words(kept: str) -> str:
    """What was kept, as a sentence; as it is where there is none for it."""
    if answered := ANSWERED.fullmatch(kept):
        return _("The answer was status %(status)s.") % {"status": answered[1]}
    name, _colon, said = kept.partition(": ")
    return str(SENTENCES[name]) % {"host": said} if name in SENTENCES else kept
