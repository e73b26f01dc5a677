"""The emulator behind a socket, in code and as a program."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from importlib.metadata import version
from types import FrameType
from typing import Any

from .emulator import ACCESS_KEY, SECRET_KEY, Emulator
from .http import HttpServer
from .store import MemoryStore

PORT = 8899
"""Where ``serve`` listens if it is told nothing else."""


class DevServer(Emulator):
    """The service on this machine, over HTTP; a context manager.

    The address is bound when this returns, and answers from :meth:`start` on (which ``with`` calls)::

        with DevServer() as server:
            server.put("photos", "cat.jpg", Path("cat.jpg"))
            client = server.client(bucket="photos")

    Args:
        root: see :class:`Emulator`, as for all further options.
        port: 0 picks a free one.
        host: the address to listen on. Others than this machine's own let the network in.

    Raises:
        CannotListen: the address is taken.
    """

    def __init__(
        self, root: str | os.PathLike[str] | None = None, *, port: int = 0, host: str = "127.0.0.1", **options: Any
    ) -> None:
        super().__init__(root, **options)
        try:
            self._http = HttpServer(self.wsgi, host, port)
        except BaseException:
            super().close()
            raise
        self._host = host
        self._serving = False
        self._resolver.own |= {f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", _shown(host))}

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._http.port

    @property
    def url(self) -> str:
        """Where clients find it, without a slash at the end."""
        return f"http://{_shown(self._host)}:{self.port}"

    def start(self) -> None:
        """Begin to answer and to run jobs."""
        super().start()
        self._serving = True
        self._http.start()

    def close(self) -> None:
        """Stop. Requests and commands are cut off."""
        if self._closed:
            return
        if self._serving:
            self._http.stop()
        else:
            self._http.server_close()
        super().close()

    def session(self) -> Any:
        """A plain ``requests`` session, which knows of no proxies. Closed with the server."""
        import requests

        session = requests.Session()
        session.trust_env = False
        self._sessions.append(session)
        return session


def serve(
    host: str = "127.0.0.1",
    port: int = PORT,
    root: str | os.PathLike[str] | None = None,
    *,
    say: Callable[[str], object] = print,
    ready: Callable[[DevServer], object] | None = None,
    **options: Any,
) -> None:
    """Run a dev server until SIGINT or SIGTERM.

    Args:
        root: the folder that keeps objects and jobs. Without it they are gone at the end.
        say: told what a person wants to know, line by line.
        ready: called once the server answers.
        options: those of :class:`Emulator`.

    Raises:
        CannotListen: the address is taken.
        StoreInUse: another server works in ``root``.
        StoreError: ``root`` or ``seed`` cannot be used.
        MissingExtraError: Flask is not installed.
    """
    stopped = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        stopped.set()

    in_main = threading.current_thread() is threading.main_thread()
    signals = (signal.SIGINT, signal.SIGTERM) if in_main else ()
    with DevServer(root, host=host, port=port, **options) as server:
        before = {number: signal.signal(number, stop) for number in signals}
        try:
            for line in _greeting(server, root):
                say(line)
            if ready is not None:
                ready(server)
            # In slices, because a wait without an end cannot be interrupted on Windows.
            while not stopped.wait(0.5):
                pass
            say("stopped")
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _greeting(server: DevServer, root: str | os.PathLike[str] | None) -> list[str]:
    public = (server.access_key, server.secret_key) == (ACCESS_KEY, SECRET_KEY)
    if isinstance(server.state.store, MemoryStore):
        kept = "in memory"
    else:
        kept = "in a temporary folder, removed at the end" if root is None else f"in {os.path.abspath(root)}"
    lines = [f"qiniufop dev server {version('qiniufop')}", f"objects     {kept}"]
    if server.state.settings.auth:
        lines.append(f"access key  {server.access_key}")
        lines.append(f"secret key  {server.secret_key} (public, for tests)" if public else "secret key  as given")
    else:
        lines.append("signatures  are not checked")
    return [*lines, f"listening   {server.url}"]


def _shown(host: str) -> str:
    """The host as a URL has it; a server that listens everywhere is found on this machine."""
    if host in ("", "0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
