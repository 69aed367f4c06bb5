"""People with a library card, those who apply for one, and the mails that are sent to them."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.categories.models import Category
from kernel.labels.reading import CARD, searched
from kernel.storage.lookups import folded

CARD_NUMBER = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}\Z", _("Up to 32 letters, digits and hyphens."))


class UserManager(BaseUserManager["User"]):
    """What Django's own commands need to make people, and its sign-in to find them."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Whose card that is, however its number was typed or scanned. Raises `User.DoesNotExist`."""
        return self.get(card_number__anycase=searched(username or "", CARD))

    def create_user(self, card_number: str, password: str | None = None, **fields: Any) -> "User":
        """A person with a hashed password, or with none that could be used."""
        user = self.model(card_number=card_number, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, card_number: str, password: str | None = None, **fields: Any) -> "User":
        """Somebody who may do everything: the first of the staff, who gives the others their roles."""
        return self.create_user(card_number, password, **{**fields, "is_staff": True, "is_superuser": True})


class User(AbstractBaseUser, PermissionsMixin):
    """One person with a library card, or a program that reads the event log.

    `is_staff` lets a person in by the staff side; what members of staff may do there is up to their roles.
    """

    class Language(models.TextChoices):
        KOREAN = "ko", _("Korean")
        ENGLISH = "en", _("English")

    card_number = models.CharField(_("card number"), max_length=32, unique=True, validators=[CARD_NUMBER])
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("email"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.KOREAN)
    category = models.ForeignKey(Category, models.PROTECT, verbose_name=_("category"), null=True, blank=True)
    expires_on = models.DateField(
        _("card's last day"), null=True, blank=True, help_text=_("Nothing for a card that does not end.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_program = models.BooleanField(_("program"), default=False, db_default=False, editable=False)
    registered_at = models.DateTimeField(_("registered at"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "card_number"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("patron")
        verbose_name_plural = _("patrons")
        constraints = (models.UniqueConstraint(folded("card_number"), name="one_person_per_card_number"),)
        permissions = [
            ("manage_staff", "Can make staff, change them and give them roles"),
            ("unlock_sign_in", "Can unlock a card that was locked by wrong passwords"),
        ]

    def __str__(self) -> str:
        return f"{self.card_number} {self.name}"

    @property
    def roles(self) -> list[str]:
        """What the API calls a person: `patron` for everybody with a card, and `librarian` for the staff."""
        return ["patron", "librarian"] if self.is_staff else ["patron"]


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


class OutgoingMail(models.Model):
    """A mail that a worker sends to the holder of a card. `card_number` is as it was typed, and may be nobody's.

    What is in the mail is composed as it is sent, so that no link is ever stored. `sent_to` is an address that the
    holder had before; where it is empty the mail goes to the one he has now.
    """

    class Kind(models.TextChoices):
        LINK = "link"
        PASSWORD_CHANGED = "password_changed"  # noqa: S105  (no password)
        EMAIL_CHANGED = "email_changed"

    kind = models.CharField(max_length=20, choices=Kind)
    card_number = models.CharField(max_length=32)
    sent_to = models.EmailField(blank=True)
    address = models.CharField(max_length=45, blank=True)
    asked_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    failed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "card_number", "sent_to", "address"),
                condition=Q(done_at=None),
                name="one_pending_mail_of_a_kind",
            ),
        )
        indexes = (
            models.Index("retry_at", name="pending_mails", condition=Q(done_at=None)),
            models.Index("card_number", "asked_at", name="mails_of_a_card"),
            models.Index("address", "asked_at", name="mails_of_an_address"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
