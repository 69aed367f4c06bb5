"""The rules that loans keep: one row for all loans that have the same, announced once."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from kernel.eventbus.publishing.outbox import publish_many
from kernel.observability.tracing import Trace
from kernel.storage.databases import after_commit_in
from lending.events import TermsKept
from lending.models import Terms
from lending.policies.table import Decision
from lending.policy_fields import flattened

_known: WeakKeyDictionary[Decision, int] = WeakKeyDictionary()
"""What this process saw committed."""


def forget_terms() -> None:
    """Looks them up anew."""
    _known.clear()


def kept_terms(decisions: Mapping[Decision, Trace], now: datetime) -> dict[Decision, int]:
    """The ids of the rows with these rules; those that nobody kept before are made and announced, each under the
    trace of the request that kept it first."""
    return {decision: _known.get(decision) or _keep(decision, trace, now) for decision, trace in decisions.items()}


def _keep(decision: Decision, trace: Trace, now: datetime) -> int:
    policy = decision.policy
    identity: dict[str, Any] = {
        "policy": policy.pk if policy else None,
        "valid_from": policy.begins_on if policy else None,
        "category": decision.category,
        "copy_type": decision.copy_type,
    }
    values = flattened(decision.rules.nested())
    digest = hashlib.sha256(json.dumps([identity, values], sort_keys=True, default=str).encode()).hexdigest()
    terms, made = Terms.objects.get_or_create(digest=digest, defaults={**identity, "values": values})
    if made:
        # Who borrowed first under the rules is no part of them, and would tell whose that loan was.
        nobodys = replace(trace, by=None, reason="")
        publish_many([TermsKept(occurred_at=now, terms=terms.pk, **identity, rules=values)], [nobodys])
    after_commit_in("lending", partial(_known.__setitem__, decision, terms.pk))
    return terms.pk
