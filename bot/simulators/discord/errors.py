"""Owns the words and codes in which Discord refuses. Does not decide when to refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    Path = tuple[str | int, ...]

INVALID_FORM = 50035

_KNOWN: Mapping[int, tuple[int, str]] = {
    10002: (404, "Unknown Application"),
    10003: (404, "Unknown Channel"),
    10004: (404, "Unknown Guild"),
    10007: (404, "Unknown Member"),
    10008: (404, "Unknown Message"),
    10013: (404, "Unknown User"),
    10015: (404, "Unknown Webhook"),
    10062: (404, "Unknown interaction"),
    20012: (403, "You are not authorized to perform this action on this application"),
    40005: (413, "Request entity too large"),
    40060: (400, "Interaction has already been acknowledged."),
    50001: (403, "Missing Access"),
    50005: (403, "Cannot edit a message authored by another user"),
    50006: (400, "Cannot send an empty message"),
    50008: (400, "Cannot send messages in a non-text channel"),
    50013: (403, "Missing Permissions"),
    50024: (400, "Cannot execute action on this channel type"),
    50027: (401, "Invalid Webhook Token"),
    200000: (400, "Message was blocked by automatic moderation"),
    INVALID_FORM: (400, "Invalid Form Body"),
    40067: (400, "A tag is required to create a forum post in this channel"),
    50083: (400, "Thread is archived"),
    50109: (400, "The request body contains invalid JSON."),
}


class RefusedError(Exception):
    """A member asked for something that Discord's client does not let anybody do."""


class ApiError(Exception):
    """An answer other than 2xx."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers: dict[str, str] = {}


def refusal(code: int) -> ApiError:
    """Return the error that Discord has for this code."""
    status, message = _KNOWN[code]
    return ApiError(status, {"message": message, "code": code})


def plain(status: int, reason: str) -> ApiError:
    """Return an error without a code of its own, such as `404: Not Found`."""
    return ApiError(status, {"message": f"{status}: {reason}", "code": 0})


def limited(retry_after: float, *, scope: str, code: int = 0) -> ApiError:
    """Return a 429; libraries take one without `Via` for a ban by the proxy in front of Discord."""
    texts = {0: "You are being rate limited."}
    message = texts.get(code, "Maximum number of edits to messages older than 1 hour reached.")
    everywhere = scope == "global"
    error = ApiError(
        429,
        {
            "message": message,
            "retry_after": round(retry_after, 3),
            "global": everywhere,
            "code": code,
        },
    )
    error.headers = {"Retry-After": str(int(retry_after) + 1), "X-RateLimit-Scope": scope}
    if everywhere:
        error.headers["X-RateLimit-Global"] = "true"
    return error


class Form:
    """Gathers what is wrong with one body, each complaint under its path."""

    def __init__(self) -> None:
        self._errors: dict[str, Any] = {}

    def refuse(self, path: Path, code: str, message: str) -> None:
        """Complain about the value at this path."""
        node = self._errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        """Complain that something is missing."""
        self.refuse(path, "BASE_TYPE_REQUIRED", "This field is required")

    def text(self, path: Path, value: Any, maximum: int, *, minimum: int = 0) -> None:
        """Want a text of this length; `None` passes where nothing is demanded."""
        if value is None and not minimum:
            return
        if value is None:
            self.required(path)
        elif not isinstance(value, str):
            self.refuse(path, "STRING_TYPE_CONVERT", "Could not interpret the value as string.")
        else:
            self._length(path, len(value), maximum, minimum=minimum)

    def items(
        self, path: Path, value: Any, maximum: int, *, minimum: int = 0
    ) -> list[dict[str, Any]]:
        """Want a list of objects of this length and return it, empty if it is none."""
        if value is None and not minimum:
            return []
        if value is None:
            self.required(path)
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(path, "LIST_TYPE_CONVERT", "Only lists of objects are valid here.")
            return []
        self._length(path, len(value), maximum, minimum=minimum)
        return value

    def object(self, path: Path, value: Any) -> dict[str, Any]:
        """Want an object or nothing, and return it, empty if it is none."""
        if value is None or isinstance(value, dict):
            return value or {}
        self.refuse(path, "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
        return {}

    def ids(self, path: Path, value: Any, maximum: int) -> list[int]:
        """Want a list of so many ids or nothing, and return it, empty if it is none."""
        listed = value if isinstance(value, list) else []
        if value is not None and value is not listed:
            self.refuse(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
        self._length(path, len(listed), maximum, minimum=0)
        for index, item in enumerate(listed):
            if not str(item).isdecimal():
                self.refuse((*path, index), "NUMBER_TYPE_COERCE", "The value is not snowflake.")
        return [int(item) for item in listed if str(item).isdecimal()]

    def whole(self, path: Path, value: Any, maximum: int, *, minimum: int = 0) -> None:
        """Want a whole number in this range; `None` passes."""
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(path, "NUMBER_TYPE_COERCE", "The value is not int.")
        elif not minimum <= value <= maximum:
            text = f"int value should be between {minimum} and {maximum}."
            self.refuse(path, "NUMBER_TYPE_RANGE", text)

    def choice(self, path: Path, value: Any, allowed: Collection[Any]) -> bool:
        """Want one of these values, and return whether it is."""
        if isinstance(value, str | int) and value in allowed:
            return True
        listed = ", ".join(str(item) for item in sorted(allowed))
        self.refuse(path, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
        return False

    def known(self, path: Path, body: Mapping[str, Any], keys: Collection[str]) -> None:
        """Refuse misspelt keys. Discord overlooks them; a test should not."""
        for key in body:
            if key not in keys:
                self.refuse((*path, key), "UNKNOWN_PROPERTY", "Unknown property.")

    def close(self) -> None:
        """Raise if anything was wrong."""
        if self._errors:
            error = refusal(INVALID_FORM)
            error.body["errors"] = _innermost(self._errors)
            raise error

    def _length(self, path: Path, length: int, maximum: int, *, minimum: int) -> None:
        if minimum <= length <= maximum:
            return
        if minimum:
            text = f"Must be between {minimum} and {maximum} in length."
            self.refuse(path, "BASE_TYPE_BAD_LENGTH", text)
        else:
            self.refuse(path, "BASE_TYPE_MAX_LENGTH", f"Must be {maximum} or fewer in length.")


def _innermost(node: dict[str, Any]) -> dict[str, Any]:
    """Keep complaints about a whole only where there are none about its parts, as Discord does."""
    inner = {key: _innermost(below) for key, below in node.items() if key != "_errors"}
    return inner or node
