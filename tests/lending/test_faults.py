"""Faults on purpose."""

import time

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError

from lending.overload.faults import Faults, faults_named


def test_an_operator_names_them() -> None:
    named = faults_named("delay=400+-220, lost=0.25,full=1")
    assert named == Faults(delay=400, jitter=220, lost=0.25, full=1)
    assert faults_named("") == Faults()


@pytest.mark.parametrize("text", ["delay", "delay=-1", "lost=2", "lost=x", "flood=1", "delay=1+-"])
def test_what_can_not_be_read_stops_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="can't be read"):
        faults_named(text)


def test_a_delay_is_spread_within_its_bounds() -> None:
    faults, taken = faults_named("delay=20+-10"), []
    for _ in range(20):
        began = time.perf_counter()
        faults.strike_work()
        taken.append(time.perf_counter() - began)
    assert min(taken) >= 0.0095
    assert min(taken) < 0.025
    assert max(taken) - min(taken) > 0.002


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("text", "words"), [("lost=1", "connection was lost"), ("full=1", "disk is full")])
def test_a_broken_write_fails_as_the_database_would(text: str, words: str) -> None:
    with pytest.raises(OperationalError, match=words):
        faults_named(text).strike_database()
    Faults().strike_database()
