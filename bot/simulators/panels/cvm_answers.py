"""Owns how the panel answers: JSON that calls itself HTML, and what may stand before it."""

from __future__ import annotations

import json

from aiohttp import web


class Refusal(Exception):
    """A sentence for the list of errors."""

    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence
        super().__init__(f"{status}: {sentence}")


def answer(body: object, *, status: int = 200, noise: str = "") -> web.Response:
    """Answer with a body, or with nothing at all for None."""
    text = "" if body is None else noise + json.dumps(body)
    headers = {"Content-Type": "text/html; charset=UTF-8"}
    return web.Response(status=status, body=text.encode(), headers=headers)
