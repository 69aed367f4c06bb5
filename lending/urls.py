"""The addresses of lending."""

from django.urls import path

from lending.api.blocks import BlocksOfPatron, LiftBlock
from lending.api.copies.history import HistoryOfCopy, HistoryOfPatron
from lending.api.copies.marks import MarkCopy
from lending.api.families import Families, FamilyById
from lending.api.holds import (
    CancelHold,
    HoldById,
    Holds,
    MoveHold,
    PickupDayOfHold,
    ResumeHold,
    SuspendHold,
)
from lending.api.loans import ExplainLoan, LoanById, Loans
from lending.api.patrons.erasing import ErasePatron
from lending.api.patrons.history import OwnHistory
from lending.api.renewals import DueDateOfLoan, RenewLoan
from lending.api.requested import CancelLoan
from lending.api.returns import ReturnByBarcode, ReturnLoan
from lending.api.rules.calendar import (
    CalendarDays,
    CalendarRuleById,
    CalendarRules,
    ClosureById,
    Closures,
    MoveDueDates,
    MoveDueDatesBack,
    OpeningById,
    Openings,
)
from lending.api.rules.policies import DecidingPolicy, Policies, PolicyById
from lending.api.stock import BookAvailability
from lending.api.undo import UndoLoan, UndoRenewal, UndoReturn

urlpatterns = [
    path("loans", Loans.as_view()),
    path("loans/<id:pk>", LoanById.as_view()),
    path("loans/<id:pk>/explain", ExplainLoan.as_view()),
    path("loans/<id:pk>/return", ReturnLoan.as_view()),
    path("loans/<id:pk>/renew", RenewLoan.as_view()),
    path("loans/<id:pk>/due-date", DueDateOfLoan.as_view()),
    path("loans/<id:pk>/cancel", CancelLoan.as_view()),
    path("policies", Policies.as_view()),
    path("policies/deciding", DecidingPolicy.as_view()),
    path("policies/<id:pk>", PolicyById.as_view()),
    path("loans/<id:pk>/undo", UndoLoan.as_view()),
    path("loans/<id:pk>/renew/undo", UndoRenewal.as_view()),
    path("returns", ReturnByBarcode.as_view()),
    path("copies/<id:pk>/mark", MarkCopy.as_view()),
    path("copies/<id:pk>/history", HistoryOfCopy.as_view()),
    path("me/history", OwnHistory.as_view()),
    path("patrons/<id:pk>/erase", ErasePatron.as_view()),
    path("patrons/<id:pk>/history", HistoryOfPatron.as_view()),
    path("returns/<id:pk>/undo", UndoReturn.as_view()),
    path("patrons/<id:pk>/blocks", BlocksOfPatron.as_view()),
    path("blocks/<id:pk>/lift", LiftBlock.as_view()),
    path("holds", Holds.as_view()),
    path("holds/<id:pk>", HoldById.as_view()),
    path("holds/<id:pk>/cancel", CancelHold.as_view()),
    path("holds/<id:pk>/suspend", SuspendHold.as_view()),
    path("holds/<id:pk>/resume", ResumeHold.as_view()),
    path("holds/<id:pk>/move", MoveHold.as_view()),
    path("holds/<id:pk>/pickup-by", PickupDayOfHold.as_view()),
    path("families", Families.as_view()),
    path("families/<id:pk>", FamilyById.as_view()),
    path("calendar", CalendarDays.as_view()),
    path("calendar/rules", CalendarRules.as_view()),
    path("calendar/rules/<id:pk>", CalendarRuleById.as_view()),
    path("closures", Closures.as_view()),
    path("closures/<id:pk>", ClosureById.as_view()),
    path("closures/<id:pk>/move-due-dates", MoveDueDates.as_view()),
    path("closures/<id:pk>/move-back", MoveDueDatesBack.as_view()),
    path("openings", Openings.as_view()),
    path("openings/<id:pk>", OpeningById.as_view()),
    path("books/<id:pk>/availability", BookAvailability.as_view()),
]
