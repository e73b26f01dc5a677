"""Submit a job for each of many pictures, then wait for all of them with a few threads.

    QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python batch.py BUCKET KEY...

The ids are written down as soon as they are known, so that an interrupted run can be looked up later.
"""

import os
import sys
from collections import Counter
from pathlib import Path

from qiniufop import Client, ImageView2, Saveas
from qiniufop.client.client import Job

JOURNAL = Path(os.environ.get("JOURNAL", "jobs.tsv"))


def output_key(key: str) -> str:
    # The whole key, suffix included: cat.jpg and cat.png must not become the same object.
    return f"{key}.small.webp"


def main(bucket: str, *keys: str) -> int:
    twice = [name for name, count in Counter(map(output_key, keys)).items() if count > 1]
    if twice:
        print(f"several sources would write {', '.join(twice)}; nothing was submitted")
        return 2
    resize = ImageView2(mode=2, w=400, h=300, format="webp")
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        jobs: list[Job] = []
        with JOURNAL.open("a", encoding="utf-8") as journal:
            for key in keys:
                jobs.append(client.submit(bucket, key, resize | Saveas(bucket, output_key(key))))
                print(key, jobs[-1].id, sep="\t", file=journal, flush=True)
        results = client.wait_all(jobs, timeout=3600)
    for key, result in zip(keys, results, strict=True):
        print(f"{key}: {'done' if result.ok else result.error}")
    return 0 if all(result.ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
