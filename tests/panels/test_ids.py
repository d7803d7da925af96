"""Nothing but an id gets into a path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import ServerNotFound
from bot.panels._ids import NAME, NUMBER, check_id

if TYPE_CHECKING:
    import re


@pytest.mark.parametrize(
    ("server_id", "form"),
    [("7", NUMBER), ("9" * 19, NUMBER), ("1a2b3c4d", NAME), ("3502e204-ba81-4716", NAME)],
)
def test_an_id_is_returned_as_it_is(server_id: str, form: re.Pattern[str]) -> None:
    assert check_id("main", server_id, form=form) == server_id


@pytest.mark.parametrize("form", [NUMBER, NAME])
@pytest.mark.parametrize("text", ["", "..", "1/power", "1?x=1", "1#", "1\n", "٣", "%2e", "1" * 65])
def test_anything_else_is_no_server(text: str, form: re.Pattern[str]) -> None:
    with pytest.raises(ServerNotFound):
        check_id("main", text, form=form)
