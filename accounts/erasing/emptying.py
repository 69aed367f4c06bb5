"""Emptying a person who is to be known no more. The row stays, as a number that stands for nobody."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db.models import Q, QuerySet
from knox.models import AuthToken

from accounts.models import Card, CardApplication, ErasedCard, OutgoingMail, User
from accounts.models.erased import digest_of
from kernel.http.idempotency.rewriting import forget_answers_to, rewrite_answers
from kernel.importing.erasing import forget_records
from kernel.storage.databases import atomic_in

EMPTY = {
    "name": "", "email": "", "category": None, "expires_on": None, "phone": "", "address": "", "postal_code": "",
    "born_on": None, "guardian": "", "consent_until": None, "notes": "", "keep_history": None, "is_card_lost": False,
    "is_active": False, "last_login": None, "added_by": None,
}  # fmt: skip
IMPORTS = "patrons"


def empty_person(person_id: int, *, now: datetime) -> None:
    """Empties a person: card, names, contacts and password go, tokens, sessions, links and mails, and what reports,
    kept answers and the staff's log say. Whoever is empty already stays so."""
    with atomic_in("accounts"):
        person = User.objects.select_for_update().filter(pk=person_id, erased_at=None).first()
        if person is None:
            return
        numbers = [person.card_number, *Card.objects.filter(person=person).values_list("number", flat=True)]

        ErasedCard.objects.bulk_create([ErasedCard(digest=digest_of(one)) for one in numbers], ignore_conflicts=True)
        _forget_sign_ins(person, numbers)
        _forget_in_logs(person)
        _forget_letters(person, numbers)
        _forget_answers(person, [person.name, *numbers])
        forget_records(numbers, person_id, IMPORTS)
        Card.objects.filter(person=person).delete()
        for name, value in EMPTY.items():
            setattr(person, name, value)
        person.card_number, person.erased_at = f"erased-{person_id}", now
        person.set_unusable_password()
        person.groups.clear()
        person.user_permissions.clear()
        person.save()


def _forget_sign_ins(person: User, numbers: Sequence[str]) -> None:
    AuthToken.objects.filter(user=person).delete()
    for session in Session.objects.iterator(chunk_size=500):
        if session.get_decoded().get(SESSION_KEY) == str(person.pk):
            session.delete()
    for rows in (AccessAttempt, AccessFailureLog, AccessLog):
        rows.objects.filter(username__in=[number.upper() for number in numbers]).delete()


def _forget_letters(person: User, numbers: Sequence[str]) -> None:
    to_them = Q(card_number__anycase_in=numbers)
    if person.email:
        to_them |= Q(sent_to__iexact=person.email)
    OutgoingMail.objects.filter(to_them).delete()
    _applications_of(person).delete()


def _applications_of(person: User) -> QuerySet[CardApplication]:
    own = Q(card=person)
    if person.email:
        own |= Q(name=person.name, email__iexact=person.email)
    return CardApplication.objects.filter(own)


def _forget_in_logs(person: User) -> None:
    """What the staff's log calls the person."""
    applied = [str(pk) for pk in _applications_of(person).values_list("pk", flat=True)]
    for model, keys in ((User, [str(person.pk)]), (CardApplication, applied)):
        kind = ContentType.objects.get_for_model(model)
        LogEntry.objects.filter(content_type=kind, object_id__in=keys).update(object_repr="–", change_message="")


def _forget_answers(person: User, words: Sequence[str]) -> None:
    """Answers about the person, and what forms of the staff said of the person, that are kept for repeated requests."""
    forget_answers_to(person.pk, "accounts")
    rewrite_answers("accounts", f'"id":{person.pk},"card_number"', _emptied)
    for word in words:
        rewrite_answers("accounts", json.dumps(word, ensure_ascii=False)[1:-1], partial(_without_notes, word))


def _emptied(body: str) -> str:
    answer = json.loads(body)
    return json.dumps({name: EMPTY.get(name) if name != "id" else value for name, value in answer.items()})


def _without_notes(word: str, body: str) -> str:
    said = json.loads(body)
    if not isinstance(said, list):
        return body
    return json.dumps([note for note in said if word not in note["sentence"]], ensure_ascii=False)
