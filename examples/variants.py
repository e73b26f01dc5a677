"""Four sizes of one picture, made by one job.

QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python variants.py BUCKET KEY
"""

import os
import sys
from pathlib import PurePosixPath

from qiniufop import Client, ImageView2, Saveas

VARIANTS = {
    "thumb": ImageView2(mode=2, w=150, h=150, format="jpg"),
    "medium": ImageView2(mode=2, w=800, h=600, format="webp", q=75),
    "large": ImageView2(mode=2, w=1920, h=1440, format="webp", q=75),
    "avatar": ImageView2(mode=1, w=64, h=64, format="png"),
}


def main(bucket: str, key: str) -> None:
    stem = PurePosixPath(key).stem
    fops = [op | Saveas(bucket, f"{stem}_{name}.{op.format}") for name, op in VARIANTS.items()]
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        for output in client.submit(bucket, key, *fops).wait(timeout=600).outputs:
            print(output.key)


if __name__ == "__main__":
    main(*sys.argv[1:])
