"""What the rules of holds refuse, each with its sentence."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kernel.refusals import Refused


class HoldsPaused(Refused):
    code = "holds_paused"
    sentence = _("Holds were not collected in time: new ones can be placed after %(until)s.")


class HoldLimitReached(Refused):
    code = "hold_limit_reached"
    sentence = ngettext_lazy(
        "A patron may have %(limit)s hold; placed already: %(holds)s.",
        "A patron may have %(limit)s holds; placed already: %(holds)s.",
        "limit",
    )


class AlreadyHeld(Refused):
    code = "already_held"
    sentence = _("This patron has a hold on this book already.")
    is_final = True


class OnLoanToYou(Refused):
    code = "on_loan_to_you"
    sentence = _("This patron has the book on loan.")
    is_final = True


class CopyAvailable(Refused):
    code = "copy_available"
    sentence = _("A copy is on the shelf and can be borrowed now.")


class QueueFull(Refused):
    code = "queue_full"
    sentence = _("The queue for this book is full: at most %(limit)s may wait; waiting now: %(holds)s.")


class NotWaiting(Refused):
    code = "not_waiting"
    sentence = _("This can't be done with this hold; it is %(status)s.")


class VolumeNeeded(Refused):
    code = "volume_needed"
    sentence = _("This book has several volumes: say which one. There are %(volumes)s.")


class UnknownVolume(Refused):
    code = "unknown_volume"
    sentence = _("This book has no such volume: %(volume)s.")
