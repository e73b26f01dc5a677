"""Two renditions and a thumbnail of one video, as three commands of one job.

QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python video_renditions.py BUCKET KEY
"""

import os
import sys
from typing import Any

from qiniufop import Avthumb, Client, Fops, Pipeline, Saveas, Vframe
from qiniufop.client.errors import JobFailed
from qiniufop.lint import lint


def main(bucket: str, key: str) -> None:
    def rendition(size: str, rate: str, name: str) -> Pipeline[Any, Any]:
        # Without autoscale a size with two sides is forced, and a picture of another shape is distorted.
        made = Avthumb("mp4", vcodec="libx264", acodec="aac", s=size, autoscale=1, vb=rate, ab="96k", r=25)
        return made | Saveas(bucket, name)

    fops = Fops(
        rendition("1280x720", "1000k", "video-hd.mp4"),
        rendition("640x360", "400k", "video-sd.mp4"),
        Vframe("jpg", offset=0.5, w=320) | Saveas(bucket, "video-thumb.jpg"),
    )
    for remark in lint(str(fops), where="job"):
        print(f"{remark.severity}: {remark.message}")
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        job = client.submit(bucket, key, fops, force=True)
        try:
            status = job.wait(timeout=600)
        except JobFailed as error:
            print(error)  # names every command that failed, its stage, and why
            status = error.result
        for output in status.outputs:
            print(f"{output.bucket}:{output.key}")


if __name__ == "__main__":
    main(*sys.argv[1:])
