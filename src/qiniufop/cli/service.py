"""What the commands for the service share: their options, a client, and how a job is shown."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from . import console
from .failure import UsageError
from .toolkit import typer

if TYPE_CHECKING:
    from ..client.client import Client
    from ..client.models import JobItem, JobStatus

ApiHost = Annotated[
    str | None,
    typer.Option(
        envvar="QINIUFOP_API_HOST",
        metavar="HOST",
        help="Talk to this host, such as http://127.0.0.1:8899 for a dev server. Default: the bucket's region.",
    ),
]
Profile = Annotated[
    str | None,
    typer.Option(
        envvar="QINIU_PROFILE",
        metavar="NAME",
        help="Keys of this profile. Default: QINIU_ACCESS_KEY and QINIU_SECRET_KEY.",
    ),
]
Timeout = Annotated[
    float, typer.Option(min=0.001, metavar="SECONDS", help="How long to wait at most. The job itself goes on.")
]

_COLOURS = {"succeeded": "green", "notify_failed": "yellow", "failed": "red"}
_SIGNS = {
    "succeeded": ("\N{CHECK MARK}", "+"),
    "notify_failed": ("\N{CHECK MARK}", "+"),
    "failed": ("\N{BALLOT X}", "x"),
}
_PENDING = ("\N{HORIZONTAL ELLIPSIS}", "-")


@contextmanager
def connect(profile: str | None, api_host: str | None) -> Generator[Client]:
    """A client with the keys of the environment or of a profile."""
    from ..client.client import Client

    # A profile named by the environment counts only where the environment has no keys: from_env sees to that.
    named = None if profile is None or _from_environment(profile) else profile
    try:
        client = Client.from_env(profile=named, api_host=api_host)
    except ValueError as exc:  # a host that is none, say
        raise UsageError(str(exc)) from None
    with client:
        yield client


def _from_environment(profile: str) -> bool:
    import os

    return os.environ.get("QINIU_PROFILE") == profile


@contextmanager
def looking(id: str) -> Generator[Callable[[JobStatus], None]]:
    """Show how a job stands while it is waited for, if a person watches. Yields what is told each status."""
    with console.waiting(f"{id}  waiting") as tell:

        def note(status: JobStatus) -> None:
            done = sum(item.ok for item in status.items)
            some = f"  {done} of {len(status.items)} commands done" if len(status.items) > 1 else ""
            tell(f"{status.id}  {status.state.value}{some}")

        yield note


def data_of(status: JobStatus) -> dict[str, Any]:
    """A status as the service wrote it, with what is not known kept."""
    return status.model_dump(mode="json", by_alias=True, exclude_unset=True)


def show(status: JobStatus) -> None:
    """Print how a job stands: its commands, what they made, and why some failed."""
    from rich.text import Text
    from rich.tree import Tree

    name = status.state.value
    words = name.replace("_", " ")
    if status.done and not status.ok and name != "failed":
        name, words = "failed", f"{words}, but not every command"
    head = Text.assemble((status.id, "bold"), "  ", (words, f"bold {_COLOURS.get(name, 'cyan')}"))
    about = [f"{status.input_bucket}:{status.input_key}" if status.input_key else "", status.pipeline]
    if status.idle:
        about.append("idle")
    if status.created_at is not None:
        about.append(f"{status.created_at:%Y-%m-%d %H:%M:%S %z}")
    head.append("".join(f"  {word}" for word in about if word), "dim")
    tree = Tree(head, guide_style="dim", highlight=False)
    for item in status.items:
        branch = tree.add(_item(item))
        for output in status.outputs_of(item):
            branch.add(_output(output.bucket, output.key, output.result))
        if item.returned_old:
            branch.add(Text("existed already and was kept; submit with --force to replace it", "yellow"))
        if not item.ok and status.done:
            branch.add(_failure(item))
    console.show(tree)
    if status.notify_failed:
        console.say("the outputs exist, but the notification could not be delivered")


def _item(item: JobItem) -> Any:
    from rich.text import Text

    name = item.state.value
    colour = _COLOURS.get(name, "cyan")
    return Text.assemble((f"{console.sign(*_SIGNS.get(name, _PENDING))} ", f"bold {colour}"), item.cmd or name)


def _output(bucket: str, key: str | None, result: Any) -> Any:
    import json

    from rich.text import Text

    if key is not None:
        return Text(f"{bucket}:{key}", "green")
    return Text(json.dumps(result, ensure_ascii=False) if result is not None else f"in {bucket}")


def _failure(item: JobItem) -> Any:
    from rich.text import Text

    stage = f"stage {(item.error_index or 0) + 1}, {item.failed_stage}: " if item.failed_stage else ""
    return Text.assemble((stage, ""), (item.error or item.desc or f"code {item.code}, no reason given", "red"))
