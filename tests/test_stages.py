"""What `make test` says at its end (`tests/stages.py`)."""

from tests.stages import Stage

SAID = b"""
ERROR    django.request:log.py:253 Internal Server Error: /books
=========================== short test summary info ============================
SKIPPED [1] tests/test_port.py:3: no such address
FAILED tests/test_port.py::test_taken - AssertionError: 8000
ERROR tests/stories/test_chaos.py::test_all - TimeoutError
============== 1 failed, 87 passed, 1 skipped, 1 error in 388.55s (0:06:28) ==============
"""


def test_what_failed_or_could_not_be_set_up_stands_by_the_summary():
    stage = Stage("programs", "postgres", [], said=SAID)

    assert stage.summary == "programs   postgres 1 failed, 87 passed, 1 skipped, 1 error in 388.55s (0:06:28)"
    assert stage.failures == [
        "FAILED tests/test_port.py::test_taken - AssertionError: 8000",
        "ERROR tests/stories/test_chaos.py::test_all - TimeoutError",
    ]
