"""How REST framework and the OpenAPI document are set up: nothing of it depends on the installation."""

ANSWER_MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kernel.http.answers.finishing.Finished",
    "kernel.http.input.short_road.ShortRoad",  # what stands after it, API calls without a session go past
]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "kernel.http.authentication.TokenAuthentication",
        "kernel.http.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["kernel.http.permissions.Nobody"],
    "DEFAULT_RENDERER_CLASSES": ["kernel.http.negotiation.JSON"],
    "DEFAULT_PARSER_CLASSES": ["kernel.http.input.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "kernel.http.negotiation.OneFormOnly",
    "DEFAULT_PAGINATION_CLASS": "kernel.http.pagination.Cursor",
    "DEFAULT_SCHEMA_CLASS": "kernel.http.schema.Operation",
    "EXCEPTION_HANDLER": "kernel.http.problems.problem_response",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Library",
    "VERSION": "0.5.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # or the page would tell a validator elsewhere
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_SUFFIX": "",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "kernel.http.enumerations.named_enumerations",
    ],
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 10**18 - 1}},
}
