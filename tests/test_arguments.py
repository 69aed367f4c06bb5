"""What is typed wrong behind a command is a usage error of one line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

WRONG = [
    (["sweep_overdue", "--as-of", "yesterday"], "yesterday is not a day: write it as 2026-11-22."),
    (["expire_holds", "--as-of", "2026-02-30"], "2026-02-30 is not a day"),
    (["mark_lost", "--as-of", ""], "is not a day"),
    (["send_notices", "--as-of", "1"], "1 is not a day"),
    (["anonymise_loans", "--as-of", "0001-01-01"], "0001-01-01 is before 1900-01-01"),
    (["close_events", "--before", "2026-13"], "2026-13 is not a month: write it as 2026-11."),
    (["anonymise_loans", "--older-than", "-1"], "-1 is not a whole number from 0 to 36500."),
    (["import_books", "books.mrc", "--copies", "-1"], "-1 is not a whole number from 0 to 100."),
    (["imports", "--last", "-1"], "-1 is not a whole number from 1 to"),
    (["backup", "folder", "--keep", "0"], "0 is not a whole number from 1 to"),
    (["make_listener", "shop", "--days", "99999999999"], "99999999999 is not a whole number from 1 to 3650."),
]


@pytest.mark.parametrize(("typed", "why"), WRONG)
def test_a_slip_is_a_usage_error(typed: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    command = load_command_class(get_commands()[typed[0]], typed[0])
    with pytest.raises(SystemExit) as stopped:
        command.run_from_argv(["manage.py", *typed])
    assert stopped.value.code == 2
    assert why in capsys.readouterr().err


def test_the_same_slip_in_code_is_an_error_of_the_command() -> None:
    with pytest.raises(CommandError, match="gestern is not a day"):
        call_command("sweep_overdue", "--as-of=gestern", stdout=StringIO())
