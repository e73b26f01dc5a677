"""Be told when jobs end, with Flask.

Run it with ``flask --app notifications_flask run`` and submit jobs with ``notify_url`` set to PUBLIC_URL.
"""

import os

from flask import Flask, request

from qiniufop.client.errors import UntrustedEvent
from qiniufop.client.notifications import Event, Receiver
from qiniufop.client.once import OnceInFile

PUBLIC_URL = os.environ.get("PUBLIC_URL", "https://example.com/qiniu/notify")

app = Flask(__name__)
receiver = Receiver(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"], url=PUBLIC_URL)
once = OnceInFile(os.environ.get("HANDLED_JOBS", "handled-jobs.sqlite"))


@app.post("/qiniu/notify")
def notified() -> tuple[str, int]:
    try:
        event = receiver.receive(request.get_data(), request.headers)
    except UntrustedEvent as error:
        return str(error), 403
    if not event.trusted:
        # Not signed, or not with its content: ask the service instead, with event.confirm(client).
        return "only signed notifications are believed here", 403
    with once.handling(event.id) as fresh:
        if fresh:
            handle(event)
    return "", 200


def handle(event: Event) -> None:
    """What your program does when a job has ended."""
    for output in event.outputs:
        print(f"{event.id}: {output.bucket}:{output.key}")
    for item in event.failed:
        print(f"{event.id}: {item.cmd} failed: {item.error}")
