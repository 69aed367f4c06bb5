"""An open loan of the patron on screen."""

from datetime import date

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.parts.reader import Reader
from kernel.pieces import piece
from kernel.reversing import page, page_of
from lending.checkout.out_now import CopyShown, LoanShown
from lending.models import Loan

ROW = piece(
    """<tr{late}>
      <td><a href="{address}">{title}</a></td>
      <td>{copies}</td>
      <td>{due_on}{state}</td>
      <td>{renew}</td>
    </tr>
    """
)
LATE = SafeString(' class="late"')
LINKED = piece('<a href="{address}"><code>{barcode}</code></a>{items} ')
NAMED = piece("<code>{barcode}</code>{items} ")
RENEW = piece(
    '<form method="post" action="{address}">{token}<input type="hidden" name="renew" value="{loan}">'
    '<input type="hidden" name="patron" value="{patron}"><button class="button">{words}</button></form>'
)


def loan_part(loan: LoanShown, patron: int, today: date, reader: Reader) -> SafeString:
    """One row: the title, the copies, until when, and a way to renew it for whoever may."""
    is_late = bool(loan.due_on and loan.due_on < today)
    may_renew = loan.status == Loan.Status.ACTIVE and reader.may("lending.change_loan")
    renewing = {"address": page("admin:desk_act"), "loan": loan.pk, "patron": patron, "words": _("Renew")}
    return ROW(
        late=LATE if is_late else "",
        address=page_of("admin:lending_loan_change", loan.pk),
        title=loan.title,
        copies=SafeString("".join(_copy(copy, reader) for copy in loan.copies)),
        due_on=date_format(loan.due_on) if loan.due_on else "–",
        state=_state(loan, is_late),
        renew=RENEW(token=reader.token, **renewing) if may_renew else "",
    )


def _copy(copy: CopyShown, reader: Reader) -> SafeString:
    items = f" +{', '.join(copy.items)}" if copy.items else ""
    if reader.may("lending.view_copy"):
        return LINKED(address=page_of("admin:lending_copy_change", copy.pk), barcode=copy.barcode, items=items)
    return NAMED(barcode=copy.barcode, items=items)


def _state(loan: LoanShown, is_late: bool) -> str:
    if is_late:
        return f" · {_('overdue')}"
    return str(loan.status.label) if loan.status == Loan.Status.REQUESTED else ""
