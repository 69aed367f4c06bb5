"""What operators need of the installed apps; the rest of their pages is taken away.

Sign-in tokens and the permissions of groups have no page: tokens are nobody's to see, and what a role may do stands in
`library/roles.py`.
"""

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from axes.utils import reset
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _
from django_q.models import Failure, OrmQ, Schedule, Success
from knox.models import AuthToken

from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.columns import Called

for model in (Group, AuthToken, AccessAttempt, AccessFailureLog, AccessLog, Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


@admin.register(AccessAttempt)
class WrongPasswords(Called, ReadOnlyAdmin):
    """Cards that were tried with wrong passwords, and how to let them try again."""

    list_display = ("username", "ip_address", "failures_since_start", "attempt_time")
    search_fields = ("username__startswith", "ip_address__startswith")
    fields = list_display
    actions = ("unlock",)

    def called(self, thing: AccessAttempt) -> str:
        """Which card, and from where."""
        return f"{thing.username} · {thing.ip_address}"

    def has_unlock_permission(self, request: HttpRequest) -> bool:
        """Whether the person may unlock cards."""
        return request.user.has_perm("accounts.unlock_sign_in")

    @admin.action(description=_("Unlock"), permissions=["unlock"])
    def unlock(self, request: HttpRequest, queryset: QuerySet[AccessAttempt]) -> None:
        """Forgets the wrong passwords."""
        for attempt in queryset:
            reset(ip=attempt.ip_address, username=attempt.username)
        self.message_user(request, _("They may sign in again."), messages.SUCCESS)

    def fits(self, action: str, thing: AccessAttempt) -> bool:
        """From the list only: what was unlocked has no page any more."""
        return False


@admin.register(Schedule)
class Schedules(ReadOnlyAdmin):
    """What the clock does."""

    list_display = ("called", "func", "schedule_type", "minutes", "next_run")
    fields = (*list_display, "repeats")
    readonly_fields = ("called",)

    @admin.display(description=gettext_lazy("Name"), ordering="name")
    def called(self, schedule: Schedule) -> str:
        """Its name, in the language of whoever looks."""
        return gettext(schedule.name)


@admin.register(Failure)
class FailedTasks(ReadOnlyAdmin):
    """Tasks that raised, with their error."""

    list_display = ("name", "func", "started", "stopped", "attempt_count")
    fields = (*list_display, "result")
    ordering = ("-started",)
