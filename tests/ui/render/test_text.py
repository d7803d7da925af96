"""Foreign text never acts, never hides and never grows; figures read well at their edges."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.ui.render.text import ago, bar, code, duration, figure, label, plain, size
from tests.ui.render.judge import INVISIBLE, hostile_texts, markup, unseen

if TYPE_CHECKING:
    from collections.abc import Callable

_TEXTS = tuple(hostile_texts(seed=1, count=3000))
_KIB = 1024


def test_the_judge_sees_what_is_not_made_harmless() -> None:
    harmless = {text for text in _TEXTS if not markup(text) and not unseen(text)}

    assert not harmless & {"<@666>", "@everyone", "- evil", "`", "https://evil.invalid", "\u202e"}
    assert {"evil", "😀", "服务器"} <= harmless


def test_a_plain_text_has_no_markup_left() -> None:
    assert {text: markup(plain(text)) for text in _TEXTS if markup(plain(text))} == {}


def test_a_plain_text_is_harmless_behind_our_own_words() -> None:
    """Such as a name within bold, after a symbol, and before another name."""
    for first, second in itertools.pairwise(_TEXTS):
        line = f"🟢 **{plain(first)}** · {plain(second)}".replace("**", "")
        assert markup(line) == [], (first, second)


def test_inline_code_cannot_be_left() -> None:
    for text in _TEXTS:
        span = code(text)
        assert span[0] == span[-1] == "`", text
        assert "`" not in span[1:-1], text
        assert "\n" not in span, text


@pytest.mark.parametrize("tame", [plain, label, code])
def test_nothing_turns_or_hides_the_text_around(tame: Callable[[str], str]) -> None:
    for text in _TEXTS:
        assert unseen(tame(text)) == [], text


@pytest.mark.parametrize("tame", [plain, label, code])
@pytest.mark.parametrize("text", INVISIBLE, ids=ascii)
def test_a_text_of_which_nothing_is_seen_becomes_a_question_mark(
    tame: Callable[[str], str], text: str
) -> None:
    assert tame(text).strip("`") == "?"


@pytest.mark.parametrize("tame", [plain, label, code])
def test_a_text_can_always_be_sent(tame: Callable[[str], str]) -> None:
    for text in _TEXTS:
        assert tame(text).encode()


def test_what_is_harmless_stays_as_it_is() -> None:
    for name in ("Survival", "Überleben 2.0", "1.21 - EU, modded!", "生存服务器", "⚔️ PvP + Arena"):
        assert plain(name) == label(name) == name


def test_an_escaped_text_reads_as_it_was_meant() -> None:
    assert plain("my_cool_server [EU] #1") == r"my\_cool\_server \[EU\] \#1"
    assert plain("- one") == r"\- one"
    assert plain("12. one") == r"12\. one"


def test_a_mention_is_broken_even_where_escapes_do_not_count() -> None:
    """Discord's servers look for mentions in the raw text."""
    assert "@everyone" not in plain("@everyone")
    assert "<@666>" not in plain("<@666>")


@pytest.mark.parametrize("limit", [10, 80])
def test_a_long_text_is_cut_before_it_is_escaped(limit: int) -> None:
    assert plain("n" * 200, limit) == "n" * (limit - 1) + "…"
    assert plain("*" * 200, limit) == r"\*" * (limit - 1) + "…"
    assert label("n" * 200, limit) == "n" * (limit - 1) + "…"
    assert code("n" * 200, limit) == f"`{'n' * (limit - 1)}…`"


def test_a_text_as_long_as_the_limit_is_not_cut() -> None:
    assert label("n" * 80) == "n" * 80


def test_a_plain_text_is_at_most_twice_its_limit() -> None:
    assert max(len(plain(text * 20)) for text in _TEXTS) <= 2 * 80


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1, "1 B"),
        (999, "999 B"),
        (1000, "1000 B"),
        (1023, "1023 B"),
        (_KIB, "1 KiB"),
        (1023 * _KIB, "1023 KiB"),
        (_KIB**2 - 1, "1 MiB"),
        (3 * _KIB**3 // 2, "1.5 GiB"),
        (1010 * _KIB**3, "1010 GiB"),
        (_KIB**4, "1 TiB"),
        (5000 * _KIB**4, "5000 TiB"),
    ],
)
def test_a_size_reads_without_exponents(count: int, text: str) -> None:
    assert size(count) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.00001, "0"),
        (0.004, "0.004"),
        (12.345, "12.3"),
        (99.96, "100"),
        (999.4, "999"),
        (999.6, "1000"),
        (1234.5, "1234"),
        (6400, "6400"),
    ],
)
def test_a_figure_has_three_digits_or_all_of_its_whole_part(value: float, text: str) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("share", "filled"),
    [(-1, 0), (0, 0), (0.04, 0), (0.06, 1), (0.5, 5), (0.94, 9), (1, 10), (1.7, 10), (1e9, 10)],
)
def test_a_bar_shows_a_share_and_never_more_than_all(share: float, filled: int) -> None:
    assert bar(share) == "▰" * filled + "▱" * (10 - filled)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (0.9, "0 s"),
        (59, "59 s"),
        (60, "1 min"),
        (61, "1 min 1 s"),
        (3_600, "1 h"),
        (3_605, "1 h"),
        (7_500, "2 h 5 min"),
        (86_399, "23 h 59 min"),
        (86_400, "1 d"),
        (90_000, "1 d 1 h"),
        (400 * 86_400, "400 d"),
    ],
)
def test_a_duration_reads_by_its_two_largest_units(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text


def test_a_time_is_left_to_the_readers_own_clock() -> None:
    assert ago(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "<t:1782907200:R>"
