"""Be told when jobs end, with Django, in one file.

Run it with ``python notifications_django.py runserver`` and submit jobs with ``notify_url`` set to PUBLIC_URL.
In a project of your own take the view and its ``path``.
"""

import os
import sys

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from qiniufop.client.errors import UntrustedEvent
from qiniufop.client.notifications import Event, Receiver
from qiniufop.client.once import OnceInFile

PUBLIC_URL = os.environ.get("PUBLIC_URL", "https://example.com/qiniu/notify")

if not settings.configured:
    settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY=os.urandom(32).hex(), MIDDLEWARE=[])
    django.setup()

receiver = Receiver(os.environ["QINIU_ACCESS_KEY"], os.environ["QINIU_SECRET_KEY"], url=PUBLIC_URL)
once = OnceInFile(os.environ.get("HANDLED_JOBS", "handled-jobs.sqlite"))


@csrf_exempt
@require_POST
def notified(request: HttpRequest) -> HttpResponse:
    try:
        event = receiver.receive(request.body, request.headers)
    except UntrustedEvent as error:
        return HttpResponse(str(error), status=403)
    if not event.trusted:
        # Not signed, or not with its content: ask the service instead, with event.confirm(client).
        return HttpResponse("only signed notifications are believed here", status=403)
    with once.handling(event.id) as fresh:
        if fresh:
            handle(event)
    return HttpResponse()


def handle(event: Event) -> None:
    """What your program does when a job has ended."""
    for output in event.outputs:
        print(f"{event.id}: {output.bucket}:{output.key}")
    for item in event.failed:
        print(f"{event.id}: {item.cmd} failed: {item.error}")


urlpatterns = [path("qiniu/notify", notified)]

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
