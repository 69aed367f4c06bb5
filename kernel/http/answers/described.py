"""What the OpenAPI document says of answers that anybody may store."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

TAG = {"type": "string", "pattern": '^(W/)?"[^"]*"$'}
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of an answer that the caller has; 304 while there is no other one.",
)
ETAG = OpenApiParameter(
    "ETag",
    TAG,
    OpenApiParameter.HEADER,
    required=True,
    response=[200, 304],
    description="Names this very answer; weak where it is compressed.",
)
CACHE_CONTROL = OpenApiParameter(
    "Cache-Control",
    {"type": "string", "pattern": "^public, max-age=[0-9]+$"},
    OpenApiParameter.HEADER,
    required=True,
    response=[200, 304],
    description="Anybody may store the answer for so many seconds.",
)
FOR_EVERYONE = [IF_NONE_MATCH, ETAG, CACHE_CONTROL]
"""The headers of an operation whose answers are `for_everyone`; beside them it answers `NOT_MODIFIED`."""
NOT_MODIFIED = {304: OpenApiResponse(description="The answer that the caller has is the present one.")}
