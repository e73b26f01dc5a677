"""Where results go."""

from __future__ import annotations

from typing import Annotated, cast

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..faults import Fault
from ..media import Media, Stored
from ..parser import validated
from ..plan import Reading
from ..wire import WORD, Fact, Positive, Text, Word, b64decode, b64encode, camel

__all__ = ["Saveas"]


def _key(key: str) -> str:
    if len(key) > 750 // 4 and len(key.encode()) > 750:
        raise PydanticCustomError("key", "must be at most 750 bytes of UTF-8")
    return key


Bucket = Annotated[str, StringConstraints(pattern=r"^[^:\x00-\x1f]+$"), WORD]
Key = Annotated[str, StringConstraints(max_length=750), AfterValidator(_key), WORD]


class Saveas(
    Fop[Media, Stored],
    fop="saveas",
    spell=camel,
    facts=Facts(
        title="Store the result",
        zh="处理结果另存",
        docs=("https://developer.qiniu.com/dora/1305/processing-results-save-saveas",),
        rules=(
            "It stands once, last in its command.",
            "The bucket belongs to the same account and lies in the same region as the source.",
            "A key that exists is kept and reported with returnOld, unless the job is forced.",
        ),
        limits=("A key has at most 750 bytes of UTF-8.",),
        examples=(
            ("imageView2/2/w/200|saveas/Ymt0OmEucG5n", "stored as bkt:a.png"),
            ("avthumb/mp4|saveas/Ymt0", "stored in bkt under a key the service chooses"),
            ("avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=/deleteAfterDays/7", "stored as bkt:out.mp4 for seven days"),
            ("imageView2/2/w/200|saveas/Ymt0/savePattern/JChmcHJlZml4KV9zbWFsbC5qcGc=", "named by a template"),
        ),
    ),
):
    """Store the result of the stages before it as ``bucket:key``. Takes anything; nothing may follow.

    ``Saveas("bucket", "key")`` names the object; ``Saveas("bucket")`` lets the service choose the key, which is not
    the same as the empty key ``Saveas("bucket", "")``.

    Raises:
        ValidationError: the bucket holds a colon, the key is longer than 750 bytes, or both templates are given.
    """

    bucket: Bucket = Field(kw_only=False)
    """Bucket that keeps the result; same account and region as the source."""
    key: Key | None = Field(default=None, kw_only=False)
    """Key of the result, given plain. None lets the service choose it."""
    delete_after_days: Positive | None = None
    """Days after which the stored object is deleted."""
    save_pattern: Text | None = None
    """Template of the key with variables of the input: ``$(fprefix)_s.jpg``. It wins over ``key``."""
    save_key: Text | None = None
    """Template of the key with variables of the output: etag, year, mon, day, hour, min, sec."""
    force_save_key: Annotated[Word | None, Fact(known="inferred")] = None
    """Named beside ``save_key`` in one revision of the page only; its values are not known."""
    sign: Annotated[Word | None, Fact(applies="URLs")] = None
    """Signature that lets a URL store its result, as ``AccessKey:signature``; absent in a job."""

    @field_validator("save_key")
    @classmethod
    def _one_template(cls, template: str | None, info: ValidationInfo) -> str | None:
        if template is not None and info.data.get("save_pattern") is not None:
            raise ValueError("savePattern and saveKey cannot be given together")
        return template

    def to_fop(self) -> str:
        bucket, key = self.bucket, self.key
        text = "saveas/" + b64encode(bucket if key is None else f"{bucket}:{key}")
        return text if self.__pydantic_fields_set__ <= _ENTRY else _OPTIONS.spell(self, text)

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        entry = segments[0] if segments else ""
        try:
            bucket, colon, key = b64decode(entry).partition(":")
        except ValueError as exc:
            problem = f"cannot store as {entry!r}: expected {exc}" if entry else "needs the base64 of bucket:key"
            raise Fault(f"saveas {problem}", (7, 7 + len(entry)), "bad-value" if entry else "missing") from None
        reading = Reading(_OPTIONS, segments[1:], keep, len("saveas//") + len(entry))
        reading.read()
        reading.data.update(bucket=bucket, key=key if colon else None)
        return cast("Self", validated(cls, reading))


_ENTRY = {"bucket", "key"}
_OPTIONS = Saveas.plan.without("bucket", "key")
