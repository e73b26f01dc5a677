"""Run a workflow that was set up in the console.

QINIU_ACCESS_KEY=... QINIU_SECRET_KEY=... python workflow.py BUCKET KEY TEMPLATE
"""

import os
import sys

from qiniufop import Client


def main(bucket: str, key: str, template: str) -> None:
    with Client.from_env(api_host=os.environ.get("QINIUFOP_API_HOST")) as client:
        job = client.submit(bucket, key, workflow_template_id=template)
        status = job.wait(timeout=600)
        print(f"{status.id}: {status.state.value}")
        for item in status.items:
            print(item.cmd)


if __name__ == "__main__":
    main(*sys.argv[1:])
