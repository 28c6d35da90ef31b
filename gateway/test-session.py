"""A scripted session with Debian's python3-websockets: a client that nobody here wrote.

Called by python-client.test.ts as `test-session.py URL KEY`. Says each step it has taken; ends with 0 when all held.
"""

import asyncio
import json
import sys
import time
import urllib.request

import websockets

BASE, KEY = sys.argv[1], sys.argv[2]
LIVE = BASE.replace("http", "ws", 1) + "/v1/live"
NAME = "onhand.v1.json"
WAIT_S = 20


def feed(sku, units):
    """An event over HTTP, as a source system hands it in."""
    at = time.time_ns() // 1_000_000
    row = {"kind": "snapshot", "id": f"{sku}-{time.time_ns()}", "at": at, "sku": sku, "node": "S-1"}
    row |= {"quantity": units, "covers": "count", "carries": "on-hand"}
    head = {"Authorization": f"Bearer {KEY}"}
    request = urllib.request.Request(f"{BASE}/v1/feeds/pos", json.dumps(row).encode(), head, method="POST")
    with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
        assert json.load(answer)["recorded"] == 1


async def say(socket, **message):
    await socket.send(json.dumps(message))


async def hear(socket, wanted):
    """The next message of a type."""
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))
        if message["type"] == wanted:
            return message


async def closed(socket):
    """The code the server closed with."""
    await asyncio.wait_for(socket.wait_closed(), WAIT_S)
    return socket.close_code


def step(name):
    print(name, flush=True)


async def product_page():
    """A page watches, loses its socket, comes back and resumes."""
    feed("PY-1", 9)
    feed("PY-2", 9)
    async with websockets.connect(LIVE, subprotocols=[NAME]) as socket:
        assert socket.subprotocol == NAME
        welcome = await hear(socket, "welcome")
        assert welcome["v"] == 1 and welcome["limits"]["keys"] > 0
        step("welcome")

        await say(socket, type="subscribe", id=1, ch="stock", keys=["PY-1", "PY-2", "nobody-has-it"])
        first = await hear(socket, "subscribed")
        assert first["id"] == 1 and first["unknown"] == ["nobody-has-it"]
        assert [entry["d"]["units"] for entry in first["snap"]] == [9, 9]
        step("subscribed")

        feed("PY-1", 2)
        update = await hear(socket, "update")
        assert update["k"] == "PY-1" and update["d"]["units"] == 2 and update["d"]["band"] == "low-stock"
        assert update["e"] == first["snap"][0]["e"] and update["r"] > first["snap"][0]["r"]
        step("update")

        await asyncio.wait_for(await socket.ping(), WAIT_S)
        step("pong")

    since = {entry["k"]: [entry["e"], entry["r"]] for entry in [*first["snap"], update]}
    feed("PY-2", 1)
    async with websockets.connect(LIVE, subprotocols=[NAME]) as socket:
        await say(socket, type="subscribe", id=7, ch="stock", keys=["PY-1", "PY-2"], since=since)
        again = await hear(socket, "subscribed")
        assert again["unchanged"] == ["PY-1"]
        assert [(entry["k"], entry["d"]["units"]) for entry in again["snap"]] == [("PY-2", 1)]
        step("resumed")

        await say(socket, type="subscribe", id=8, ch="stock", keys=[])
        error = await hear(socket, "error")
        assert error["id"] == 8 and error["code"] == "malformed-command" and error["temporary"] is False
        await say(socket, type="unsubscribe", id=9, ch="stock", keys=["PY-1", "PY-2"])
        assert (await hear(socket, "unsubscribed"))["id"] == 9
        step("error, and the socket lived on")

        await say(socket, type="shout")
        assert await closed(socket) == 4500
        step("closed 4500")


async def staff():
    """A key shows more; a wrong one shows the door."""
    async with websockets.connect(LIVE, subprotocols=[NAME]) as socket:
        await say(socket, type="connect", id=1, token=KEY, client="python/1")
        connected = await hear(socket, "connected")
        assert connected["id"] == 1 and connected["client"] == "admin"
        await say(socket, type="subscribe", id=2, ch="ops", keys=["now"])
        assert (await hear(socket, "subscribed"))["snap"][0]["k"] == "now"
        step("connected")
        await socket.close(1000, "done")
        assert socket.close_code == 1000
        step("closed 1000")
    async with websockets.connect(LIVE, subprotocols=[NAME]) as socket:
        await say(socket, type="connect", id=1, token="nobody-has-this-key")
        assert await closed(socket) == 4503
        step("closed 4503")


async def strangers():
    """What is not let in."""
    async with websockets.connect(LIVE) as socket:
        assert await closed(socket) == 4504
        step("closed 4504 without the sub-protocol")
    try:
        await websockets.connect(LIVE, subprotocols=[NAME], origin="https://evil.example")
        raise AssertionError("a page of another site was let in")
    except websockets.exceptions.InvalidStatusCode as refused:
        assert refused.status_code == 403
        step("refused 403")


async def main():
    await product_page()
    await staff()
    await strangers()


asyncio.run(main())
