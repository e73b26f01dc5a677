"""Be told when jobs end, with FastAPI.

Run it with ``uvicorn notifications_fastapi:app`` and submit jobs with ``notify_url`` set to PUBLIC_URL.
"""

import os

from fastapi import FastAPI, HTTPException, Request

from qiniufop.client.errors import UntrustedEvent
from qiniufop.client.notifications import Event, Receiver
from qiniufop.client.once import OnceInFile

PUBLIC_URL = os.environ.get("PUBLIC_URL", "https://example.com/qiniu/notify")

app = FastAPI()
receiver = Receiver(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"], url=PUBLIC_URL)
once = OnceInFile(os.environ.get("HANDLED_JOBS", "handled-jobs.sqlite"))


@app.post("/qiniu/notify")
async def notified(request: Request) -> dict[str, str]:
    try:
        event = receiver.receive(await request.body(), request.headers)
    except UntrustedEvent as error:
        raise HTTPException(403, str(error)) from error
    if not event.trusted:
        # Not signed, or not with its content: ask the service instead, with await event.confirm_async(client).
        raise HTTPException(403, "only signed notifications are believed here")
    with once.handling(event.id) as fresh:
        if fresh:
            handle(event)
    return {}


def handle(event: Event) -> None:
    """What your program does when a job has ended."""
    for output in event.outputs:
        print(f"{event.id}: {output.bucket}:{output.key}")
    for item in event.failed:
        print(f"{event.id}: {item.cmd} failed: {item.error}")
