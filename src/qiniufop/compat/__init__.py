"""The official SDK's names for jobs and commands, with its traps taken out.

Programs written for ``qiniu.PersistentFop`` run on this after a change of one line::

    from qiniufop.compat import Auth, PersistentFop, build_op, pipe_cmd, op_save

Arguments and return values are the official ones. What differs is what used to go wrong:

* ``fops`` may be text or a list; text is checked and sent as written, not taken apart letter by letter;
* ``force=True`` is sent as ``1``; ``persistent_type`` is 0 or 1, and 2, which the service does not define, is refused;
* commands and a workflow template exclude each other;
* builders leave ``None`` out, write booleans, numbers and parameter names the way the service reads them, and refuse
  text that would smuggle in another command;
* ``ret["code"]`` of a job that is running is 1, as programs expect that know "in progress" and "failed" only, and 0
  when only the notification failed; ``ret["serviceCode"]`` is then what the service said;
* ``info.error`` always exists, and ``info.ok()`` is true only if the service itself accepted the request.

Requests go over https to the bucket's region, or to ``QINIUFOP_API_HOST`` if the environment has it.
:mod:`qiniufop.migrate` rewrites such programs to typed code.
"""

from .auth import Auth, entry, urlsafe_base64_encode
from .builders import BuildError, UnreadableCommandWarning, build_op, op_save, pipe_cmd
from .jobs import PersistentFop, ResponseInfo

__all__ = [
    "Auth",
    "BuildError",
    "PersistentFop",
    "ResponseInfo",
    "UnreadableCommandWarning",
    "build_op",
    "entry",
    "op_save",
    "pipe_cmd",
    "urlsafe_base64_encode",
]
