"""What is done to answers once their views have made them."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.middleware.http import ConditionalGetMiddleware

from kernel.http.answers.caching import NOT_STORED
from kernel.http.answers.content_policy import add_policy


class Finished:
    """Middleware, one for all of it, since most answers need nothing but a header.

    Nobody stores an answer of which nothing else was said, or one that sets a cookie. What is for everyone has an
    `ETag`, is answered 304 where the caller has it already, and is compressed. Nothing else is: from the length of a
    compressed answer that holds a secret and repeats what was asked, the secret could be guessed (BREACH).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._conditional = ConditionalGetMiddleware(get_response)
        self._gzip = GZipMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self._get_response(request)
        headers = response.headers
        if headers.get("Content-Type", "").startswith("text/html"):
            add_policy(response)
        if response.cookies or "Cache-Control" not in headers:
            headers["Cache-Control"] = NOT_STORED
        elif "public" in headers["Cache-Control"]:
            answer = self._conditional.process_response(request, response)
            return self._gzip.process_response(request, answer)
        return response
