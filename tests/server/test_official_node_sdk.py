"""The official Node SDK against the dev server, where ``QINIUFOP_TEST_NODE`` names a folder it is installed in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from qiniufop.engine.keys import etag
from qiniufop.server import DevServer

from .conftest import PHOTO

WHERE = os.environ.get("QINIUFOP_TEST_NODE", "")
pytestmark = pytest.mark.skipif(
    shutil.which("node") is None or not (Path(WHERE) / "node_modules" / "qiniu").is_dir(),
    reason="needs node, and QINIUFOP_TEST_NODE naming a folder with node_modules/qiniu",
)

SETUP = """
const qiniu = require('qiniu');
const [host, accessKey, secretKey, extra] = process.argv.slice(1);
const mac = new qiniu.auth.digest.Mac(accessKey, secretKey);
const config = new qiniu.conf.Config();
config.useHttpsDomain = false;
config.zone = new qiniu.conf.Zone([host], [host], host, host, host, host);
const show = (error, body, info) => {
  console.log(JSON.stringify({ error: error && String(error), status: info && info.statusCode, body }));
};
"""


def node(server: DevServer, program: str, extra: str = "") -> dict[str, Any]:
    host = server.url.partition("://")[2]
    done = subprocess.run(
        ["node", "-e", SETUP + program, host, server.access_key, server.secret_key, extra],
        cwd=WHERE,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def test_it_submits_and_polls(server: DevServer) -> None:
    submitted = node(
        server,
        """
        const manager = new qiniu.fop.OperationManager(mac, config);
        manager.pfop('bkt', 'photo.jpg', ['imageView2/2/w/64', 'imageInfo'], 'q1', { force: true }, show);
        """,
    )
    assert (submitted["error"], submitted["status"]) == (None, 200)
    server.drain()
    (sent,) = [seen for seen in server.requests if seen.target == "/pfop/"]
    assert sent.form == {
        "bucket": "bkt",
        "key": "photo.jpg",
        "fops": "imageView2/2/w/64;imageInfo",
        "pipeline": "q1",
        "force": "1",
    }
    program = "new qiniu.fop.OperationManager(mac, config).prefop(extra, show);"
    polled = node(server, program, submitted["body"]["persistentId"])
    assert polled["body"]["code"] == 0
    assert [item["code"] for item in polled["body"]["items"]] == [0, 0]
    assert server.requests[-1].method == "POST"


def test_it_uploads(server: DevServer) -> None:
    shown = node(
        server,
        """
        const policy = new qiniu.rs.PutPolicy({ scope: 'bkt:up.jpg', persistentOps: 'imageInfo' });
        const uploader = new qiniu.form_up.FormUploader(config);
        uploader.putFile(policy.uploadToken(mac), 'up.jpg', extra, new qiniu.form_up.PutExtra(), show);
        """,
        str(PHOTO),
    )
    assert (shown["status"], shown["body"]["hash"]) == (200, etag(PHOTO))
    assert server.job(shown["body"]["persistentId"]) is not None


def test_its_second_signature_is_taken_though_it_names_the_port_twice(server: DevServer) -> None:
    shown = node(
        server,
        """
        const manager = new qiniu.rs.BucketManager(mac, config);
        manager.listPrefix('bkt', {}, show);
        """,
    )
    assert (shown["status"], [item["key"] for item in shown["body"]["items"]]) == (200, ["photo.jpg"])
