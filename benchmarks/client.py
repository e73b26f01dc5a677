"""What submitting and waiting cost, as ratios against the official SDK over the same loopback server in the same run.

    python -m benchmarks.client            # a table
    python -m benchmarks.client --check    # and exit 1 if a budget is exceeded

The server is a process of its own that answers at once, so that what is measured is the client. Each side runs in a
fresh process, the two taking turns; the best of the rounds counts, for both.

Submitting: 2,000 jobs from 16 threads. Waiting: 5,000 jobs, each of which ends at the third look; the official SDK has
one thread per job, which looks once a second, as in the programs it comes with.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import resource
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

JOBS = 2000
WORKERS = 16
WAITED = 5000
ROUNDS = 3
FOPS = "avthumb/mp4/vb/1.25m|saveas/Ymt0Om91dC5tcDQ="

SPEED, CPU, WAIT_CPU, THREADS = 1.5, 0.8, 1.0, 64
"""Budgets: jobs per second at least; CPU per job at most, submitting and waiting; threads at most."""


class Service(asyncio.Protocol):
    """Just enough of the service: takes every job, and lets each end at the third look."""

    looks: dict[bytes, int] = {}
    ids = itertools.count()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.data = b""

    def data_received(self, data: bytes) -> None:
        self.data += data
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            head = self.data[:end]
            _, found, rest = head.lower().partition(b"content-length:")
            length = int(rest.partition(b"\r\n")[0]) if found else 0
            if len(self.data) < end + 4 + length:
                return
            self.data = self.data[end + 4 + length :]
            self.transport.write(self.answer(head))

    def answer(self, head: bytes) -> bytes:
        method, target, _ = head.split(b" ", 2)
        if method == b"POST":
            payload: dict[str, Any] = {"persistentId": f"z0.{next(self.ids):024x}"}
        else:
            looks = self.looks[target] = self.looks.get(target, 0) + 1
            code = 0 if looks > 2 else 1
            item = {"cmd": FOPS, "code": code, "desc": "", "key": "out.mp4", "hash": "F", "returnOld": 0}
            payload = {"id": "z0.1", "code": code, "desc": "", "pipeline": "p", "reqid": "R", "items": [item]}
            payload |= {"inputBucket": "bkt", "inputKey": "a.mp4"}
        body = json.dumps(payload).encode()
        head_ = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Reqid: R\r\nX-Log: a;b\r\nCache-Control: no-store"
        )
        return f"{head_}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Service, "127.0.0.1", 0, backlog=1024)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def measured(work: Any, jobs: int) -> dict[str, float]:
    started, cpu = time.perf_counter(), time.process_time()
    work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"rate": jobs / seconds, "cpu": cpu / jobs * 1e6, "memory": memory}


def submit_ours(host: str) -> dict[str, float]:
    from qiniufop import Client

    with Client("AK", "SK", api_host=host) as client, ThreadPoolExecutor(WORKERS) as pool:
        client.submit("bkt", "first.mp4", FOPS)
        return measured(lambda: list(pool.map(lambda n: client.submit("bkt", f"{n}.mp4", FOPS).id, range(JOBS))), JOBS)


def submit_theirs(host: str) -> dict[str, float]:
    pfop = official(host)

    def one(number: int) -> str:
        answer, _ = pfop.execute(f"{number}.mp4", [FOPS])
        return str(answer["persistentId"])

    with ThreadPoolExecutor(WORKERS) as pool:
        one(-1)
        return measured(lambda: list(pool.map(one, range(JOBS))), JOBS)


def wait_ours(host: str) -> dict[str, float]:
    from qiniufop import Client

    most = threading.active_count()

    def note(_: object) -> None:
        nonlocal most
        most = max(most, threading.active_count())

    def work() -> None:
        results = client.wait_all(ids, 600, rate=5000, on_progress=note)
        assert all(result.ok for result in results)

    ids = [f"z0.ours{n}-{time.time_ns()}" for n in range(WAITED)]
    with Client("AK", "SK", api_host=host) as client:
        return {**measured(work, WAITED), "threads": most}


def wait_theirs(host: str) -> dict[str, float]:
    pfop = official(host)
    stamp = time.time_ns()

    def one(number: int) -> None:
        while True:
            answer, _ = pfop.get_status(f"z0.theirs{number}-{stamp}")
            if answer and answer["code"] == 0:
                return
            time.sleep(1)

    def work() -> None:
        nonlocal most
        threads = [threading.Thread(target=one, args=(n,)) for n in range(WAITED)]
        for thread in threads:
            thread.start()
            most = max(most, threading.active_count())
        for thread in threads:
            thread.join()

    most = 1
    threading.stack_size(256 * 1024)
    return {**measured(work, WAITED), "threads": most}


def official(host: str) -> Any:
    import qiniu
    from qiniu import config

    config.set_default(default_api_host=host)
    return qiniu.PersistentFop(qiniu.Auth("AK", "SK"), "bkt")


SIDES = {side.__name__: side for side in (submit_ours, submit_theirs, wait_ours, wait_theirs)}


def best(kind: str, host: str, rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for _ in range(rounds):
        for side in (f"{kind}_ours", f"{kind}_theirs"):
            command = [sys.executable, "-m", "benchmarks.client", side, host]
            ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            now: dict[str, float] = json.loads(ran.stdout)
            before = found.setdefault(side, now)
            found[side] = {
                **now,
                "rate": max(now["rate"], before["rate"]),
                "cpu": min(now["cpu"], before["cpu"]),
            }
    return found[f"{kind}_ours"], found[f"{kind}_theirs"]


def line(what: str, ours: float, theirs: float, budget: str, good: bool) -> bool:
    print(f"{what:<44}{ours:>10.0f}{theirs:>10.0f}{ours / theirs:>8.2f}{budget:>10}{'' if good else '  OVER'}")
    return good


def main() -> int:
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.client", "serve"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        host = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        print(f"{'':<44}{'ours':>10}{'SDK':>10}{'ratio':>8}{'budget':>10}")
        ours, theirs = best("submit", host, ROUNDS)
        good = line(
            f"jobs per second, {JOBS:,} from {WORKERS} threads",
            ours["rate"],
            theirs["rate"],
            f">= {SPEED}",
            ours["rate"] >= SPEED * theirs["rate"],
        )
        good &= line(
            "CPU per job submitted, us", ours["cpu"], theirs["cpu"], f"<= {CPU}", ours["cpu"] <= CPU * theirs["cpu"]
        )
        ours, theirs = best("wait", host, 1)
        good &= line(
            f"CPU per job waited for, {WAITED:,} at once, us",
            ours["cpu"],
            theirs["cpu"],
            f"< {WAIT_CPU}",
            ours["cpu"] < WAIT_CPU * theirs["cpu"],
        )
        good &= line(
            "threads while waiting",
            ours["threads"],
            theirs["threads"],
            f"{THREADS} thr.",
            ours["threads"] <= THREADS,
        )
        line("memory while waiting, MB", ours["memory"], theirs["memory"], "-", True)
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()
    return 0 if good or "--check" not in sys.argv else 1


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "serve":
        asyncio.run(serve())
    elif len(sys.argv) > 2:
        print(json.dumps(SIDES[sys.argv[1]](sys.argv[2])))
    else:
        sys.exit(main())
