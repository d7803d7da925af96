"""Owns the words and codes in which Discord refuses. Does not decide when to refuse.

At Discord itself the texts of a form error carry a word as their code. Its published description
of the API wants a number there, and that description is the referee of our tests.
"""

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
    50013: (403, "Missing Permissions"),
    50027: (401, "Invalid Webhook Token"),
    INVALID_FORM: (400, "Invalid Form Body"),
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

    def refuse(self, path: Path, message: str) -> None:
        """Complain about the value at this path."""
        node = self._errors
        for step in path:
            node = node.setdefault(str(step), {})
        node.setdefault("_errors", []).append({"code": INVALID_FORM, "message": message})

    def text(self, path: Path, value: Any, maximum: int, *, minimum: int = 0) -> None:
        """Want a text of this length; `None` passes where nothing is demanded."""
        if value is None and not minimum:
            return
        if value is None:
            self.refuse(path, "This field is required")
        elif not isinstance(value, str):
            self.refuse(path, "Could not interpret the value as string.")
        else:
            self._length(path, len(value), maximum, minimum=minimum)

    def items(
        self, path: Path, value: Any, maximum: int, *, minimum: int = 0
    ) -> list[dict[str, Any]]:
        """Want a list of objects of this length and return it, empty if it is none."""
        if value is None and not minimum:
            return []
        if value is None:
            self.refuse(path, "This field is required")
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.refuse(path, "Only lists of objects are valid here.")
            return []
        self._length(path, len(value), maximum, minimum=minimum)
        return value

    def whole(self, path: Path, value: Any, maximum: int, *, minimum: int = 0) -> None:
        """Want a whole number in this range; `None` passes."""
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool):
            self.refuse(path, "Could not interpret the value as int.")
        elif not minimum <= value <= maximum:
            self.refuse(path, f"int value should be between {minimum} and {maximum}.")

    def known(self, path: Path, body: Mapping[str, Any], keys: Collection[str]) -> None:
        """Refuse misspelt keys. Discord overlooks them; a test should not."""
        for key in body:
            if key not in keys:
                self.refuse((*path, key), "Unknown property.")

    def close(self) -> None:
        """Raise if anything was wrong."""
        if self._errors:
            error = refusal(INVALID_FORM)
            error.body["errors"] = self._errors
            raise error

    def _length(self, path: Path, length: int, maximum: int, *, minimum: int) -> None:
        if minimum <= length <= maximum:
            return
        bounds = f"between {minimum} and {maximum}" if minimum else f"{maximum} or fewer"
        self.refuse(path, f"Must be {bounds} in length.")
