"""What is made of Pterodactyl's answers when anything stands anywhere in them."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.servers import ServerState
from bot.panels._pterodactyl_parse import (
    Details,
    Stats,
    combine,
    parse_details,
    parse_list,
    parse_stats,
)
from tests.panels.support import recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

AT = datetime(2026, 11, 21, 6, tzinfo=UTC)


def details(fixture: str = "client-server", **changes: object) -> Details:
    body: Any = copy.deepcopy(recorded(fixture).body)
    body["attributes"] |= changes
    return parse_details(body, "main", AT)


@pytest.mark.parametrize("value", [None, [], {}, "", "odd", -1, 1e300, 10**400, float("nan"), True])
def test_a_server_is_read_whatever_stands_anywhere_in_it(value: object) -> None:
    document: Any = recorded("client-server-include").body
    for path in _paths(document["attributes"]):
        if path in {("identifier",), ("uuid",)}:
            continue
        changed = _with(document, ("attributes", *path), value)
        assert parse_details(changed, "main", AT).server.ref.server_id == "3502e204", path


@pytest.mark.parametrize("value", [None, [], {}, "", "odd", -1, 1e300, 10**400, float("nan"), True])
def test_a_state_is_read_whatever_stands_anywhere_beside_it(value: object) -> None:
    document: Any = recorded("client-resources-running").body
    for path in _paths(document["attributes"]["resources"]):
        changed = _with(document, ("attributes", "resources", *path), value)
        assert parse_stats(changed).state is ServerState.RUNNING, path
    changed = _with(document, ("attributes", "resources"), value)
    assert parse_stats(changed).state is ServerState.RUNNING


def test_an_entry_without_any_id_hides_no_other() -> None:
    document: Any = copy.deepcopy(recorded("client-list").body)
    document["data"][0]["attributes"] |= {"identifier": None, "uuid": None}
    document["data"][1]["attributes"] = None
    document["data"][2] = None
    document["data"][3]["attributes"]["identifier"] = None
    found = parse_list(document, "main", AT).entries
    assert len(found) == 4
    assert all(len(entry.server.ref.server_id) == 8 for entry in found)


def test_a_server_without_a_name_is_called_by_its_id() -> None:
    assert details(name=None).server.name == "3502e204"


def test_a_state_without_usage_shows_none() -> None:
    server = combine(details(), Stats(ServerState.UNREACHABLE))
    assert (server.state, server.resources) == (ServerState.UNREACHABLE, None)


@pytest.mark.parametrize("odd", [None, [], "text", 3, {}, {"data": None}, {"attributes": None}])
def test_a_document_of_another_form_is_refused(odd: object) -> None:
    for parse in (parse_list, parse_details):
        with pytest.raises((KeyError, TypeError, ValueError)):
            parse(odd, "main", AT)
    with pytest.raises((KeyError, TypeError, ValueError)):
        parse_stats(odd)


def test_details_without_any_id_are_refused() -> None:
    with pytest.raises(KeyError):
        details(identifier=None, uuid=None)


def _paths(document: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a document."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from _paths(value, (*path, key))
            yield (*path, key)
    elif isinstance(document, list):
        for index, value in enumerate(document):
            yield from _paths(value, (*path, index))
            yield (*path, index)


def _with(document: object, path: tuple[str | int, ...], value: object) -> object:
    changed = copy.deepcopy(document)
    place: Any = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed
