"""Kept answers follow when what they tell is nobody's any more: a repeated request is still done once."""

from collections.abc import Callable

from kernel.http.models import KeptAnswer
from kernel.storage.databases import database_of


def rewrite_answers(context: str, holding: str, rewrite: Callable[[str], str]) -> None:
    """Rewrites the kept answers in a context's database that hold a text, one after the other."""
    answers = KeptAnswer.objects.using(database_of(context))
    for pk, body in answers.filter(body__contains=holding).values_list("pk", "body").iterator(chunk_size=500):
        if (rewritten := rewrite(body)) != body:
            answers.filter(pk=pk).update(body=rewritten)


def forget_answers_to(caller_id: int, context: str) -> None:
    """Forgets what a person was answered, who does not ask again."""
    KeptAnswer.objects.using(database_of(context)).filter(caller_id=caller_id).delete()
