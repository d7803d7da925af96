"""Turns a good answer of a panel into many that are somehow wrong."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Verbosity, settings
from hypothesis import strategies as st

from bot.cli._output import as_json
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.servers import Server

# The same examples each time, so that a failure is one for everybody.
THOROUGH = settings(
    max_examples=150,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    verbosity=Verbosity.quiet,
)

_ODD_NUMBERS = st.sampled_from(["", "0", "-1", "1e400", "nan", "12.5", 1e400, -0.5, 2**64])
_ODD_TEXTS = st.sampled_from(["../..", "a/b?c", "on", "✨", "\x00"])
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(), _ODD_NUMBERS, _ODD_TEXTS
)
ANYTHING = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["0", "id", "data", "attributes"]), inner, max_size=3),
    ),
    max_leaves=5,
)
"""Any JSON value, among them those that PHP makes of nothing."""


@st.composite
def mutated(draw: st.DrawFn, good: object) -> Any:  # noqa: ANN401 - any JSON value
    """The good answer with one to three of its values changed or gone; at times none is left."""
    answer = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        places = [None, *_places(answer)]
        place = draw(st.sampled_from(places))
        if place is None:
            answer = draw(st.one_of(st.just(answer), ANYTHING))
        elif draw(st.booleans()):
            del place[0][place[1]]
        else:
            place[0][place[1]] = draw(_SCALARS | ANYTHING)
    return answer


def check(server: Server) -> None:
    """See that a server is whole: its state is known, and all of it can be written as JSON."""
    assert server.state in ServerState
    json.dumps(as_json(server), allow_nan=False)


def _places(value: object) -> Iterator[tuple[Any, Any]]:
    """Every value with what holds it."""
    keys: Any = ()
    if isinstance(value, dict):
        keys = value.keys()
    elif isinstance(value, list):
        keys = range(len(value))
    for key in keys:
        yield value, key
        yield from _places(value[key])  # type: ignore[index] # a list or an object by now
