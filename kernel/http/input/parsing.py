"""JSON as strictly as the contract says: bad input is 400, never 500."""

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NoReturn

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

LARGEST = 2**63 - 1
PAGING = frozenset({"cursor", "page_size"})
ESCAPED_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


class Nothing(serializers.Serializer[Any]):
    """No fields: for bodies and queries that may only be empty."""


class Part(serializers.Serializer[Any]):
    """An object within a body: it has no other fields than these, as the whole has none."""

    def to_internal_value(self, data: Any) -> Any:
        """The fields that are there. Raises `ValidationError`, also for fields nobody asked for."""
        _refuse_unknown(data, self.fields)
        return super().to_internal_value(data)


class StrictJSONParser(JSONParser):
    """Reads JSON in UTF-8 without NaN, Infinity, repeated names, lone surrogates, and numbers beyond 64 bits."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """The parsed body. Raises `ParseError`, and `RequestDataTooBig` for more than the settings allow."""
        try:
            return _parsed(parser_context["request"].body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON that can be read: %(why)s") % {"why": _why(error)}) from error


def validated(serializer: type[serializers.Serializer[Any]], data: Any, **options: Any) -> dict[str, Any]:
    """The fields of a body or a query after all checks. Raises `ValidationError`, also for fields nobody asked for."""
    if not options or data is None:
        return _read(serializer, data)
    checked = serializer(data=data, **options)
    _refuse_unknown(data, checked.fields)
    checked.is_valid(raise_exception=True)
    fields: dict[str, Any] = checked.validated_data
    return fields


def filters_of(
    request: Request, serializer: type[serializers.Serializer[Any]], paging: frozenset[str] = PAGING
) -> dict[str, Any]:
    """The filters in the address, beside those of paging. Raises `ValidationError`.

    A field that may be given several times gets a list then; every other field refuses it.
    """
    asked = {name: values for name, values in request.query_params.lists() if name not in paging}
    given = {name: values if len(values) > 1 else values[0] for name, values in asked.items()}
    return _read(serializer, given)


def parameter_of(request: Request, name: str) -> str | None:
    """What the address has under a name, None for nothing. Raises `ValidationError` where it is given twice."""
    values: list[str] = request.query_params.getlist(name)
    if len(values) > 1:
        raise serializers.ValidationError({name: [_("This is given more than once.")]})
    return values[0] if values else None


@cache
def _reader(serializer: type[serializers.Serializer[Any]], language: str | None) -> serializers.Serializer[Any]:
    """One for all calls and threads: without options it keeps nothing of what it reads, and making its fields anew took
    most of the time. One for each language, since some of REST framework's sentences stay as they were first said."""
    return serializer()


def _read(serializer: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    reader = _reader(serializer, get_language())
    _refuse_unknown(data, reader.fields)
    fields: dict[str, Any] = reader.run_validation(data)
    return fields


def _refuse_unknown(data: Any, fields: Collection[str]) -> None:
    unknown = sorted(set(map(str, data)) - set(fields)) if isinstance(data, Mapping) else []
    if unknown:
        raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown})


def _parsed(text: str) -> Any:
    data = json.loads(text, parse_constant=_refuse_constant, parse_int=_whole, object_pairs_hook=_without_repeats)
    if ESCAPED_SURROGATE.search(text):
        json.dumps(data, ensure_ascii=False).encode()  # fails for one without its other half
    return data


def _why(error: ValueError | RecursionError) -> str:
    """What is wrong, in the caller's language: of what Python says of it, the place alone."""
    if isinstance(error, json.JSONDecodeError):
        place = {"line": error.lineno, "column": error.colno}
        return _("something is missing or out of place in line %(line)s, column %(column)s") % place
    if isinstance(error, UnicodeDecodeError):
        return _("it is not UTF-8")
    if isinstance(error, UnicodeEncodeError):
        return _("half of a pair of surrogates stands alone")
    return _("it is nested too deeply") if isinstance(error, RecursionError) else str(error)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(_("%(name)s is not JSON") % {"name": name})


def _whole(digits: str) -> int:
    if len(digits) > 20 or abs(int(digits)) > LARGEST:
        raise ValueError(_("a number is too large"))
    return int(digits)


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(_("a name stands twice in one object"))
    return members
