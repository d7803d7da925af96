"""What can be known to be wrong about a panel's settings before it is asked."""

from __future__ import annotations

import pytest

from bot.panels import PANELS, PanelHub, SettingsError, check_settings
from tests.panels.support import KEY, settings

PIN = "sha256:" + ":".join(["aB"] * 32)


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"kind": "plesk"}, "kind"),
        ({"credentials": {}}, "credentials.key"),
        ({"credentials": {"key": ""}}, "credentials.key"),
        ({"credentials": {"key": f"{KEY}\n"}}, "credentials.key"),
        ({"credentials": {"key": "schlüssel"}}, "credentials.key"),
        ({"credentials": {"key": KEY, "token": KEY}}, "credentials.token"),
        ({"options": {"colour": 1}}, "options.colour"),
        ({"verify_tls": "sha1:00"}, "verify_tls"),
        ({"verify_tls": "sha256:xy"}, "verify_tls"),
        ({"verify_tls": PIN[:-3]}, "verify_tls"),
        ({"base_url": ""}, "base_url"),
        ({"base_url": "panel.example.com"}, "base_url"),
        ({"base_url": "ftp://panel.example.com"}, "base_url"),
        ({"base_url": "https://"}, "base_url"),
        ({"base_url": "https://panel.example.com:port"}, "base_url"),
        ({"base_url": f"https://user:{KEY}@panel.example.com"}, "base_url"),
        ({"base_url": f"https://panel.example.com?key={KEY}"}, "base_url"),
        ({"base_url": "https://panel.example.com/#top"}, "base_url"),
    ],
)
def test_a_bad_setting_is_named_and_no_secret_with_it(
    changes: dict[str, object], path: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        check_settings(settings(**changes))
    assert caught.value.path == path
    assert str(caught.value).startswith(f"{path}: ")
    assert KEY not in repr(caught.value) + str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"credentials": {"key": KEY, "application_key": KEY}},
        {"base_url": "http://panel.example.com:8080/sub/path/"},
        {"base_url": "http://[2001:db8::1]:8080"},
        {"verify_tls": False},
        {"verify_tls": PIN},
        {"verify_tls": PIN.replace(":", "").replace("sha256", "sha256:")},
    ],
)
def test_good_settings_pass(changes: dict[str, object]) -> None:
    check_settings(settings(**changes))


def test_the_repr_shows_no_credential() -> None:
    assert KEY not in repr(settings())


async def test_a_hub_opens_nothing_with_bad_settings(hub: PanelHub) -> None:
    with pytest.raises(SettingsError):
        hub.open(settings(base_url="nowhere"))


def test_every_kind_is_known_by_its_own_name() -> None:
    assert set(PANELS) == {"cvm", "pterodactyl", "pterodactyl_legacy", "pterodactyl_v07", "vpsorg"}


@pytest.mark.parametrize(
    "host", ["a..b.example", ".example", "xn--a.example", "x" * 64 + ".example", "no host", "a\0b"]
)
def test_a_host_that_no_network_can_look_up_is_no_address(host: str) -> None:
    with pytest.raises(SettingsError, match="must be an address"):
        check_settings(settings(base_url=f"https://{host}"))
