"""``qiniufop submit``."""

from __future__ import annotations

import sys
from typing import Annotated

from .. import console, service
from ..arguments import Json, Strictness, Unknown, read_fops
from ..failure import UsageError
from ..toolkit import typer

PANEL = "At the service"
EXAMPLES = (
    ("qiniufop submit photos cat.jpg 'imageView2/2/w/200|saveas/cGhvdG9zOnNtYWxsLmpwZw=='", "prints the job's id"),
    ("qiniufop submit videos a.mov 'avthumb/mp4' 'vframe/jpg/offset/1' --force --wait", "two commands, waited for"),
    ("qiniufop submit videos a.mov --workflow-template-id my-workflow", "a workflow instead of commands"),
    ("qiniufop submit photos cat.jpg imageInfo --wait --api-host http://127.0.0.1:8899", "on a dev server"),
)


def submit(
    bucket: Annotated[str, typer.Argument(metavar="BUCKET", help="Bucket of the source.", show_default=False)],
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of the source.", show_default=False)],
    fops: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FOPS",
            help="The commands, each in quotes; '-' reads one from standard input. They are checked, and sent as "
            "they are.",
            show_default=False,
        ),
    ] = None,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", "-p", metavar="NAME", help="The queue. Default: the public one.")
    ] = None,
    notify_url: Annotated[
        str | None, typer.Option("--notify-url", "-u", metavar="URL", help="Where the service posts the result.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", "-y", help="Run although the outputs exist, and replace them.")
    ] = False,
    workflow_template_id: Annotated[
        str | None, typer.Option(metavar="NAME", help="A workflow, instead of commands.")
    ] = None,
    kind: Annotated[
        int | None, typer.Option("--type", metavar="0|1", help="1 is --idle, 0 is not.", show_default=False)
    ] = None,
    idle: Annotated[
        bool, typer.Option("--idle", help="Run in spare capacity: cheaper, at no certain time, some operations only.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for the job, and show its outputs.")] = False,
    timeout: service.Timeout = 600.0,
    unknown: Unknown = Strictness.error,
    api_host: service.ApiHost = None,
    profile: service.Profile = None,
    as_json: Json = False,
) -> None:
    """Submit a job, and print its id.

    Keys come from QINIU_ACCESS_KEY and QINIU_SECRET_KEY, or from a profile. Exit code 3 if the service does not
    accept the job; with --wait, 1 if a command fails.
    """
    from ...core import parse

    if kind is not None:
        idle = _idle(kind, idle)
    commands = [parse(read_fops(text), unknown=unknown.value) for text in fops or ()]
    with service.connect(profile, api_host) as client:
        job = client.submit(
            bucket,
            key,
            *commands,
            workflow_template_id=workflow_template_id,
            force=force,
            idle=idle,
            pipeline=pipeline,
            notify_url=notify_url,
        )
        if not wait:
            if as_json:
                console.emit_json({"id": job.id})
            else:
                console.emit(job.id)
            return
        console.say(f"submitted as {job.id}")
        sys.stderr.flush()
        with service.looking(job.id) as note:
            status = job.wait(timeout, on_progress=note, check=False)
    if as_json:
        console.emit_json(service.data_of(status))
    else:
        service.show(status)
    raise typer.Exit(0 if status.ok else 1)


def _idle(kind: int, idle: bool) -> bool:
    if kind not in (0, 1):
        raise UsageError(
            f"--type {kind}: expected 0 (normal) or 1 (idle). The 2 of old examples, said to mean a workflow, is "
            "undefined: for a workflow give --workflow-template-id and leave --type out"
        )
    if idle and kind == 0:
        raise UsageError("--idle and --type 0 contradict one another")
    return kind == 1
