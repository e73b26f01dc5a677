"""The official SDKs and this package sign alike, whatever is signed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import qiniu
from hypothesis import given
from hypothesis import strategies as st
from qiniu.auth import QiniuMacAuth

from qiniufop.client import auth
from qiniufop.client.auth import FORM, Credentials
from qiniufop.client.submission import Submission

PRINTABLE = st.text(st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=":"), min_size=1)
KEYS = st.tuples(PRINTABLE, PRINTABLE)
# The official SDK loses what follows a ";" in a path, and every SDK a "#".
PATH = st.text("abcXYZ019/-_.~%=:@!$&'()*+,", max_size=40).map(lambda text: "/" + text)
QUERY = st.text("abc019/-_.~%=:@!$&'()*+,;|?", min_size=1, max_size=40)
TARGET = st.one_of(PATH, st.tuples(PATH, QUERY).map("?".join)).filter(lambda t: not t.startswith("//"))
HOST = st.from_regex(r"[a-z0-9-]{1,10}(\.[a-z]{2,5}){0,2}(:[1-9][0-9]{0,3})?", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
TYPE = st.sampled_from([None, FORM, "application/json", "application/octet-stream", "text/plain"])


@given(keys=KEYS, data=TEXT)
def test_plain_tokens(keys: tuple[str, str], data: str) -> None:
    ours, official = Credentials(*keys), qiniu.Auth(*keys)
    assert ours.token(data.encode()) == official.token(data)
    assert ours.token_with_data(data.encode()) == official.token_with_data(data)


@given(keys=KEYS, host=HOST, target=TARGET, body=TEXT, content_type=TYPE)
def test_qbox(keys: tuple[str, str], host: str, target: str, body: str, content_type: str | None) -> None:
    url = f"https://{host}{target}"
    official = qiniu.Auth(*keys).token_of_request(url, body, content_type)
    assert auth.qbox_token(Credentials(*keys), url, body.encode(), content_type) == official
    headers = {"Content-Type": content_type} if content_type else {}
    assert auth.verify_request(Credentials(*keys), f"QBox {official}", "POST", url, headers, body.encode())


@given(
    keys=KEYS,
    method=st.sampled_from(["GET", "POST", "PUT"]),
    host=HOST,
    target=TARGET,
    body=TEXT,
    content_type=TYPE,
    date=st.none() | st.integers(0, 4_000_000_000),
)
def test_qiniu(
    keys: tuple[str, str], method: str, host: str, target: str, body: str, content_type: str | None, date: int | None
) -> None:
    url = f"https://{host}{target}"
    headers = {} if content_type is None else {"Content-Type": content_type}
    if date is not None:
        headers["X-Qiniu-Date"] = auth.qiniu_date(date)
    signer = QiniuMacAuth(*keys)
    official = signer.token_of_request(method, host, url, signer.qiniu_headers(headers), content_type, body)
    assert auth.qiniu_token(Credentials(*keys), method, url, headers, body.encode()) == official
    verdict = auth.verify_request(
        Credentials(*keys), f"Qiniu {official}", method, url, headers, body.encode(), now=date
    )
    assert verdict


@given(keys=KEYS, url=st.tuples(HOST, TARGET).map(lambda t: f"https://{t[0]}{t[1]}"), now=st.integers(0, 2**40))
def test_private_urls(keys: tuple[str, str], url: str, now: int) -> None:
    with mock.patch.object(time, "time", return_value=float(now)):
        official = qiniu.Auth(*keys).private_download_url(url, 60)
    assert auth.download_url(Credentials(*keys), url, now + 60) == official
    assert auth.verify_download_url(Credentials(*keys), official, now=now + 60)


@given(keys=KEYS, bucket=PRINTABLE, key=TEXT, ops=TEXT)
def test_upload_tokens(keys: tuple[str, str], bucket: str, key: str, ops: str) -> None:
    official = qiniu.Auth(*keys).upload_token(bucket, key, 60, {"persistentOps": ops})
    verdict, policy = auth.verify_upload_token(Credentials(*keys), official)
    assert verdict
    assert policy["scope"] == f"{bucket}:{key}"
    assert auth.upload_token(Credentials(*keys), policy) == official


@given(key=TEXT.filter(bool), fops=TEXT.filter(bool), notify_url=TEXT.filter(bool), pipeline=TEXT.filter(bool))
def test_forms(key: str, fops: str, notify_url: str, pipeline: str) -> None:
    """The form is what ``requests`` makes of the official SDK's fields, apart from the order."""
    import requests

    form = Submission("b", key, fops, force=True, pipeline=pipeline, notify_url=notify_url).form()
    fields = {"bucket": "b", "key": key, "fops": fops, "notifyURL": notify_url, "force": "1", "pipeline": pipeline}
    body = requests.Request("POST", "http://h/", data=fields).prepare().body
    assert isinstance(body, str)
    assert form == body.encode()


NODE_HOST = st.from_regex(r"[a-z]{1,10}", fullmatch=True)
NODE = """
const qiniu = require('qiniu');
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(cases.map(c => {
  const mac = new qiniu.auth.digest.Mac(c.keys[0], c.keys[1], {disableQiniuTimestampSignature: true});
  return [
    qiniu.util.generateAccessToken(mac, c.url, c.body),
    qiniu.util.generateAccessTokenV2(mac, c.url, c.method, c.type, c.body, {}),
  ];
})));
"""


@pytest.fixture(scope="module")
def node() -> str:
    """Where the Node SDK is installed: ``QINIUFOP_TEST_NODE`` names the folder that holds its ``node_modules``."""
    place = os.environ.get("QINIUFOP_TEST_NODE")
    if not shutil.which("node") or not place or not (Path(place) / "node_modules" / "qiniu").is_dir():
        pytest.skip("needs node and QINIUFOP_TEST_NODE, a folder with node_modules/qiniu")
    return place


@given(data=st.data())
def make_cases(cases: list[dict[str, Any]], data: st.DataObject) -> None:
    cases.append(
        {
            "keys": data.draw(KEYS),
            # Node writes a port twice, and rewrites dots in paths and quotes in queries.
            "url": f"https://{data.draw(NODE_HOST)}{data.draw(TARGET)}".replace(".", "").replace("'", ""),
            "method": data.draw(st.sampled_from(["GET", "POST"])),
            "type": data.draw(st.sampled_from([FORM, "application/json"])),
            "body": data.draw(TEXT),
        }
    )


def test_node(node: str) -> None:
    cases: list[dict[str, Any]] = []
    make_cases(cases)
    ran = subprocess.run(
        ["node", "-e", NODE], input=json.dumps(cases), capture_output=True, text=True, cwd=node, check=True, timeout=60
    )
    for case, (qbox, qiniu_v2) in zip(cases, json.loads(ran.stdout), strict=True):
        keys = Credentials(*case["keys"])
        body = case["body"].encode()
        headers = {"Content-Type": case["type"]}
        assert qbox == "QBox " + auth.qbox_token(keys, case["url"], body, FORM)
        assert qiniu_v2 == "Qiniu " + auth.qiniu_token(keys, case["method"], case["url"], headers, body)
