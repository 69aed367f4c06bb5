"""Errors as problem documents (RFC 9457), made in this one place for the whole API."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from kernel.refusals import Refused
from kernel.storage.databases import is_out_of_reach

CONTENT_TYPE = "application/problem+json"
HEADERS = {"www-authenticate", "retry-after"}
logger = logging.getLogger(__name__)


class PleaseWait(exceptions.APIException):
    status_code = 503
    default_code = "please_wait"
    default_detail = gettext_lazy(
        "The library can't answer just now. Nothing was changed; please try again in a moment."
    )
    wait = 2


class TooLarge(exceptions.APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = gettext_lazy("The body is larger than anything the library is asked.")


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The members of a problem document. `code` is a stable word, `detail` a sentence in the active language."""
    title = HTTPStatus(status).phrase
    return {
        "type": f"urn:library:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
    } | more


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler: None for what nobody foresaw, which is then a logged 500."""
    if isinstance(error, Refused):
        return _response(problem(409, error.code, str(error), **error.extension()))
    error = _in_our_words(error)
    plain = exception_handler(error, dict(context))
    if plain is None or not isinstance(error, exceptions.APIException):
        return None
    return _response(_document(error), plain)


def nowhere(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """404 for addresses that lead nowhere."""
    return _plain_response(problem(404, "not_found", _("There is nothing at this address.")))


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's 500; the log has what happened."""
    sentence = _("Something went wrong here. Nothing was changed; please try again later.")
    return _plain_response(problem(500, "server_error", sentence))


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's 400, such as for a host that is not served here."""
    sentence = _("This request can't be read.")
    return _plain_response(problem(400, "invalid", sentence, errors=[{"field": "", "message": sentence}]))


def _in_our_words(error: Exception) -> Exception:
    """Django's and the database's errors as those of the API."""
    if isinstance(error, (ObjectDoesNotExist, Http404)):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return TooLarge()
    if isinstance(error, UnreadablePostError):  # the caller was gone before the last of it
        return exceptions.ParseError()
    if is_out_of_reach(error):  # away, full, too busy, or without its tables
        logger.error("the database could not do it", exc_info=error)
        return PleaseWait()
    return error


def _response(document: dict[str, Any], plain: Response | None = None) -> Response:
    response = Response(document, status=document["status"], content_type=CONTENT_TYPE)
    response.refusal = document["code"]  # type: ignore[attr-defined]  # kernel/http/request_log.py counts what was answered
    for name, value in plain.headers.items() if plain else ():
        if name.lower() in HEADERS:
            response[name] = value
    return response


def _plain_response(document: dict[str, Any]) -> JsonResponse:
    response = JsonResponse(
        document, status=document["status"], content_type=CONTENT_TYPE, json_dumps_params={"ensure_ascii": False}
    )
    response.refusal = document["code"]  # type: ignore[attr-defined]
    return response


def _document(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, (exceptions.ValidationError, exceptions.ParseError)):
        faults = list(_faults(error.detail))
        sentence = _("This request has faults: %(faults)s") % {"faults": "; ".join(map(_in_words, faults))}
        return problem(400, "invalid", sentence, errors=faults)
    code, more = error.get_codes(), getattr(error, "extension", {})
    return problem(error.status_code, code if isinstance(code, str) else "invalid", str(error.detail).strip(), **more)


def _in_words(fault: dict[str, str]) -> str:
    return f"{fault['field']}: {fault['message']}" if fault["field"] else fault["message"]


def _faults(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Nested error details as a flat list; `authors.0` is the first author."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _faults(inner, ".".join(filter(None, [field, own])))
    elif isinstance(detail, list):
        for place, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list))
            yield from _faults(inner, f"{field}.{place}" if nested and field else field)
    else:
        yield {"field": field, "message": str(detail)}
