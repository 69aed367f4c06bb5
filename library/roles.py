"""What the members of staff may do: the roles, each with its permissions, in the order in which they are shown.

`manage.py migrate` makes them groups, and takes from a group what no longer stands here. One person may have several.
"""

from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


def _all(context: str, model: str) -> list[str]:
    """Everything that may be done with things of a kind."""
    return [f"{context}.{act}_{model}" for act in ("view", "add", "change", "delete")]


DESK = Role(
    name="desk",
    title=_("desk"),
    sentence=_(
        "Finds people and books; lends, takes back, renews and cancels; registers patrons and changes their details."
    ),
    permissions=frozenset(
        {
            "accounts.view_user",
            "accounts.add_user",
            "accounts.change_user",
            "accounts.view_category",
            "accounts.view_cardapplication",
            "catalog.view_book",
            "catalog.view_copy",
            "catalog.view_stocktaking",
            "catalog.change_stocktaking",
            "lending.view_loan",
            "lending.view_loanline",
            "lending.view_return",
            "lending.view_deferredreturn",
            "lending.view_failedattempt",
            "lending.view_book",
            "lending.view_copy",
            "lending.add_loan",
            "lending.change_loan",
            "lending.mark_copy",
            "lending.view_patron",
            "lending.view_block",
            "lending.add_block",
            "lending.change_block",
            *_all("lending", "family"),
            "lending.view_hold",
            "lending.add_hold",
            "lending.change_hold",
            "lending.move_hold",
            "notices.view_notice",
            "notices.change_notice",
            "reporting.view_daycount",
            "reporting.view_visits",
            "reporting.add_visits",
            "reporting.change_visits",
        }
    ),
)

CATALOGUER = Role(
    name="cataloguer",
    title=_("cataloguer"),
    sentence=_("Registers, changes and withdraws books and copies; takes in files of other systems."),
    permissions=frozenset(
        {
            "catalog.view_book",
            "catalog.add_book",
            "catalog.change_book",
            "catalog.withdraw_book",
            "catalog.view_copy",
            "catalog.add_copy",
            "catalog.change_copy",
            "catalog.withdraw_copy",
            "catalog.import_books",
            "reporting.view_daycount",
            "catalog.view_stocktaking",
            "catalog.add_stocktaking",
            "catalog.change_stocktaking",
            *_all("printing", "labelsheet"),
            *_all("labels", "numberrule"),
            "catalog.view_copytype",
            "catalog.add_copytype",
            "catalog.change_copytype",
            *_all("catalog", "typerule"),
            "opac.view_readinglist",
            "opac.add_readinglist",
            "opac.change_readinglist",
        }
    ),
)

CASHIER = Role(
    name="cashier",
    title=_("cashier"),
    sentence=_("Takes payments and waives fines; counts and closes tills; sees patrons, loans and fines."),
    permissions=frozenset(
        {
            "accounts.view_user",
            "dashboard.view_userinfo",
            "lending.view_loan",
            "lending.view_loanline",
            "lending.view_return",
            "lending.view_book",
            "lending.view_copy",
            "fines.view_fine",
            "fines.view_entry",
            "fines.view_feeschedule",
            "fines.view_account",
            "fines.refund_fine",
            "fines.take_payment",
            "fines.waive_fine",
            "fines.view_till",
            "fines.view_count",
            "fines.close_till",
            "reporting.view_daycount",
        }
    ),
)

ADMINISTRATOR = Role(
    name="administrator",
    title=_("administrator"),
    sentence=_(
        "Does all that desk, cataloguer and cashier do; adopts policies and fees; keeps the calendar; makes staff and "
        "gives them their roles; may decide against a rule, with a reason."
    ),
    permissions=DESK.permissions
    | CATALOGUER.permissions
    | CASHIER.permissions
    | {
        "accounts.manage_staff",
        "accounts.add_category",
        "accounts.change_category",
        "accounts.import_patrons",
        "accounts.view_categoryrule",
        "accounts.add_categoryrule",
        "accounts.change_categoryrule",
        "accounts.delete_categoryrule",
        "lending.view_policy",
        "lending.view_policychange",
        "lending.add_policy",
        "lending.view_calendarrule",
        "lending.add_calendarrule",
        "lending.delete_calendarrule",
        "lending.view_closure",
        "lending.add_closure",
        "lending.delete_closure",
        "lending.view_opening",
        "lending.add_opening",
        "lending.delete_opening",
        "lending.override",
        "lending.erase_patron",
        "lending.import_loans",
        "fines.add_feeschedule",
        "fines.reopen_till",
        "notices.view_timing",
        "notices.add_timing",
        "notices.view_wording",
        "notices.add_wording",
        "notices.change_wording",
        "opac.view_librarypage",
        "opac.add_librarypage",
        "opac.change_librarypage",
        # what contexts know of one another's things, to look at
        "lending.view_debt",
        "lending.view_credit",
        "dashboard.view_loanrow",
        "dashboard.view_finerow",
        "dashboard.view_feerow",
        "dashboard.view_creditrow",
        "dashboard.view_holdrow",
    },
)

OPERATOR = Role(
    name="operator",
    title=_("operator"),
    sentence=_("Looks after the event log, deliveries, webhooks, schedules and failed tasks; unlocks sign-ins."),
    permissions=frozenset(
        {
            "accounts.unlock_sign_in",
            "axes.view_accessattempt",
            "django_q.view_failure",
            "django_q.view_schedule",
            "eventbus.view_event",
            "eventbus.view_delivery",
            "eventbus.change_delivery",
            "webhooks.view_endpoint",
            "webhooks.add_endpoint",
            "webhooks.change_endpoint",
            "webhooks.view_attempt",
        }
    ),
)

ROLES = (DESK, CATALOGUER, CASHIER, ADMINISTRATOR, OPERATOR)
