"""Scale a picture, put a mark on it, store the result, and wait for it.

    QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python image_pipeline.py BUCKET KEY

Set QINIUFOP_API_HOST to talk to a dev server, such as http://127.0.0.1:8899.
"""

import os
import sys

from qiniufop import Client, ImageView2, Saveas, Watermark


def main(bucket: str, key: str) -> None:
    fop = (
        ImageView2(mode=2, w=800, h=600, format="webp")
        | Watermark(mode=1, image=f"kodo://{bucket}/logo.png", dissolve=50, gravity="SouthEast", dx=10, dy=10)
        | Saveas(bucket, "processed-image.webp")
    )
    print(fop)
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        job = client.submit(bucket, key, fop)
        for output in job.wait(timeout=600).outputs:
            print(f"{output.bucket}:{output.key}")


if __name__ == "__main__":
    main(*sys.argv[1:])
