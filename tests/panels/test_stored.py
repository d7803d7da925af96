"""What a guild adds of each kind is tried live: all that can be wrong is named, nothing raised."""

from __future__ import annotations

import asyncio
import ssl
from ipaddress import ip_network
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.domain.errors import InvalidPanel
from bot.domain.panels import StoredPanel
from bot.domain.ports import AdminPanel, CommandPanel
from bot.domain.servers import Capability, PowerAction, ServerRef
from bot.domain.trials import Check, Finding, Mark
from bot.panels import PANELS, PanelHub
from bot.panels.stored import StoredPanels
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import POWER, READ, WRITE, Account
from bot.simulators.world import World
from tests.fakes import NOON
from tests.panels.harness import HARNESSES
from tests.panels.support import KEY, PATIENCE, HastyClock, Reply, Stub, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.domain.trials import Trial
    from tests.panels.harness_base import Harness
    from tests.panels.pterodactyl_site import Site

LOOPBACK = (ip_network("127.0.0.0/8"),)


@pytest.fixture(params=HARNESSES, ids=lambda harness: harness.name)
async def harness(request: pytest.FixtureRequest, clock: HastyClock) -> AsyncIterator[Harness]:
    harness: Harness = request.param(clock)
    async with harness:
        yield harness


@pytest.fixture
def answer_seconds() -> float:
    """How long a panel may take; parametrize it where that is too long."""
    return 10


@pytest.fixture
async def maker(clock: HastyClock, answer_seconds: float) -> AsyncIterator[StoredPanels]:
    timeout = aiohttp.ClientTimeout(total=answer_seconds, connect=PATIENCE)
    async with PanelHub(clock=clock, allow_networks=LOOPBACK, timeout=timeout) as hub:
        yield StoredPanels(hub)


def panel(base_url: str, /, **changes: object) -> StoredPanel:
    values: dict[str, object] = {
        "panel_id": "g0",
        "guild_id": 1,
        "name": "Annex",
        "kind": "pterodactyl",
        "base_url": base_url,
        "credentials": {"key": KEY},
        "added_by": 1,
        "added_at": NOON,
    }
    return StoredPanel(**(values | changes))  # type: ignore[arg-type]  # by name


def of(harness: Harness, **changes: object) -> StoredPanel:
    values: dict[str, object] = {
        "kind": harness.kind,
        "credentials": harness.credentials,
        "options": harness.options,
    }
    return panel(harness.url, **(values | changes))


def found(trial: Trial) -> dict[Finding, Mark]:
    return {result.finding: result.mark for result in trial.results}


def test_every_kind_can_be_added_and_its_form_asks_for_what_it_needs() -> None:
    for name, kind in PANELS.items():
        form = kind.form
        assert form is not None, name
        required = {key.name for key in form.keys if key.is_required}
        asked = {key.name for key in form.keys}
        assert required == kind.required_credentials
        assert asked == kind.required_credentials | kind.optional_credentials
        assert {option.name for option in form.options} <= kind.options
        # Discord takes five parts in a form: name and address come first.
        assert 2 + len(form.keys) + len(form.choices) <= 5
        assert 2 + len(form.options) <= 5
        fields = [(key.label, key.hint) for key in form.keys]
        fields += [(option.label, option.hint) for option in form.options]
        assert all(len(label) <= 45 and len(hint) <= 100 for label, hint in fields)
        assert len(form.title) <= 45


async def test_a_good_key_shows_its_servers(maker: StoredPanels, harness: Harness) -> None:
    trial = await maker.try_out(of(harness))
    assert trial.is_good
    assert found(trial)[Finding.ANSWERS] is Mark.GOOD
    assert found(trial)[Finding.NO_CERTIFICATE] is Mark.WARNING
    assert [result.count for result in trial.results if result.check is Check.SERVERS] == [4]
    assert trial.servers is not None
    assert {server.ref.panel_id for server in trial.servers} == {"g0"}
    assert len(trial.servers) == 4


async def test_a_wrong_key_is_named(maker: StoredPanels, harness: Harness) -> None:
    wrong = dict.fromkeys(harness.credentials, "madeUpKeyThatIsWrong")
    trial = await maker.try_out(of(harness, credentials=wrong))
    assert not trial.is_good
    assert found(trial).get(Finding.KEY_REFUSED) is Mark.BAD


@pytest.mark.parametrize("credentials", [{}, {"key": ""}, {"key": "two words"}, {"key": "ключ"}])
async def test_what_cannot_be_a_key_is_not_sent(
    maker: StoredPanels, credentials: dict[str, str]
) -> None:
    async with serving(Stub(Reply()).answer) as url:
        trial = await maker.try_out(panel(url, credentials=credentials))
    assert found(trial) == {Finding.NO_KEY: Mark.BAD}


@pytest.mark.parametrize(
    ("fault", "options", "finding"),
    [
        ("html", {"status": 502}, Finding.FAILS),
        ("html", {"status": 200}, Finding.NO_PANEL),
        ("html", {"status": 404}, Finding.NO_PANEL),
        ("redirect", {}, Finding.REDIRECTS),
        ("big", {}, Finding.NO_PANEL),
        ("cut-before", {}, Finding.NO_CONNECTION),
        ("throttle", {"retry_after": "90"}, Finding.TOO_MANY_REQUESTS),
    ],
)
async def test_what_comes_in_between_is_named(
    maker: StoredPanels, harness: Harness, fault: str, options: dict[str, object], finding: Finding
) -> None:
    harness.faults.add(fault, **options)  # type: ignore[arg-type]  # as in the table
    assert finding in found(await maker.try_out(of(harness)))


@pytest.mark.parametrize("answer_seconds", [0.2])
async def test_a_panel_that_hangs_is_too_slow(maker: StoredPanels, harness: Harness) -> None:
    harness.faults.add("hang")
    assert Finding.TOO_SLOW in found(await maker.try_out(of(harness)))


async def test_a_key_that_could_not_be_tried_is_not_taken_for_good(
    maker: StoredPanels, harness: Harness
) -> None:
    harness.faults.add("throttle", retry_after="90")
    for credentials in (harness.credentials, dict.fromkeys(harness.credentials, "madeUp")):
        trial = await maker.try_out(of(harness, credentials=credentials))
        assert not trial.is_good
        [late] = [each for each in trial.results if each.mark is Mark.BAD]
        assert late.finding is Finding.TOO_MANY_REQUESTS
        # What is left of the wait when it is asked for the last time.
        assert late.retry_after is None or 0 < late.retry_after <= 90


async def test_a_list_that_comes_later_does_no_harm_to_a_key_that_was_taken(
    maker: StoredPanels, site: Site
) -> None:
    key = site.stand_in.add_key(site.owner)
    site.stand_in.faults.add("throttle", path="/api/client", exact=True, retry_after="90")
    trial = await maker.try_out(panel(site.stand_in.url, credentials={"key": key}))
    assert trial.is_good
    assert trial.servers is None
    assert found(trial)[Finding.SERVERS_LATER] is Mark.WARNING


async def test_no_connection_and_no_host_are_told_apart(maker: StoredPanels) -> None:
    trial = await maker.try_out(panel("http://127.0.0.1:1"))
    assert found(trial) == {Finding.NO_CONNECTION: Mark.BAD}
    trial = await maker.try_out(panel("https://panel.invalid"))
    assert found(trial) == {Finding.NO_HOST: Mark.BAD}


async def test_a_certificate_that_nobody_vouches_for_is_named(
    maker: StoredPanels, certificate: Path
) -> None:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    async with serving(Stub(Reply()).answer, tls=tls) as url:
        trial = await maker.try_out(panel(url))
    assert found(trial) == {Finding.BAD_CERTIFICATE: Mark.BAD}


async def test_a_private_address_is_not_asked(clock: HastyClock) -> None:
    async with PanelHub(clock=clock) as hub, serving(Stub(Reply()).answer) as url:
        trial = await StoredPanels(hub).try_out(panel(url))
    assert found(trial) == {Finding.NOT_PUBLIC: Mark.BAD}


async def test_a_panel_that_drips_for_ever_comes_to_an_end(clock: HastyClock) -> None:
    async def drip(_request: object) -> object:
        await asyncio.Event().wait()
        raise AssertionError

    async with PanelHub(clock=clock, allow_networks=LOOPBACK) as hub, serving(drip) as url:  # type: ignore[arg-type]  # never answers
        trial = await StoredPanels(hub, longest_trial=0.05).try_out(panel(url))
    assert found(trial) == {Finding.TOO_SLOW: Mark.BAD}


async def test_a_kind_that_is_gone_and_options_that_fit_nothing_are_refused(
    maker: StoredPanels,
) -> None:
    for changes in ({"kind": "gone"}, {"options": {"dialect": "0.9"}}):
        unfit = panel("https://panel.example.com", **changes)
        assert found(await maker.try_out(unfit)) == {Finding.BAD_OPTION: Mark.BAD}
        with pytest.raises(InvalidPanel):
            maker.open(unfit)


async def test_the_same_panel_and_key_have_one_source_and_no_other_has_it(
    maker: StoredPanels,
) -> None:
    def source(**changes: object) -> str:
        return maker.open(panel("https://panel.example.com", **changes))[1]

    assert source() == source(panel_id="g1", guild_id=2, name="Other")
    others = [
        source(credentials={"key": "another"}),
        source(kind="pterodactyl_v07"),
        source(options={"origin": "https://other.example.com"}),
        source(base_url="https://other.example.com"),
    ]
    assert len({source(), *others}) == len(others) + 1
    assert KEY not in source()


@pytest.mark.parametrize(
    "spelling",
    [
        "HTTPS://Panel.Example.com/Sub",
        "https://panel.example.com:443/Sub/",
        "https://panel.example.com./Sub//",
    ],
)
async def test_an_address_has_one_source_however_it_is_spelled(
    maker: StoredPanels, spelling: str
) -> None:
    _, usual = maker.open(panel("https://panel.example.com/Sub"))
    assert maker.open(panel(spelling))[1] == usual
    assert maker.open(panel("https://panel.example.com/sub"))[1] != usual
    assert maker.open(panel("https://panel.example.com:8443/Sub"))[1] != usual


async def test_two_guilds_share_a_client_and_get_their_own_servers(
    maker: StoredPanels, site: Site
) -> None:
    survival, credentials = site.add(), {"key": site.stand_in.add_key(site.owner)}
    ours, theirs = (
        maker.open(panel(site.stand_in.url, panel_id=name, credentials=credentials))[0]
        for name in ("ours", "theirs")
    )
    server = survival.identifier
    before = len(site.stand_in.requests)
    seen = await asyncio.gather(ours.get_server(server), theirs.get_server(server))
    assert [each.ref for each in seen] == [ServerRef("ours", server), ServerRef("theirs", server)]
    # Its details and its state, once for both.
    assert len(site.stand_in.requests) - before == 2


async def test_all_that_a_kind_can_do_it_can_do_for_a_guild(
    maker: StoredPanels, site: Site
) -> None:
    admin = site.stand_in.add_user("root", admin=True)
    survival = site.add(state="running")
    keys = {
        "key": site.stand_in.add_key(site.owner),
        "application_key": site.stand_in.add_key(admin, application=True),
    }
    ours, _ = maker.open(panel(site.stand_in.url, panel_id="ours", credentials=keys))
    assert isinstance(ours, AdminPanel)
    assert isinstance(ours, CommandPanel)
    server = survival.identifier
    await ours.send_command(server, "say hi")
    await ours.power(server, PowerAction.KILL)
    assert (survival.console[-1], survival.signals) == ("say hi", ["kill"])
    changed = await ours.update(server, {"name": "Renamed"}, replace=False)
    assert (changed.ref.panel_id, changed.name) == ("ours", "Renamed")
    assert await ours.fields(Capability.BUILD, server)
    built = await ours.build(server, {"limits": {"memory": 512}})
    assert built.ref.panel_id == "ours"
    await ours.suspend(server)
    assert survival.suspended
    await ours.unsuspend(server)
    await ours.delete(server, force=False)
    assert survival not in site.world.servers


class TestWhatTheKeyCanDo:
    async def test_a_members_key_reaches_no_more_than_it_should(
        self, maker: StoredPanels, site: Site
    ) -> None:
        key = site.stand_in.add_key(site.stand_in.add_user("ordinary"))
        trial = await maker.try_out(panel(site.stand_in.url, credentials={"key": key}))
        assert found(trial)[Finding.KEY_OF_MEMBER] is Mark.GOOD
        assert found(trial)[Finding.NO_SERVERS] is Mark.WARNING
        assert Finding.REACHES_ALL not in found(trial)

    async def test_an_admins_key_reaches_all(self, maker: StoredPanels, site: Site) -> None:
        admin = site.stand_in.add_user("root", admin=True)
        keys = {
            "key": site.stand_in.add_key(admin),
            "application_key": site.stand_in.add_key(admin, application=True),
        }
        trial = await maker.try_out(panel(site.stand_in.url, credentials=keys))
        assert trial.is_good
        marks = found(trial)
        assert marks[Finding.KEY_OF_ADMIN] is Mark.GOOD
        assert marks[Finding.ADMIN_KEY] is Mark.GOOD
        assert marks[Finding.REACHES_ALL] is Mark.WARNING
        assert marks[Finding.CHANGES_SERVERS] is Mark.WARNING

    async def test_keys_in_each_others_place_are_named(
        self, maker: StoredPanels, site: Site
    ) -> None:
        admin = site.stand_in.add_user("root", admin=True)
        client = site.stand_in.add_key(site.stand_in.add_user("ordinary"))
        application = site.stand_in.add_key(admin, application=True)
        trial = await maker.try_out(panel(site.stand_in.url, credentials={"key": application}))
        assert found(trial)[Finding.KEY_OF_OTHER_API] is Mark.BAD
        swapped = {"key": client, "application_key": client}
        trial = await maker.try_out(panel(site.stand_in.url, credentials=swapped))
        assert found(trial)[Finding.ADMIN_KEY_REFUSED] is Mark.BAD

    async def test_a_token_of_vpsorg_that_only_reads_is_no_danger(
        self, maker: StoredPanels
    ) -> None:
        stand_in = VpsOrgStandIn(World())
        account = Account(email="owner@example.com")
        async with stand_in:
            for scopes, is_danger in (((READ, POWER), False), ((READ, POWER, WRITE), True)):
                token = stand_in.add_token(account, scopes=scopes)
                trial = await maker.try_out(
                    panel(stand_in.url, kind="vpsorg", credentials={"token": token})
                )
                assert trial.is_good
                assert (Finding.CHANGES_SERVERS in found(trial)) is is_danger


@pytest.mark.parametrize(
    "harness", [each for each in HARNESSES if each.name == "pterodactyl"], indirect=True
)
async def test_what_is_left_of_a_budget_is_known_by_the_guilds_own_panel(
    clock: HastyClock, harness: Harness
) -> None:
    async with PanelHub(clock=clock, allow_networks=LOOPBACK) as hub:
        opened, _ = StoredPanels(hub).open(of(harness))
        assert hub.budget_left(opened) is None
        await opened.list_servers()
        before = hub.budget_left(opened)
        await opened.list_servers()
        after = hub.budget_left(opened)
    assert before is not None
    assert after is not None
    assert after < before
