"""Discord's OpenAPI description as a judge of REST exchanges; corrects it where it is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.referee_words import brief, complaints

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.simulators.discord.exchange import Exchange

_METHODS = ("get", "put", "post", "patch", "delete")
_RESPONSES = "urn:discord:rest:responses"
_REQUESTS = "urn:discord:rest:requests"

# What Discord takes from discord.py without having written it down.
_UNDOCUMENTED: dict[str, dict[str, Any]] = {
    "ApplicationCommandUpdateRequest": {"nsfw": {"type": "boolean"}},
    "ApplicationCommandCreateRequest": {"nsfw": {"type": "boolean"}},
    "ApplicationCommandPatchRequestPartial": {"nsfw": {"type": "boolean"}},
    "MessageEditRequestPartial": {"tts": {"type": "boolean"}},
    "IncomingWebhookUpdateRequestPartial": {"tts": {"type": "boolean"}},
    "IncomingWebhookUpdateForInteractionCallbackRequestPartial": {"tts": {"type": "boolean"}},
    "CreateForumThreadRequest": {"type": {"type": "integer"}},
    "BaseCreateMessageCreateRequest": {"tts": {"type": "boolean"}},
    "RichEmbed": {"flags": {"type": "integer"}},
}
# What Discord says, as its reference in words tells, and the description leaves out.
_UNDOCUMENTED_ANSWERS: dict[str, dict[str, Any]] = {
    "CreatedThreadResponse": {"message": {"$ref": "#/components/schemas/MessageResponse"}},
}
_FIELD_ERROR: dict[str, Any] = {
    "type": "object",
    "properties": {"code": {"type": ["string", "integer"]}, "message": {"type": "string"}},
    "required": ["code", "message"],
}


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    template: str
    pattern: re.Pattern[str]
    spec: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.template}"


class RestRules:
    """Discord's OpenAPI description.

    Requests may write snowflakes as integers and plain integers as digits (both are accepted by
    Discord), and may hold no property that is not described. Responses neither.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._shared_responses = document["components"]["responses"]
        self._operations = list(_operations(document))
        schemas = document["components"]["schemas"]
        self._registry = jsonschema_rs.Registry(
            [
                (_RESPONSES, _closed_document(schemas, relaxed=False)),
                (_REQUESTS, _closed_document(schemas, relaxed=True)),
            ]
        )
        self._validator = cache(self._compile)

    def complaints(self, exchange: Exchange) -> list[str]:
        """Say what is wrong with it, if anything."""
        path = re.sub(r"^/api/v\d+", "", exchange.path.partition("?")[0])
        operation = self._find(exchange.method.lower(), path)
        if operation is None:
            return [f"{exchange.method} {path}: no such route in Discord's description"]
        request = self._request_complaints(operation, exchange.request_body)
        return request + self._response_complaints(operation, exchange)

    def _find(self, method: str, path: str) -> _Operation | None:
        matching = (o for o in self._operations if o.method == method and o.pattern.fullmatch(path))
        return next(matching, None)

    def _request_complaints(self, operation: _Operation, body: object) -> list[str]:
        described = operation.spec.get("requestBody")
        where = f"{operation.name} request"
        if body is None:
            required = described is not None and described.get("required", False)
            return [f"{where}: there must be a body"] if required else []
        if described is None:
            return [f"{where}: there may be no body, got {brief(body)}"]
        # A form's payload_json is described like a plain body; the form adds its files.
        schema = described["content"]["application/json"]["schema"]
        return self._check(where, schema, body, uri=_REQUESTS)

    def _response_complaints(self, operation: _Operation, exchange: Exchange) -> list[str]:
        where = f"{operation.name} response {exchange.status}"
        if exchange.status >= 500:  # an outage, often played with a proxy's page: in no schema
            return []
        described = operation.spec["responses"].get(str(exchange.status))
        if described is None and 400 <= exchange.status < 500:
            described = operation.spec["responses"].get("4XX")
        if described is None:
            return [f"{where}: no such status in Discord's description"]
        if "$ref" in described:
            described = self._shared_responses[described["$ref"].rpartition("/")[2]]
        content = described.get("content", {}).get("application/json")
        if content is None:
            empty = exchange.response_body in (None, "", b"")
            return [] if empty else [f"{where}: no body, got {brief(exchange.response_body)}"]
        return self._check(where, content["schema"], exchange.response_body, uri=_RESPONSES)

    def _check(self, where: str, schema: dict[str, Any], body: object, *, uri: str) -> list[str]:
        return complaints(self._validator(json.dumps(schema), uri), body, where=where)

    def _compile(self, schema: str, uri: str) -> jsonschema_rs.Draft202012Validator:
        own = json.loads(schema.replace('"#/', f'"{uri}#/'))
        return jsonschema_rs.Draft202012Validator(
            own, registry=self._registry, validate_formats=True, mask="it"
        )


def _operations(document: dict[str, Any]) -> Iterator[_Operation]:
    """Yield all operations, those with fixed words before those with parameters."""
    for template, item in sorted(document["paths"].items(), key=lambda pair: pair[0].count("{")):
        pattern = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)))
        for method in _METHODS:
            if method in item:
                yield _Operation(method, template, pattern, item[method])


def _closed_document(schemas: dict[str, Any], *, relaxed: bool) -> dict[str, Any]:
    """Forbid what is not described; `relaxed` adds what Discord accepts in requests."""
    composed = {
        part["$ref"].rpartition("/")[2]
        for schema in schemas.values()
        for part in schema.get("allOf", ())
        if "$ref" in part
    }
    closed = {
        name: _closed(schema, relaxed=relaxed, composed=name in composed)
        for name, schema in schemas.items()
    }
    # Discord's reference shows words as codes (BASE_TYPE_REQUIRED), its description integers.
    closed["InnerErrors"]["properties"]["_errors"]["items"] = _FIELD_ERROR
    for name, properties in (_UNDOCUMENTED if relaxed else _UNDOCUMENTED_ANSWERS).items():
        closed[name]["properties"] |= properties
    if relaxed:
        closed["SnowflakeType"] = {"anyOf": [closed["SnowflakeType"], {"type": "integer"}]}
    return {"components": {"schemas": closed}}


def _closed(schema: dict[str, Any], *, relaxed: bool, composed: bool = False) -> dict[str, Any]:
    """Close one schema and all below it, except the parts of a composition (they add up)."""
    result = dict(schema)
    if "properties" in schema:
        properties = schema["properties"].items()
        result["properties"] = {key: _closed(part, relaxed=relaxed) for key, part in properties}
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            result[keyword] = _closed(schema[keyword], relaxed=relaxed)
    for keyword in ("oneOf", "anyOf", "allOf"):
        if keyword in schema:
            parts = schema[keyword]
            result[keyword] = [
                _closed(part, relaxed=relaxed, composed=keyword == "allOf") for part in parts
            ]
    is_plain = "properties" in schema or (schema.get("type") == "object" and "allOf" in schema)
    if is_plain and "additionalProperties" not in schema and not composed:
        result["unevaluatedProperties"] = False
    if relaxed and "format" not in schema and "enum" not in schema:
        _accept_digits(result)
    return result


def _accept_digits(schema: dict[str, Any]) -> None:
    types = schema.get("type", [])
    types = [types] if isinstance(types, str) else types
    if "integer" in types:
        schema |= {"type": [*types, "string"], "pattern": r"^-?\d+$"}
