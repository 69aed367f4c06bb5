"""Those who apply for a card."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class CardApplication(models.Model):
    """Somebody who wants a card. The desk gives one or declines; `address` is where it was sent from."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")

    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"))
    language = models.CharField(_("language"), max_length=2, choices=User.Language, default=User.Language.KOREAN)
    message = models.TextField(_("message"), max_length=1000, blank=True)
    address = models.CharField(max_length=45, blank=True, editable=False)
    applied_at = models.DateTimeField(_("applied at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    card = models.ForeignKey(User, models.SET_NULL, verbose_name=_("card"), null=True, related_name="+")

    class Meta:
        verbose_name = _("application for a card")
        verbose_name_plural = _("applications for a card")
        constraints = (
            models.UniqueConstraint(
                Lower("email"), "name", condition=Q(state="waiting"), name="one_waiting_application_per_person"
            ),
        )
        indexes = (models.Index("address", "applied_at", name="applications_of_an_address"),)

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"
