"""What patrons are to hear of, and the notices that were made of it."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from notices.kinds import Kind


class Channel(models.TextChoices):
    """How a notice reaches a patron."""

    EMAIL = "email", _("email")
    MESSAGE = "message", pgettext_lazy("to a telephone", "message")
    LETTER = "letter", _("letter")


class Notice(models.Model):
    """One mail, message or letter to one patron. Its words are written when it goes out, by what is so then.

    While it is `sending`, its outcome is unknown. `retry_at` is when it may be tried next; whoever sends it moves it
    on first, so that nobody else does. `run` is the run that made it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        TO_PRINT = "to_print", _("to be printed")
        PRINTED = "printed", _("printed")
        FAILED = "failed", _("failed")
        UNCLEAR = "unclear", _("unclear whether it was sent")
        RETURNED = "returned", _("came back")

    patron_id = models.BigIntegerField(_("patron"))
    kind = models.CharField(_("kind"), max_length=16, blank=True, choices=[*Kind.choices, ("digest", _("digest"))])
    channel = models.CharField(_("channel"), max_length=8, blank=True, choices=Channel)
    title = models.CharField(_("title"), max_length=300, blank=True)
    body = models.TextField(_("text"), blank=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    day = models.DateField(_("day"))
    is_digest = models.BooleanField(_("digest of the day"))
    made_at = models.DateTimeField(_("made at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    retry_at = models.DateTimeField(_("next try"))
    error = models.CharField(_("error"), max_length=200, blank=True)
    run = models.UUIDField(editable=False)
    claim = models.UUIDField(null=True, editable=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = (
            models.UniqueConstraint(
                fields=("patron_id", "day"), condition=Q(is_digest=True), name="one_digest_a_day_and_patron"
            ),
        )
        indexes = (
            models.Index("retry_at", name="notice_due", condition=Q(status__in=["waiting", "sending"])),
            models.Index("run", name="notice_of_run", condition=Q(status="waiting")),
            models.Index("claim", name="notice_claimed", condition=Q(status="waiting")),
            models.Index("patron_id", "id", name="notice_of_patron"),
            models.Index("made_at", name="notice_failed", condition=Q(status="failed")),
            models.Index("id", name="notice_to_print", condition=Q(status="to_print")),
        )

    def __str__(self) -> str:
        return self.title or self.get_kind_display() or str(self.pk)


class GatewayPause(models.Model):
    """The gateway of messages has asked that nobody asks it before `until`; the latest counts."""

    until = models.DateTimeField(_("until"))

    class Meta:
        verbose_name = _("pause of the gateway")
        verbose_name_plural = _("pauses of the gateway")
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.until)


class Cause(models.Model):
    """One thing that a patron is to hear of, once: `about` says which, and is there once ever.

    `thing_id` is the id of the loan, fine, hold or patron, `day` the day that it was about; `facts` are what is not in
    the read model. What `waits` goes into a digest. It is sent from `due_at` on.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        NOTICED = "noticed", _("in a notice")
        DROPPED = "dropped", _("not needed any more")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    about = models.CharField(_("about"), max_length=100, unique=True)
    patron_id = models.BigIntegerField(_("patron"))
    thing_id = models.BigIntegerField(_("thing"))
    day = models.DateField(_("day"), null=True)
    facts: Any = models.JSONField(_("facts"), null=True)
    waits = models.BooleanField(_("waits for the digest"))
    due_at = models.DateTimeField(_("goes out from"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    notice = models.ForeignKey(Notice, models.CASCADE, null=True, related_name="causes", verbose_name=_("notice"))

    class Meta:
        verbose_name = _("cause of a notice")
        verbose_name_plural = _("causes of notices")
        indexes = (
            models.Index("waits", "due_at", name="cause_due", condition=Q(state="waiting")),
            models.Index("patron_id", name="cause_of_patron", condition=Q(state="waiting")),
            models.Index("due_at", name="cause_by_day"),
        )

    def __str__(self) -> str:
        return self.about
