"""People with a library card, and the numbers of their cards, which stay theirs."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.categories.models import Category
from kernel.labels.reading import CARD, searched
from kernel.storage.lookups import folded
from kernel.values.phones import LONGEST_PHONE

CARD_NUMBER = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]{0,31}\Z", _("Up to 32 letters, digits and hyphens."))


class UserManager(BaseUserManager["User"]):
    """What Django's own commands need to make people, and its sign-in to find them."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Whose card that is or was, however its number was typed or scanned. Raises `User.DoesNotExist`.

        Nobody signs in with the number of a card that was replaced: `accounts.passwords.backends`.
        """
        number = searched(username or "", CARD)
        return self.filter(card_number__anycase=number).first() or self.get(cards__number__anycase=number)

    def create_user(self, card_number: str, password: str | None = None, **fields: Any) -> "User":
        """A person with a hashed password, or with none that could be used."""
        user = self.model(card_number=card_number, **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            Card.objects.create(person=user, number=user.card_number, given_at=timezone.now())
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
    phone = models.CharField(_("telephone"), max_length=LONGEST_PHONE, blank=True, default="", db_default="")
    address = models.CharField(_("address"), max_length=300, blank=True, default="", db_default="")
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True, default="", db_default="")
    born_on = models.DateField(_("born on"), null=True, blank=True)
    guardian = models.CharField(
        _("guardian"), max_length=200, blank=True, default="", db_default="", help_text=_("Who agreed, under 14.")
    )
    consent_until = models.DateField(_("guardian's consent holds until"), null=True, blank=True)
    notes = models.TextField(
        _("notes"), max_length=2000, blank=True, default="", db_default="", help_text=_("Seen by librarians only.")
    )
    keep_history = models.BooleanField(
        _("keeps the history of loans"),
        null=True,
        blank=True,
        default=None,
        help_text=_("Until further notice, not at all, or as long as the library keeps it where this is unknown."),
    )
    """True: loans stay until the person says otherwise. False: not a day behind their end. None: `KEEP_LOANS_DAYS`."""
    notices_by_email = models.BooleanField(_("wants notices by email"), default=True, db_default=True)
    notices_by_message = models.BooleanField(_("wants notices as messages"), default=False, db_default=False)
    notices_off: Any = models.JSONField(
        _("kinds of notices not wanted"), default=list, db_default=Value([], models.JSONField()), blank=True
    )
    is_card_lost = models.BooleanField(
        _("card lost"), default=False, db_default=False, help_text=_("Nothing is lent to it before it is replaced.")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    added_by = models.BigIntegerField(null=True, editable=False)
    """The id of the import that registered the person and can still be undone."""
    erased_at = models.DateTimeField(_("erased at"), null=True, editable=False)
    """When everything was emptied that told who it was."""
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
        indexes = (models.Index(fields=["added_by"], condition=Q(added_by__isnull=False), name="patrons_of_an_import"),)
        permissions = [
            ("manage_staff", "Can make staff, change them and give them roles"),
            ("import_patrons", "Can import patrons, decide doubts and undo imports"),
            ("unlock_sign_in", "Can unlock a card that was locked by wrong passwords"),
        ]

    def __str__(self) -> str:
        return f"{self.card_number} {self.name}"

    @property
    def roles(self) -> list[str]:
        """What the API calls a person: `patron` for everybody with a card, and `librarian` for the staff."""
        return ["patron", "librarian"] if self.is_staff else ["patron"]


class Card(models.Model):
    """A number that somebody's card has, or had: the newest one is `User.card_number`.

    Each number is one person's for ever, so that a card that was lost and found never opens another's account.
    """

    person = models.ForeignKey(User, models.CASCADE, related_name="cards", verbose_name=_("patron"))
    number = models.CharField(_("card number"), max_length=32)
    given_at = models.DateTimeField(_("given at"))
    ended_at = models.DateTimeField(_("replaced at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ended_by = models.BigIntegerField(_("replaced by"), null=True)

    class Meta:
        verbose_name = _("card")
        verbose_name_plural = _("cards")
        constraints = (
            models.UniqueConstraint(folded("number"), name="one_person_for_each_number"),
            models.UniqueConstraint(fields=("person",), condition=Q(ended_at=None), name="one_card_at_a_time"),
        )

    def __str__(self) -> str:
        return self.number
