"""How long it takes from `python -m bot demo` to the first message on the page, and to commands."""

from __future__ import annotations

import asyncio
import signal
import statistics
import sys
import time
from dataclasses import dataclass

import aiohttp

ROUNDS = 5
TARGET = 3.0


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds since the command was given."""

    address: float
    message: float
    commands: float


async def main() -> None:
    """Start it a few times, as warm as it gets."""
    found = [await _once() for _ in range(ROUNDS)]
    message = statistics.median(times.message for times in found)
    print(f"the address is told    {statistics.median(t.address for t in found):6.2f} s")
    print(f"first message          {message:6.2f} s     (target: under {TARGET} s)")
    print(f"the bot offers commands{statistics.median(t.commands for t in found):6.2f} s")
    raise SystemExit(message >= TARGET)


async def _once() -> Times:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser", "--seconds", "60"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        url = await _address(process)
        address = time.perf_counter() - began
        async with (
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{url}socket?as=guest", origin=url.rstrip("/")) as socket,
        ):
            state = await socket.receive_json()
            message = time.perf_counter() - began
            if not state["channels"][0]["entries"]:
                raise SystemExit("there is no message")
            while not state.get("commands"):
                state = await socket.receive_json()
            return Times(address, message, time.perf_counter() - began)
    finally:
        # As Ctrl+C does it; it clears up behind itself.
        process.send_signal(signal.SIGINT)
        await process.wait()


async def _address(process: asyncio.subprocess.Process) -> str:
    if process.stdout is None:
        raise SystemExit("there is no output")
    async for line in process.stdout:
        if b"http://" in line:
            return line.decode().split()[-1]
    raise SystemExit("no address was told")


if __name__ == "__main__":
    asyncio.run(main())
