"""What bars patrons, on the staff side: blocks are made and lifted here, suspensions are lifted."""

from datetime import date
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.fields import CardNumberField
from kernel.staff.forms import ReasonForm, ServiceForm
from lending.blocks.services import block_patron, lift_block
from lending.deferral.desk import admit
from lending.in_force import blocks_on
from lending.models import Block
from lending.queries import holders_of


class InForce(admin.SimpleListFilter):
    """What bars somebody today."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The one choice."""
        return [("yes", _("today"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Block]) -> QuerySet[Block]:
        """Those in force, if they are asked for."""
        return queryset.filter(blocks_on(timezone.localdate())) if self.value() == "yes" else queryset


class BlockForm(ServiceForm):
    """Whom to bar, why, and until when."""

    card_number = CardNumberField(label=_("card number"), max_length=32)

    class Meta:
        model = Block
        fields = ("reason", "until")

    field_order = ("card_number", "reason", "until")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reason" in self.fields:
            self.fields["reason"].required = True

    def clean_card_number(self) -> int:
        """The id of who has the card. Raises `ValidationError`."""
        holders = holders_of(self.cleaned_data["card_number"])
        if not holders:
            raise forms.ValidationError(_("No card has that number."))
        return holders[0]

    def clean_until(self) -> date | None:
        """A block that is over bars nobody. Raises `ValidationError`."""
        day: date | None = self.cleaned_data["until"]
        if day and day < timezone.localdate():
            raise forms.ValidationError(_("The last day of a block can't be past."))
        return day


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    """Blocks by hand and suspensions. What is there is never changed: it is lifted, for a reason."""

    form = BlockForm
    list_display = ("patron", "kind", "reason", "since", "until", "lifted_at")
    list_select_related = ()
    list_filter = (InForce, "kind")
    search_fields = ("patron",)
    search_help_text = _("A card number")
    actions = ("lift",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Block]:
        """With whom they bar, and who made them."""
        return super().get_queryset(request).prefetch_related("patron", "made_by", "lifted_by")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Block], term: str) -> Any:
        """By the patron's card."""
        return (queryset.filter(patron__in=holders_of(term.strip())) if term.strip() else queryset), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whoever may block patrons."""
        return request.user.has_perm("lending.add_block")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Whoever may lift blocks."""
        return request.user.has_perm("lending.change_block")

    def get_fields(self, request: HttpRequest, obj: Block | None = None) -> Any:
        """To type in, or to read."""
        if obj is None:
            return ("card_number", "reason", "until")
        return (
            "patron", "kind", "reason", "since", "until", "made_at", "made_by", "lifted_at", "lifted_by", "lift_reason",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Block | None = None) -> Any:
        """Everything, once it is made."""
        return self.get_fields(request, obj) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """The card of the patron whose page led here."""
        return {"card_number": request.GET.get("card_number", "")}

    def save_model(self, request: HttpRequest, obj: Block, form: Any, change: bool) -> None:
        """Blocks the patron through the service."""
        wanted = {"reason": form.cleaned_data["reason"], "until": form.cleaned_data["until"]}
        made = block_patron(
            patron_id=form.cleaned_data["card_number"], by_id=request.user.pk, now=timezone.now(), **wanted
        )
        obj.pk, obj.patron_id = made.pk, made.patron_id

    def fits(self, action: str, thing: Block) -> bool:
        """What bars nobody any more can't be lifted."""
        return thing.is_on(timezone.localdate())

    @admin.action(description=_("Lift"), permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Block]) -> HttpResponse | None:
        """Lifts blocks and suspensions, after a page that asks why."""
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            sentence = _("They bar nobody any more. What is brought back late from now on suspends again.")
            return self.confirmation(
                request, queryset, action="lift", title=_("Lift blocks"), sentence=sentence, form=form
            )
        lifting = partial(lift_block, reason=form.cleaned_data["reason"], by_id=request.user.pk, now=timezone.now())
        self.for_each(request, queryset, lambda block: admit(partial(lifting, block.pk)), _("Lifted: %(count)s."))
        return None
