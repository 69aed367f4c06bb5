"""The patron on screen: what must be known of somebody before anything is lent."""

from collections.abc import Iterable, Iterator

from django.template.defaultfilters import linebreaksbr
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from desk.parts.loan import loan_part
from desk.parts.reader import Reader
from desk.scanning.account import Account
from kernel.pieces import piece
from kernel.reversing import page, page_of
from lending.models import Hold

NOBODY = piece('<p class="help">{words}</p>\n')
PATRON = piece(
    """<section class="module account" data-patron="{pk}">
  <h2><a href="{address}">{name}</a> · {card_number}{category}</h2>
  {against}<p class="facts">
    {facts}<a href="{slip}?patron={pk}" class="slip-link">{print_a_slip}</a>
    <a href="{desk}" class="next-patron" aria-keyshortcuts="Escape">{next_patron} (Esc)</a>
  </p>
  {holds}<table>
    <thead><tr><th>{title}</th><th>{copies}</th><th>{due_on}</th><th></th></tr></thead>
    <tbody>
    {loans}
    </tbody>
  </table>
</section>
"""
)
AGAINST, NOTE = piece('<p class="errornote">{words}</p>\n  '), piece('<p class="note">{words}</p>\n  ')
FACT, URGENT = piece("<span>{words}</span>\n    "), piece('<span class="urgent">{words}</span>\n    ')
OWED, TO_PAY = piece('<span class="urgent owed">{words}</span>\n    '), piece('<a href="{address}">{words}</a>')
HOLD, READY = (piece(f'<p class="{kind}">{{title}}: {{state}}{{barcode}}</p>\n  ') for kind in ("help", "note ready"))
BARCODE = piece(" · <code>{barcode}</code>")
NOTHING = piece('<tr><td colspan="4">{words}</td></tr>')


def patron_part(account: Account | None, reader: Reader) -> SafeString:
    """Who is on screen, or what to do where nobody is."""
    if account is None:
        return NOBODY(
            words=_(
                "Scan a card to lend to it. A copy that is out is taken back; one that is in waits for a card. "
                "An ISBN, a title or a name is looked up."
            )
        )
    patron = account.patron
    loans = [loan_part(loan, patron.pk, account.today, reader) for loan in account.loans]
    return PATRON(
        pk=patron.pk,
        address=page_of("admin:desk_patron", patron.pk),
        name=patron.name,
        card_number=patron.card_number,
        category=f" · {patron.category}" if patron.category_id else "",
        against=_joined(_against(account)),
        facts=_joined(_facts(account, reader)),
        slip=page("admin:desk_slip"),
        print_a_slip=_("Print a slip"),
        desk=page("admin:desk"),
        next_patron=_("Next patron"),
        holds=_joined(map(_hold, account.holds)),
        title=_("title"),
        copies=_("copies"),
        due_on=_("due on"),
        loans=_joined(loans) if loans else NOTHING(words=_("Nothing is on loan.")),
    )


def _against(account: Account) -> Iterator[SafeString]:
    yield from (AGAINST(words=reason) for reason in account.reasons)
    if account.lacks_consent:
        yield AGAINST(words=_("A guardian has to agree: no consent holds today."))
    if account.patron.notes:
        yield NOTE(words=linebreaksbr(account.patron.notes))


def _facts(account: Account, reader: Reader) -> Iterator[SafeString]:
    out, limit = account.out, account.limit
    counted = _("%(out)s out") if limit is None else _("%(out)s of %(limit)s out")
    yield FACT(words=counted % {"out": out, "limit": limit})
    if account.overdue:
        yield URGENT(words=_("%(overdue)s overdue") % {"overdue": account.overdue})
    if account.owed_in_words:
        owed = _("%(owed)s are owed.") % {"owed": account.owed_in_words}
        may_see = reader.may("fines.view_account")
        yield OWED(
            words=TO_PAY(address=page_of("admin:desk_account", account.patron.pk), words=owed) if may_see else owed
        )
    if account.credit_in_words:
        yield FACT(words=_("credit %(credit)s") % {"credit": account.credit_in_words})
    if account.patron.expires_on:
        yield FACT(words=" ".join([_("card's last day"), date_format(account.patron.expires_on)]))


def _hold(hold: Hold) -> SafeString:
    is_ready = hold.status == Hold.Status.READY
    return (READY if is_ready else HOLD)(
        title=hold.title,
        state=SafeString(render_to_string("desk/parts/hold.html", {"hold": hold})),
        barcode=BARCODE(barcode=hold.copy.barcode) if is_ready and hold.copy else "",
    )


def _joined(parts: Iterable[SafeString]) -> SafeString:
    return SafeString("".join(parts))
