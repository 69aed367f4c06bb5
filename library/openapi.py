"""What the OpenAPI document calls the enumerations of the contexts."""

from kernel.http.configuration import SPECTACULAR_SETTINGS as OF_EVERY_DOCUMENT

SPECTACULAR_SETTINGS = OF_EVERY_DOCUMENT | {
    "ENUM_NAME_OVERRIDES": {
        "LoanStatus": "lending.models.Loan.Status",
        "CancelReason": "lending.models.Loan.CancelReason",
        "FineStatus": "fines.models.Fine.Status",
        "FineKind": "fines.models.Fine.Kind",
        "FeeKind": ["tiers", "per_day"],
        "EntryKind": "fines.models.Entry.Kind",
        "BlockKind": "lending.models.Block.Kind",
        "DashboardFineStatus": ["outstanding"],
        "Language": "accounts.models.User.Language",
        "Role": ["patron", "librarian"],
        "FirstDay": ["next", "same"],
        "CountedDays": ["calendar", "open_days"],
        "LateAs": ["fine", "suspension", "both", "nothing"],
        "CopyMark": "lending.marks.rules.MARKS",
    },
}
