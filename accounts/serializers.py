"""What goes in and out where people and their cards are concerned."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidPassword
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.categories.serializers import CategoryCode
from accounts.models import CARD_NUMBER, User
from accounts.rules import KINDS_OF_NOTICES, faults_of
from kernel.http.input.fields import CardNumber, Day, Flag, Phone, Text
from kernel.http.input.parsing import Part


@extend_schema_serializer(component_name="SignIn")
class Credentials(serializers.Serializer[Any]):
    card_number = CardNumber()
    password = Text(max_length=128, trim_whitespace=False)


@extend_schema_serializer(component_name="AccessToken")
class NewToken(serializers.Serializer[Any]):
    token = serializers.CharField()
    expires_at = serializers.DateTimeField()


@extend_schema_serializer(component_name="Patron")
class Person(serializers.ModelSerializer[User]):
    email = serializers.EmailField(allow_blank=True)
    roles = serializers.ListField(child=serializers.ChoiceField(["patron", "librarian"]), read_only=True)

    class Meta:
        model = User
        fields: tuple[str, ...] = ("id", "card_number", "name", "email", "language", "roles")
        read_only_fields = fields


@extend_schema_serializer(component_name="PatronRecord")
class PatronShown(Person):
    category = serializers.CharField(source="category_id", allow_null=True)

    class Meta(Person.Meta):
        fields = (
            *Person.Meta.fields, "category", "expires_on", "phone", "address", "postal_code", "born_on", "guardian",
            "consent_until", "notes",
        )  # fmt: skip
        read_only_fields = fields


@extend_schema_serializer(component_name="ChooseNotices")
class NoticesChosen(Part):
    email = Flag(source="notices_by_email", required=False)
    message = Flag(source="notices_by_message", required=False)
    off = serializers.ListField(
        source="notices_off",
        required=False,
        child=serializers.ChoiceField(KINDS_OF_NOTICES),
        max_length=20,
        help_text="Kinds of notices not wanted.",
    )


@extend_schema_serializer(component_name="UpdateMe")
class OwnChanges(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254, allow_blank=True)
    language = serializers.ChoiceField(User.Language.choices)
    phone = Phone(allow_blank=True)
    keep_history = Flag(allow_null=True)
    notices = NoticesChosen(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What is said of notices stands beside the other details."""
        return {**attrs, **attrs.pop("notices", {})}


@extend_schema_serializer(component_name="ChangePassword")
class PasswordChange(serializers.Serializer[Any]):
    old = Text(max_length=128, trim_whitespace=False)
    new = Text(max_length=128, trim_whitespace=False)

    def validate_new(self, password: str) -> str:
        """Refuses passwords that are too short, too common, or like the own name, card or email."""
        return _good(password, self.context["person"])


@extend_schema_serializer(component_name="UpdatePatron")
class PatronChanges(serializers.Serializer[Any]):
    name = Text(max_length=200)
    email = serializers.EmailField(max_length=254, allow_blank=True)
    language = serializers.ChoiceField(User.Language.choices, required=False)
    password = Text(max_length=128, trim_whitespace=False, required=False)
    category = CategoryCode(source="category_id", allow_null=True, required=False)
    expires_on = Day(allow_null=True, required=False)
    phone = Phone(allow_blank=True, required=False)
    address = Text(max_length=300, allow_blank=True, required=False)
    postal_code = Text(max_length=10, allow_blank=True, required=False)
    born_on = Day(allow_null=True, required=False)
    guardian = Text(max_length=200, allow_blank=True, required=False)
    consent_until = Day(allow_null=True, required=False)
    notes = Text(max_length=2000, allow_blank=True, required=False)

    def validate_password(self, password: str) -> str:
        """Refuses passwords that are too short or too common."""
        return _good(password)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuses a child without a guardian's consent, where these details are given or changed."""
        if attrs.keys() & {"born_on", "guardian", "consent_until"}:
            person: User = self.context.get("person") or User()
            details = [attrs.get(name, getattr(person, name)) for name in ("born_on", "guardian", "consent_until")]
            if faults := faults_of(self.context["today"], *details):
                raise serializers.ValidationError(faults)
        return attrs


@extend_schema_serializer(component_name="RegisterPatron")
class NewPatron(PatronChanges):
    card_number = CardNumber(validators=[CARD_NUMBER])


@extend_schema_serializer(component_name="ReplaceCard")
class NewCard(serializers.Serializer[Any]):
    card_number = CardNumber(validators=[CARD_NUMBER])
    reason = Text(max_length=200)


class PatronFilters(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")


def _good(password: str, person: User | None = None) -> str:
    try:
        validate_password(password, person)
    except InvalidPassword as error:
        raise serializers.ValidationError(error.messages) from error
    return password
