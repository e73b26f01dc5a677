"""Test your own code against the dev server, with the fixtures that come with qiniufop (extra ``local``).

pytest testing_with_pytest.py
"""

from io import BytesIO
from typing import Any

from qiniufop import Client, ImageView2, Saveas


def make_thumbnail(client: Client, bucket: str, key: str) -> str:
    """The code under test: your program's own."""
    job = client.submit(bucket, key, ImageView2(mode=2, w=100) | Saveas(bucket, f"thumbs/{key}"))
    return job.wait(timeout=60).outputs[0].key or ""


def test_thumbnail(qiniufop_server: Any, qiniufop_client: Client) -> None:
    from PIL import Image

    picture = BytesIO()
    Image.new("RGB", (400, 300), "orange").save(picture, "PNG")
    qiniufop_server.put("test-bucket", "sun.png", picture.getvalue())

    key = make_thumbnail(qiniufop_client, "test-bucket", "sun.png")

    with Image.open(BytesIO(qiniufop_server.get("test-bucket", key))) as thumbnail:
        assert thumbnail.size == (100, 75)
