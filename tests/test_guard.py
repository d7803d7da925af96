"""No test can reach anything beyond this machine."""

from __future__ import annotations

import asyncio
import socket

import pytest

_DOCUMENTATION_ADDRESS = ("192.0.2.1", 80)  # RFC 5737: belongs to nobody


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_connection_to_another_machine_is_refused(method: str) -> None:
    with socket.socket() as sock, pytest.raises(AssertionError, match="connect to"):
        getattr(sock, method)(_DOCUMENTATION_ADDRESS)


async def test_a_connection_from_the_event_loop_is_refused() -> None:
    with pytest.raises(AssertionError, match="connect to"):
        await asyncio.open_connection(*_DOCUMENTATION_ADDRESS)


def test_looking_up_a_foreign_name_is_refused() -> None:
    with pytest.raises(AssertionError, match="look up"):
        socket.getaddrinfo("discord.com", 443)


def test_a_name_that_cannot_exist_is_not_found() -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("panel.invalid", 443)


async def test_this_machine_can_be_reached() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "localhost", 0)
    async with server:
        host, port, *_ = server.sockets[0].getsockname()
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
