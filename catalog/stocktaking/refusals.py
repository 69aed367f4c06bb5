"""What a stocktaking refuses."""

from django.utils.translation import gettext_lazy as _

from kernel.refusals import Refused


class NothingExpected(Refused):
    code = "nothing_expected"
    sentence = _("No copy is expected on these shelves in these states: look at the scope again.")


class NotGoingOn(Refused):
    code = "not_going_on"
    sentence = _("That can't be done with the stocktaking %(name)s: it is %(status)s.")
