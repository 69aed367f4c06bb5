"""What somebody is answered for whom no thread can read."""

from uuid import uuid4

from kernel.http.answers.plain_answers import whole
from kernel.http.problems import PleaseWait, problem_response


def please_wait() -> tuple[int, list[tuple[str, str]], bytes]:
    """The status, headers and body, as the API has them: 503, `please_wait`."""
    response = problem_response(PleaseWait(), {})
    assert response, "a problem is foreseen"
    return whole(response, (), uuid4())
