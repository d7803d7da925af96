"""Whatever JSON holds is read as what it means, or as nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.panels._json import decode, integer, milliseconds, number, text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (512, 512),
        (12.5, 12.5),
        ("512", 512),
        ("12.5", 12.5),
        (" 7 ", 7),
        ("-1", -1),
        ("1.5E+3", 1500.0),
        (str(2**62 + 1), 2**62 + 1),
    ],
)
def test_a_number_is_read_also_from_a_text(value: object, expected: float) -> None:
    assert number(value) == expected
    assert integer(value) == int(expected)


@pytest.mark.parametrize(
    "value",
    [
        *(None, True, [], {}, 2**63, float("nan"), float("inf")),
        *("", " ", "many", "nan", "inf", "1_000", "0x10", "٣", "7 GB", "1e999", "9" * 5000),
    ],
)
def test_what_is_no_number_of_64_bits_is_none(value: object) -> None:
    assert number(value) is None
    assert integer(value) is None


def test_milliseconds_are_a_duration_unless_they_are_too_many() -> None:
    assert milliseconds("1500") == timedelta(seconds=1.5)
    assert milliseconds(2**62) is None
    assert milliseconds("soon") is None


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"", None),
        (b" \r\n", None),
        (b'{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        (b'<b>Warning</b>: on line 1 {"a": 1}', {"a": 1}),
        (b'<b>Warning</b>: on line 1 [{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        (b"\nNotice: Undefined offset: 1 []", []),
        (b'Warning: key [0] of {closure}\n{"a": 1}', {"a": 1}),
        (b'Warning: key [0] of {closure}\n[{"a": 1}]', [{"a": 1}]),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('{"a": "grün"}'.encode(), {"a": "grün"}),
        (b'{"a": 123456789012345678901234567890}', {"a": 123456789012345678901234567890}),
    ],
)
def test_a_body_is_its_json_value(body: bytes, value: object) -> None:
    assert decode(body) == value


def test_half_a_character_costs_only_itself() -> None:
    assert text(decode(rb'"broken \ud83d name"')) == "broken ? name"


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b'{"a": ',
        b"[1,]",
        b'[{"a": 1}',
        b' [{"a": 1}',
        b'Warning: [{"a": 1}',
        b"\xff",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
)
def test_what_is_no_json_is_a_value_error(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any
        decode(body)
