"""Who may see and do what on the staff side: every page and every action with each role, beside one table."""

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, get_resolver, reverse

from accounts.models import User
from fines.models import Entry, Fine
from kernel.staff.admins import ReadOnlyAdmin
from kernel.staff.site import StaffSite, staff_page
from lending.models import Loan
from tests.admin.door import Door, a_librarian, a_superuser
from tests.admin.test_every_page import a_busy_library, a_thing, page
from tests.bus import Bus

pytestmark = pytest.mark.django_db

ROLES = ("desk", "cataloguer", "cashier", "administrator", "operator")
DESK, CATALOGUER, CASHIER = ({role, "administrator"} for role in ("desk", "cataloguer", "cashier"))
ADMINISTRATOR, OPERATOR = {"administrator"}, {"operator"}
MAY: dict[str, dict[str, set[str]]] = {
    "accounts.Category": {"view": DESK, "add": ADMINISTRATOR, "change": ADMINISTRATOR},
    "accounts.User": {"view": DESK | CASHIER, **dict.fromkeys(("add", "change", "replace_card", "print_cards"), DESK)},
    "accounts.CategoryRule": dict.fromkeys(("view", "add", "change", "delete"), ADMINISTRATOR),
    "accounts.PatronDoubt": dict.fromkeys(("view", "same", "aside"), ADMINISTRATOR),
    "accounts.PatronImport": dict.fromkeys(("view", "add", "start", "stop", "resume", "undo"), ADMINISTRATOR),
    "accounts.CardApplication": dict.fromkeys(("view", "confirm", "decline"), DESK),
    "axes.AccessAttempt": {"view": OPERATOR, "unlock": OPERATOR},
    "catalog.Book": {"view": DESK | CATALOGUER, **dict.fromkeys(("add", "change", "withdraw", "labels"), CATALOGUER)},
    "catalog.BookDoubt": dict.fromkeys(("view", "same", "other", "aside"), CATALOGUER),
    "catalog.BookImport": dict.fromkeys(("view", "add", "start", "stop", "resume", "undo"), CATALOGUER),
    "catalog.Copy": {"view": DESK | CATALOGUER, **dict.fromkeys(("change", "withdraw", "labels"), CATALOGUER)},
    "catalog.CopyType": {"view": CATALOGUER, "add": CATALOGUER, "change": CATALOGUER},
    "catalog.Stocktaking": {"view": DESK | CATALOGUER, "add": CATALOGUER},
    "catalog.StocktakingFile": dict.fromkeys(("view", "add", "start", "stop", "resume", "undo"), DESK | CATALOGUER),
    "catalog.TypeRule": dict.fromkeys(("view", "add", "change", "delete"), CATALOGUER),
    "dashboard.CreditRow": {"view": ADMINISTRATOR},
    "dashboard.FineRow": {"view": ADMINISTRATOR},
    "dashboard.LoanRow": {"view": ADMINISTRATOR},
    "dashboard.HoldRow": {"view": ADMINISTRATOR},
    "dashboard.FeeRow": {"view": ADMINISTRATOR},
    "dashboard.UserInfo": {"view": CASHIER},
    "django_q.Failure": {"view": OPERATOR},
    "django_q.Schedule": {"view": OPERATOR},
    "eventbus.Delivery": {"view": OPERATOR, "requeue": OPERATOR},
    "eventbus.Event": {"view": OPERATOR},
    "fines.FeeSchedule": {"view": CASHIER, "add": ADMINISTRATOR, "revoke": ADMINISTRATOR},
    "fines.Fine": {"view": CASHIER, "take_payment": CASHIER, "waive": CASHIER, "refund": CASHIER},
    "fines.Till": {
        "view": CASHIER,
        "close": CASHIER,
        "as_file": CASHIER,
        "as_workbook": CASHIER,
        "reopen": ADMINISTRATOR,
    },
    "labels.NumberRule": dict.fromkeys(("view", "add", "change", "delete"), CATALOGUER),
    "lending.Book": {"view": DESK | CASHIER},
    "lending.LoanImport": dict.fromkeys(("view", "add", "start", "stop", "resume", "undo"), ADMINISTRATOR),
    "lending.CalendarRule": dict.fromkeys(("view", "add", "drop"), ADMINISTRATOR),
    "lending.Block": {"view": DESK, "add": DESK, "lift": DESK},
    "lending.Closure": dict.fromkeys(("view", "add", "move", "move_back", "drop"), ADMINISTRATOR),
    "lending.Opening": dict.fromkeys(("view", "add", "drop"), ADMINISTRATOR),
    "lending.Copy": {"view": DESK | CASHIER, "mark": DESK},
    "lending.Credit": {"view": ADMINISTRATOR},
    "lending.Debt": {"view": ADMINISTRATOR},
    "lending.Loan": {
        "view": DESK | CASHIER,
        **dict.fromkeys(("take_back", "renew", "cancel", "undo_return", "undo_renewal", "undo_loan"), DESK),
    },
    "lending.Hold": dict.fromkeys(("view", "add", "cancel", "suspend", "resume", "pickup_day"), DESK),
    "lending.LoanLine": {"view": DESK | CASHIER},
    "lending.Family": dict.fromkeys(("view", "add", "change", "dissolve"), DESK),
    "lending.Policy": {"view": ADMINISTRATOR, "add": ADMINISTRATOR, "drop": ADMINISTRATOR},
    "lending.Patron": {"view": DESK, "erase": ADMINISTRATOR},
    "lending.DeferredReturn": {"view": DESK},
    "lending.FailedAttempt": {"view": DESK},
    "lending.Return": {"view": DESK | CASHIER},
    "notices.Notice": dict.fromkeys(("view", "send_again", "mark_returned", "print_letters", "print_labels"), DESK),
    "notices.Timing": {"view": ADMINISTRATOR, "add": ADMINISTRATOR},
    "notices.Wording": dict.fromkeys(("view", "add", "change", "send_to_myself"), ADMINISTRATOR),
    "reporting.Visits": {"view": DESK, "add": DESK, "change": DESK},
    "opac.LibraryPage": {"view": ADMINISTRATOR, "add": ADMINISTRATOR, "change": ADMINISTRATOR},
    "opac.ReadingList": dict.fromkeys(("view", "add", "change"), CATALOGUER),
    "printing.LabelSheet": dict.fromkeys(("view", "add", "change", "delete"), CATALOGUER),
    "webhooks.Attempt": {"view": OPERATOR, "resend": OPERATOR},
    "webhooks.Endpoint": {"view": OPERATOR, "add": OPERATOR, "change": OPERATOR}
    | dict.fromkeys(("pause", "resume", "rotate_secret", "resend_since"), OPERATOR),
}
"""Nobody deletes anything, superusers included, but rules for imported copies' types and for older numbers, and sheets
of labels; what else stands here superusers may too, and staff without a role may nothing."""
DESK_PAGES = {"desk": DESK, "desk_commands": DESK}
PRINTING = {
    "printing_labels": CATALOGUER,
    "printing_cards": DESK,
    "catalog_book_call_number": CATALOGUER,
    "catalog_book_lookup": CATALOGUER,
}
OF_ALL_STAFF = {"", "find/", "charts/", "password_change/", "password_change/done/", "jsi18n/"}


class Staff:
    """One member of staff of each role, one without, and a superuser, each at the admin."""

    @cached_property
    def doors(self) -> dict[str, Door]:
        """By the name of the role."""
        roles = {role: a_librarian(f"L-{role}", roles=[role]) for role in ROLES}
        return {**roles, "bare": a_librarian("L-7900", roles=()), "superuser": a_superuser()}


@pytest.fixture
def doors(bus: Bus) -> dict[str, Door]:
    """The staff of a library where there is something of everything."""
    a_busy_library(bus)
    return Staff().doors


def rights(model_admin: Any, user: Any) -> set[str]:
    """What somebody may do with the things of a page."""
    request = RequestFactory().get("/")
    request.user = user
    names = ("view", "add", "change", "delete")
    return {name for name in names if getattr(model_admin, f"has_{name}_permission")(request)} | {
        *model_admin.get_actions(request)
    }


def test_the_table_has_every_page() -> None:
    assert sorted(model._meta.label for model in admin.site._registry) == sorted(MAY)


def test_each_page_and_action_is_for_the_roles_in_the_table_and_for_no_other(doors: dict[str, Door]) -> None:
    for model, model_admin in admin.site._registry.items():
        table = MAY[model._meta.label]
        thing = a_thing(model)
        for name, door in doors.items():
            expected = {right for right, roles in table.items() if name in {*roles, "superuser"}}
            assert rights(model_admin, door.user) == expected, (model, name)
            sees, adds = ({name in expected} for name in ("view", "add"))
            assert {door.get(reverse(f"admin:{page(model, 'changelist')}")).status_code == 200} == sees, (model, name)
            assert {door.get(reverse(f"admin:{page(model, 'add')}")).status_code == 200} == adds, (model, name)
            if thing:
                for one in ("change", "history"):
                    address = reverse(f"admin:{page(model, one)}", args=[thing.pk])
                    assert {door.get(address, follow=True).status_code == 200} == sees, (address, name)


def test_pages_of_their_own_are_for_the_roles_that_need_them(doors: dict[str, Door]) -> None:
    for name, roles in {**DESK_PAGES, **PRINTING}.items():
        let_in = {one for one, door in doors.items() if door.get(reverse(f"admin:{name}")).status_code == 200}
        assert let_in == {*roles, "superuser"}, name


def addresses(patterns: Any, before: str = "") -> Iterator[str]:
    """Every address below these patterns."""
    for one in patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from addresses(one.url_patterns, route)


def test_staff_without_a_role_see_no_page_but_the_start_and_their_own_password(doors: dict[str, Door]) -> None:
    patterns = next(one for one in get_resolver().url_patterns if str(one.pattern) == "admin/").url_patterns
    routes = {route for route in addresses(patterns) if not route.startswith(("^", "login", "(?P"))}
    assert {*DESK_PAGES} <= {route.strip("/").replace("/", "_") for route in routes}
    seen = {route for route in routes if doors["bare"].get(f"/admin/{re.sub('<.*?>', '1', route)}").status_code == 200}
    assert seen == OF_ALL_STAFF
    assert "You have no role yet" in doors["bare"].see("index")
    assert not any("You have no role yet" in door.see("index") for name, door in doors.items() if name != "bare")


def test_a_page_that_names_nobody_lets_nobody_in() -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("S-1", name="Sam Super")
    site = StaffSite(name="admin")
    site.admin_view(staff_page("lending.add_loan")(lambda request: HttpResponse()))(request)
    with pytest.raises(PermissionDenied):
        site.admin_view(lambda request: HttpResponse())(request)


class Hasty(ReadOnlyAdmin):
    """A page whose author forgot who may do its action."""

    actions = ("burn",)

    @admin.action(description="Burn")
    def burn(self, request: Any, queryset: Any) -> None:
        """Something that nobody may do."""


def test_an_action_that_names_no_permission_is_nobodys() -> None:
    for model, model_admin in admin.site._registry.items():
        for action, name, _ in model_admin._get_base_actions():
            assert getattr(action, "allowed_permissions", None), (model, name)
    request = RequestFactory().get("/")
    request.user = User.objects.create_superuser("S-1", name="Sam Super")
    assert Hasty(Fine, admin.site).get_actions(request) == {}


def test_an_action_that_is_sent_without_its_right_does_nothing(doors: dict[str, Door]) -> None:
    fine, loan = Fine.objects.get(), Loan.objects.get(status="active")
    doors["desk"].post(reverse("admin:fines_fine_changelist"), waived(fine))
    doors["cashier"].act("lending_loan", "take_back", loan, confirmed="yes")
    assert Entry.objects.exclude(kind="charge").count() == 0
    assert Loan.objects.get(pk=loan.pk).status == "active"
    doors["cashier"].post(reverse("admin:fines_fine_changelist"), waived(fine))
    doors["desk"].act("lending_loan", "take_back", loan, confirmed="yes")
    assert Entry.objects.filter(kind="waiver").count() == 1
    assert Loan.objects.get(pk=loan.pk).status == "returned"


def waived(fine: Fine) -> dict[str, Any]:
    """The fields of the page that waives a fine."""
    return {"action": "waive", "_selected_action": [fine.pk], "confirmed": "yes", "reason": "snow"}


@pytest.mark.parametrize("role", [*ROLES, "bare", "superuser"])
def test_no_page_leads_to_one_that_is_refused(doors: dict[str, Door], role: str) -> None:
    door, seen, found = doors[role], set[str](), ["/admin/"]
    while found:
        address = found.pop()
        seen.add(address.partition("?")[0])
        answer = door.get(address, follow=True)
        assert answer.status_code == 200, address
        links = re.findall(r'href="(/admin/[^"#]*)"', answer.getvalue().decode())
        found += {link.replace("&amp;", "&") for link in links if link.partition("?")[0] not in {*seen, *found}}
    assert len(seen) >= (2 if role == "bare" else 7)
