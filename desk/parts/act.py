"""An act in the list of the sitting."""

from urllib.parse import quote

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from desk.models import Act
from desk.parts.reader import Reader
from desk.scanning.sitting import Shown
from kernel.pieces import piece
from kernel.reversing import page, page_of

ACT = piece(
    """<li class="act {kind}{voided}" id="act-{pk}">\
<span class="act-what">{what}</span> <time datetime="{at}">{hour}</time>
{typed} {title}
<span class="act-said">{said}</span>
{held_for}
{name}
{loan}
{undo}</li>
"""
)
CODE, BOLD = piece("<code>{text}</code>"), piece("<b>{text}</b>")
LINK = piece('<a href="{address}">{text}</a>')
HELD_FOR = piece('<a class="held-for" href="{shelf}">→ {held_for}</a>{slip}')
SLIP = piece(' <a href="{address}?copy={barcode}">{words}</a>')
VOIDED = piece('<em class="act-undone">{words}</em>')
UNDO = piece(
    '<form method="post" action="{address}" class="act-undo">{token}<input type="hidden" name="undo" value="{pk}">'
    '<button class="button">{words}</button></form>'
)


def act_part(one: Shown, reader: Reader) -> SafeString:
    """The act, with ways to what it concerns and to undo it for whoever may."""
    act, at = one.act, localtime(one.act.at)
    return ACT(
        kind=act.kind,
        voided=" voided" if act.voided_at else "",
        pk=act.pk,
        what=Act.Kind(act.kind).label,
        at=at.isoformat(),
        hour=f"{at:%H:%M}",
        typed=CODE(text=act.typed) if act.typed else "",
        title=BOLD(text=act.title) if act.title else "",
        said=act.said,
        held_for=_held_for(one, reader) if one.held_for else "",
        name=LINK(address=f"{page('admin:desk')}?patron={act.patron}", text=one.name) if one.name else "",
        loan=_loan(act) if act.loan and reader.may("lending.view_loan") else "",
        undo=_undo(act, reader),
    )


def _held_for(one: Shown, reader: Reader) -> SafeString:
    slip = SLIP(address=page("admin:desk_hold_slip"), barcode=quote(one.act.typed), words=_("Print a slip"))
    shelf, may_print = reverse("admin:desk_list", args=["shelf"]), reader.may("lending.view_hold")
    return HELD_FOR(shelf=shelf, held_for=one.held_for, slip=slip if may_print else "")


def _loan(act: Act) -> SafeString:
    return LINK(
        address=page_of("admin:lending_loan_change", act.loan), text=_("loan no. %(number)s") % {"number": act.loan}
    )


def _undo(act: Act, reader: Reader) -> SafeString:
    if act.voided_at:
        return VOIDED(words=_("undone"))
    if act.is_undoable and reader.may("lending.change_loan"):
        return UNDO(address=page("admin:desk_act"), token=reader.token, pk=act.pk, words=_("Undo"))
    return SafeString()
