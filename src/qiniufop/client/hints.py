"""What to do about the errors whose texts are known."""

from __future__ import annotations

import re

_HINTS: tuple[tuple[str, str], ...] = (
    (
        r"bad token",
        "The signature does not match. Check that the access and secret keys are a pair, and that no proxy changes "
        "the path, the host or the body on the way.",
    ),
    (
        r"time too skewed",
        "This machine's clock is more than 15 minutes off. Set it, or sign without a date: "
        "DISABLE_QINIU_TIMESTAMP_SIGNATURE=true.",
    ),
    (r"expired token|token (is )?expired|token out of date", "The token's deadline has passed. Make a new one."),
    (
        r"incorrect region|wrong region|region.*mismatch",
        "The bucket is in another region than this host serves. Leave region='auto', or name the bucket's region.",
    ),
    (
        r"not? such id|no such (persistent)?id|job not found",
        "Jobs are kept for 7 to 10 days. The id is older than that, mistyped, or another account's.",
    ),
    (
        r"unsupported cmd|unknown (cmd|fop)|no such (cmd|fop)|unsupported fop",
        "The service does not know this command, or it is not enabled for the account. Check its spelling with "
        "`qiniufop lint`.",
    ),
    (
        r"document not found|no such file|no such (entry|key)",
        "The source object does not exist. Even a command that ignores its source needs one. Check bucket and key; "
        "the key has no leading slash unless it was uploaded with one.",
    ),
    (r"no such bucket", "The bucket does not exist, or belongs to another account."),
    (
        r"source data is empty|fail to get source data|failed to GET http",
        "A source could not be read. A private URL in a command must be signed and stay valid until the job runs.",
    ),
    (
        r"not a valid (video|media)|invalid media",
        "The source is not what this command takes. Look at it with avinfo or imageInfo.",
    ),
    (
        r"Request Header Fields Too Large",
        "The command is too long. mkzip takes about 2 KB in mode 2; mode 4 reads its list from an object.",
    ),
    (r"image too large", "Online image processing takes pictures of up to 20 MB. Submit it as a job instead."),
)

_BY_STATUS = {
    401: "Check that the access and secret keys are a pair.",
    403: "The account may not do this, or this machine's clock is off.",
    419: "The account is frozen.",
    573: "One object or bucket is accessed too often. Slow down, or spread the work.",
    612: "It does not exist. Check the bucket and the key.",
    631: "The bucket does not exist, or belongs to another account.",
}


def hint_for(text: str, status: int | None = None) -> str | None:
    """Advice about an error text of the service, else about its status, else None."""
    for pattern, hint in _HINTS:
        if re.search(pattern, text, re.IGNORECASE):
            return hint
    return _BY_STATUS.get(status or 0)
