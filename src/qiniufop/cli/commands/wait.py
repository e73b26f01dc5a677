"""``qiniufop wait``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from .. import console, failure, service
from ..arguments import Json
from ..toolkit import typer

if TYPE_CHECKING:
    from ...client.client import Client
    from ...client.schedule import Standing, Waited

PANEL = "At the service"
EXAMPLES = (
    ("qiniufop wait z0.5b1a2c3d4e5f", "until the job has ended"),
    ("qiniufop wait --timeout 3600 $(cat ids.txt)", "many jobs at once"),
)


def wait(
    ids: Annotated[list[str], typer.Argument(metavar="ID", help="The jobs' ids.", show_default=False)],
    timeout: service.Timeout = 600.0,
    api_host: service.ApiHost = None,
    profile: service.Profile = None,
    as_json: Json = False,
) -> None:
    """Wait until jobs have ended, and show what they made.

    Exit code 1 if a job has failed; 3 if none has, but one was not seen to end.
    """
    with service.connect(profile, api_host) as client:
        results = _wait(client, ids, timeout)
    if as_json:
        console.emit_json([_data(waited) for waited in results])
    codes = [_tell(waited, as_json=as_json) for waited in results]
    raise typer.Exit(1 if 1 in codes else max(codes))


def _wait(client: Client, ids: list[str], timeout: float) -> list[Waited]:
    from ...client.errors import ClientError
    from ...client.schedule import Waited

    if len(ids) == 1:  # a status at every look, and the first trouble is told at once
        with service.looking(ids[0]) as note:
            try:
                status = client.job(ids[0]).wait(timeout, on_progress=note, check=False)
            except ClientError as error:
                return [Waited(ids[0], getattr(error, "last", None), error)]
        return [Waited(ids[0], status)]
    with console.waiting(f"0 of {len(ids)} jobs ended") as tell:

        def note_all(standing: Standing) -> None:
            failed = f", {standing.failed} failed" if standing.failed else ""
            tell(f"{standing.done} of {standing.total} jobs ended{failed}")

        return client.wait_all(ids, timeout, on_progress=note_all)


def _tell(waited: Waited, *, as_json: bool) -> int:
    status = waited.status
    if status is not None and status.done:
        if not as_json:
            service.show(status)
        return 0 if status.ok else failure.FAILED
    if waited.error is None:
        return failure.UNREACHED
    return failure.report(waited.error)


def _data(waited: Waited) -> dict[str, Any]:
    seen = service.data_of(waited.status) if waited.status is not None else {"id": waited.id}
    return seen if waited.error is None else {**seen, "waitError": str(waited.error)}
