"""``qiniufop serve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from .. import console
from ..arguments import Json
from ..failure import UsageError
from ..toolkit import typer

if TYPE_CHECKING:
    from ...server import DevServer

PANEL = "On this machine"
EXAMPLES = (
    ("qiniufop serve --root ./objects", "objects are files in ./objects/BUCKET/KEY"),
    ("qiniufop serve --memory --port 0 --json", "for a test: any free port, told as JSON"),
    ("qiniufop serve --root ./objects --seed ./samples", "with copies of ./samples/BUCKET/KEY"),
)


def serve(
    host: Annotated[
        str, typer.Option(envvar="QINIUFOP_SERVE_HOST", help="Address to listen on. Others let the network in.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="QINIUFOP_SERVE_PORT", min=0, max=65535, help="Port; 0 picks a free one.")
    ] = 8899,
    root: Annotated[
        Path | None,
        typer.Option(
            envvar="QINIUFOP_SERVE_ROOT",
            metavar="DIR",
            help="Keep objects and jobs in this folder. Default: a temporary one.",
        ),
    ] = None,
    memory: Annotated[
        bool, typer.Option("--memory", envvar="QINIUFOP_SERVE_MEMORY", help="Keep objects and jobs in memory.")
    ] = False,
    seed: Annotated[
        Path | None,
        typer.Option(envvar="QINIUFOP_SERVE_SEED", metavar="DIR", help="Copy DIR/BUCKET/KEY into the store first."),
    ] = None,
    access_key: Annotated[
        str | None, typer.Option(envvar="QINIUFOP_SERVE_ACCESS_KEY", metavar="AK", help="Default: a public pair.")
    ] = None,
    secret_key: Annotated[
        str | None, typer.Option(envvar="QINIUFOP_SERVE_SECRET_KEY", metavar="SK", help="Belongs to --access-key.")
    ] = None,
    no_auth: Annotated[
        bool, typer.Option("--no-auth", envvar="QINIUFOP_SERVE_NO_AUTH", help="Do not check signatures.")
    ] = False,
    notify_allow: Annotated[
        list[str] | None,
        typer.Option(
            envvar="QINIUFOP_SERVE_NOTIFY_ALLOW",
            metavar="HOST",
            help="A host, besides this machine, that notifications may go to. May be repeated.",
        ),
    ] = None,
    fetch_allow: Annotated[
        list[str] | None,
        typer.Option(
            envvar="QINIUFOP_SERVE_FETCH_ALLOW",
            metavar="HOST",
            help="A host that commands may read from. May be repeated. Default: none.",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run the service's HTTP API on this machine, with jobs that really run.

    Every option can also be set as QINIUFOP_SERVE_..., lists with spaces between the words. With --json one line on
    standard output tells url, access_key and secret_key as soon as the server answers. Ctrl-C or SIGTERM ends it.
    """
    from ...server import serve as run

    if memory and root is not None:
        raise UsageError("--memory and --root exclude each other")
    if (access_key is None) != (secret_key is None):
        raise UsageError("--access-key and --secret-key need each other")
    keys = {"access_key": access_key, "secret_key": secret_key} if access_key is not None else {}

    def ready(server: DevServer) -> None:
        if as_json:
            _tell(server)

    run(
        host,
        port,
        root,
        say=_say,
        ready=ready,
        memory=memory,
        auth=not no_auth,
        seed=seed,
        notify_allow=tuple(notify_allow or ()),
        fetch_allow=tuple(fetch_allow or ()),
        **keys,
    )


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _tell(server: DevServer) -> None:
    import json

    facts = {"url": server.url, "access_key": server.access_key, "secret_key": server.secret_key}
    console.emit(json.dumps(facts))
    sys.stdout.flush()
