"""A notice as a message to a telephone: one signed POST to the gateway of whoever sends them for the library.

The body is JSON: `id`, `to`, `type` (`short` or `long`), `title`, `text`, `kind` and `language`. It is signed as
webhooks are (Standard Webhooks 1.0); sent twice, it has one `webhook-id`, by which a gateway knows it.
"""

import json
from datetime import datetime, timedelta

from django.conf import settings

from kernel.outgoing.asked_pauses import asked_pause
from kernel.outgoing.persistent import PersistentConnections
from kernel.outgoing.signing import signature
from notices.sending.outcomes import Outcome
from notices.writing.lengths import as_sent, cut, length
from notices.writing.letters import Written

SHORT, LONG, LONG_TITLE = 90, 2_000, 40
"""Bytes that a short and a long message have at most, and the title of a long one."""
LATER = {408, 425, 429}
"""Answers that another try may cure, though they say that the call was wrong."""

AWAY = {None, 429, 502, 503, 504}
"""Answers, or none, that say that the gateway takes nothing for now."""


def send_message(gateway: PersistentConnections, notice_id: int, notice: Written, now: datetime) -> Outcome:
    """Gives it to the gateway."""
    name, body = f"notice-{notice_id}", json.dumps(message_of(notice_id, notice)).encode()
    stamp = int(now.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "library-notices/1.0",
        "webhook-id": name,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(settings.NOTICES_GATEWAY_SECRET, name, stamp, body),
    }
    answer = gateway.post(body, headers)
    if answer.is_success:
        return Outcome()
    error = f"the gateway answered {answer.status}" if answer.status else answer.error
    is_final = 400 <= (answer.status or 0) < 500 and answer.status not in LATER
    is_away = answer.status in AWAY
    pause = asked_pause(answer.retry_after, now) if is_away else timedelta()
    return Outcome(error=error, is_final=is_final, is_away=is_away, pause=pause)


def message_of(notice_id: int, notice: Written) -> dict[str, str]:
    """What the gateway is sent."""
    text = as_sent(notice.body)
    return {
        "id": f"notice-{notice_id}",
        "to": notice.person.phone,
        "type": "short" if length(text) <= SHORT else "long",
        "title": cut(notice.title, LONG_TITLE),
        "text": cut(text, LONG),
        "kind": notice.kind,
        "language": notice.person.language,
    }
