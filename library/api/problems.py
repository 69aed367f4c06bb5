"""Errors as problem documents (RFC 9457), made in this one place for the whole API."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from library.refusal import Refused

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """The members of a problem document. `code` is a stable word, `detail` a sentence in the active language."""
    title = HTTPStatus(status).phrase
    return {
        "type": f"urn:library:problem:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }


def problem_response(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's exception handler: None for what nobody foresaw, which is then a logged 500."""
    if isinstance(error, Refused):
        return _response(problem(409, error.code, str(error), **error.extension()))
    if isinstance(error, ObjectDoesNotExist) or isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    plain = exception_handler(error, dict(context))
    if plain is None or not isinstance(error, exceptions.APIException):
        return None
    return _response(_document(error), plain)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's 404 for addresses that lead nowhere."""
    return JsonResponse(
        problem(404, "not_found", _("There is nothing at this address.")), status=404, content_type=CONTENT_TYPE
    )


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's 500; the log has what happened."""
    sentence = _("Something went wrong here. Nothing was changed; please try again later.")
    return JsonResponse(problem(500, "server_error", sentence), status=500, content_type=CONTENT_TYPE)


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's 400, such as for a host that is not served here."""
    return JsonResponse(
        problem(400, "invalid", _("This request can't be read.")), status=400, content_type=CONTENT_TYPE
    )


def _response(document: dict[str, Any], plain: Response | None = None) -> Response:
    response = Response(document, status=document["status"], content_type=CONTENT_TYPE)
    for name, value in plain.headers.items() if plain else ():
        if name.lower() in {"www-authenticate", "retry-after"}:
            response[name] = value
    return response


def _document(error: exceptions.APIException) -> dict[str, Any]:
    if isinstance(error, (exceptions.ValidationError, exceptions.ParseError)):
        faults = list(_faults(error.detail))
        sentence = _("This request has faults: %(faults)s") % {"faults": "; ".join(map(_in_words, faults))}
        return problem(400, "invalid", sentence, errors=faults)
    code = error.get_codes()
    return problem(error.status_code, code if isinstance(code, str) else "invalid", str(error.detail))


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
