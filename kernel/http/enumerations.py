"""Enumerations of the OpenAPI document as client generators like them: each once, with a name for every member."""

from typing import Any

BLANK = {"$ref": "#/components/schemas/Blank"}


def named_enumerations(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Postprocessing, behind that of drf-spectacular, which has made components of the enumerations of bodies."""
    schemas = result["components"]["schemas"]
    if schemas.pop("Blank", None):
        for schema in list(schemas.values()):
            _without_blank(schema.get("properties", {}), schemas)
    shared = {frozenset(schema["enum"]): _reference(name) for name, schema in schemas.items() if "enum" in schema}
    for operation in [one for item in result["paths"].values() for one in item.values()]:
        for parameter in operation.get("parameters", []):
            values = frozenset(parameter["schema"].get("enum", ()))
            parameter["schema"] = shared.get(values, parameter["schema"])
    return result


def _without_blank(members: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Choices that may be empty are one enumeration, whose empty member is named `NONE`."""
    for member in members.values():
        if BLANK in member.get("oneOf", []):
            (choices,) = [one for one in member.pop("oneOf") if one != BLANK]
            member.update(choices)
            enumeration = schemas[choices["$ref"].rsplit("/", 1)[1]]
            if "" not in enumeration["enum"]:
                enumeration["enum"].append("")
                enumeration["x-enum-varnames"] = [value.upper() or "NONE" for value in enumeration["enum"]]


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}
