"""``qiniufop status``."""

from __future__ import annotations

from typing import Annotated

from .. import console, service
from ..arguments import Json
from ..toolkit import typer

PANEL = "At the service"
EXAMPLES = (
    ("qiniufop status z0.5b1a2c3d4e5f", "how a job stands"),
    ("qiniufop status z0.5b1a2c3d4e5f --json", "the service's own words"),
)


def status(
    id: Annotated[str, typer.Argument(metavar="ID", help="The job's id.", show_default=False)],
    api_host: service.ApiHost = None,
    profile: service.Profile = None,
    as_json: Json = False,
) -> None:
    """Look at a job once.

    Exit code 1 if it has failed, 0 if it has not, whether it has ended or not.
    """
    with service.connect(profile, api_host) as client:
        found = client.status(id)
    if as_json:
        console.emit_json(service.data_of(found))
    else:
        service.show(found)
    raise typer.Exit(1 if found.done and not found.ok else 0)
