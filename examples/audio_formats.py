"""One recording in two formats. A parameter that does not exist is refused before anything is sent.

QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python audio_formats.py BUCKET KEY
"""

import os
import sys
from typing import Any

from pydantic import ValidationError

from qiniufop import Avthumb, Client, Saveas


def main(bucket: str, key: str) -> None:
    wrong: dict[str, Any] = {"af": "volume=1.5"}  # an option of ffmpeg, not of avthumb
    try:
        Avthumb("mp3", ab="192k", **wrong)
    except ValidationError as error:
        print(error)
    mp3 = Avthumb("mp3", ab="192k", ar=44100) | Saveas(bucket, "audio.mp3")
    aac = Avthumb("aac", ab="128k", ar=44100) | Saveas(bucket, "audio.aac")
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        for output in client.submit(bucket, key, mp3, aac).wait(timeout=600).outputs:
            print(f"{output.bucket}:{output.key}")


if __name__ == "__main__":
    main(*sys.argv[1:])
