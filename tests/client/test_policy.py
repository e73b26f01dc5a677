"""Put policies: the token, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
import qiniu

from qiniufop import Avthumb, Saveas, Vframe
from qiniufop.client import auth
from qiniufop.client.auth import Credentials
from qiniufop.client.errors import PolicyError
from qiniufop.client.policy import PutPolicy
from qiniufop.errors import FopError

KEYS = Credentials("AK_TEST", "SK_TEST")
MP4 = "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ="
PUBLISHED = (
    '{"scope":"bkt:a.mp4","deadline":1893456000,"persistentOps":"avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=",'
    '"persistentNotifyUrl":"http://example.com/qiniu/notify","persistentPipeline":"q1","persistentType":0}'
)
JOB = {
    "persistent_ops": MP4,
    "persistent_notify_url": "http://example.com/qiniu/notify",
    "persistent_pipeline": "q1",
    "persistent_type": 0,
}


def test_the_vector_of_the_service() -> None:
    policy = PutPolicy(bucket="bkt", key="a.mp4", **JOB)
    token = policy.token(KEYS, deadline=1893456000)
    assert token == auth.upload_token(KEYS, PUBLISHED)
    assert auth.verify_upload_token(KEYS, token) == (
        auth.Verdict(None, access_key="AK_TEST", covers_body=True),
        json.loads(PUBLISHED),
    )


def test_it_reads_itself() -> None:
    policy = PutPolicy(bucket="bkt", key="a.mp4", **JOB)
    assert PutPolicy.read(PUBLISHED) == policy
    assert PutPolicy.read(json.loads(PUBLISHED)) == policy
    assert PutPolicy.read(policy.token(KEYS)) == policy
    assert PutPolicy.read({"scope": "b:k:1"}) == PutPolicy(bucket="b", key="k:1")
    assert PutPolicy.read({"scope": "b"}) == PutPolicy(bucket="b")


def test_typed_commands() -> None:
    small = Avthumb("mp4", vb="1.25m") | Saveas("bkt", "small.mp4")
    cover = Vframe("jpg", offset=1)
    assert PutPolicy(bucket="b", persistent_ops=small).persistent_ops == str(small)
    assert PutPolicy(bucket="b", persistent_ops=[small, cover]).persistent_ops == f"{small};{cover}"


def test_every_field_by_both_names() -> None:
    values: dict[str, Any] = {
        "isPrefixalScope": 1,
        "persistentOps": MP4,
        "persistentNotifyUrl": "http://e.com",
        "persistentPipeline": "q",
        "persistentType": 0,
        "insertOnly": 1,
        "endUser": "u",
        "returnUrl": "http://e.com",
        "returnBody": "$(key) ${x:a} $(imageInfo.width) $(persistentId)",
        "callbackUrl": "http://e.com",
        "callbackHost": "e.com",
        "callbackBody": "key=$(key)&id=$(persistentId)",
        "callbackBodyType": "application/json",
        "callbackFetchKey": 0,
        "saveKey": "$(year)/$(etag)",
        "forceSaveKey": True,
        "fsizeMin": 1,
        "fsizeLimit": 2,
        "detectMime": -1,
        "mimeLimit": "image/*",
        "keylimit": ["a", "b"],
        "deleteAfterDays": 3,
        "fileType": 1,
    }
    policy = PutPolicy(bucket="b", key="k", **values)
    fields = policy.fields(7)
    assert fields == {"scope": "b:k", "deadline": 7, **values}
    names = {name for name in PutPolicy.model_fields if getattr(policy, name) is None}
    assert names == {"persistent_workflow_template_id"}
    assert PutPolicy(**policy.model_dump(exclude_none=True)) == policy
    assert policy.advice() == []


def test_the_official_sdk_signs_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    fields = {"persistentOps": MP4, "persistentWorkflowTemplateID": None, "insertOnly": 1}
    official = qiniu.Auth("AK_TEST", "SK_TEST").upload_token("bkt", "a.mp4", 60, {k: v for k, v in fields.items() if v})
    policy = PutPolicy(bucket="bkt", key="a.mp4", persistent_ops=MP4, insert_only=1)
    assert policy.token(qiniu.Auth("AK_TEST", "SK_TEST"), expires=60, now=lambda: 1000.0) == official


def test_the_official_sdk_knows_no_field_that_is_missing_here() -> None:
    from qiniu.auth import _policy_fields

    deprecated = {"transform", "transformFallbackKey", "transformFallbackMode"}
    ours = {f.serialization_alias or f.alias for f in PutPolicy.model_fields.values()} - {"bucket", "key"}
    assert ours == set(_policy_fields) - deprecated


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"persistentOp": MP4}, "a put policy has no field 'persistentOp'; did you mean 'persistentOps'?"),
    ({"notifyURL": "http://e"}, "a put policy has no field 'notifyURL'"),
    ({"bucket": ""}, "bucket: String should have at least 1 character"),
    ({"persistent_ops": ""}, "persistentOps is empty"),
    ({"persistent_ops": 7}, "persistentOps: int is no command: expected operations, pipelines or strings, "
     "each as an argument of its own: submit(bucket, key, first, second)"),
    ({"persistent_ops": MP4, "persistent_workflow_template_id": "w"},
     "persistentOps and persistentWorkflowTemplateID: a policy has at most one of the two"),
    ({"persistent_pipeline": "q"}, "persistentPipeline does nothing without persistentOps or a workflow"),
    ({"persistent_type": 1}, "persistentType does nothing without persistentOps or a workflow"),
    ({"persistent_ops": MP4, "persistent_type": 1, "persistent_pipeline": "q"},
     "persistentType 1 with persistentPipeline: an idle-time job cannot choose its queue"),
    ({"persistent_ops": MP4, "persistent_type": 2}, "persistent_type: Input should be 0 or 1"),
    ({"persistent_ops": "imageInfo", "persistent_type": 1},
     "persistentType 1 with imageInfo: only transcoding, avconcat, segment and video snapshots may run in spare "
     "capacity"),
    ({"persistent_ops": MP4, "file_type": 2}, "fileType 2 with jobs: archived objects cannot be processed"),
    ({"persistent_ops": "avthumb/mp4|saveas/" + auth.encode_entry("bkt", "$(key).mp4")},
     "saveas to '$(key).mp4': variables inside base64 are not filled in; "
     "use save_pattern, or save_key for variables of the output"),
    ({"persistent_ops": "avthumb/mp4/s/$(persistentId)"},
     "persistentOps: $(persistentId) does not work there; "
     "bucket, endUser, etag, ext, fname, fprefix, fsize, key, keybase, mimeType do"),
    ({"persistent_ops": "avthumb/$(year)"},
     "persistentOps: $(year) does not work there; "
     "bucket, endUser, etag, ext, fname, fprefix, fsize, key, keybase, mimeType do"),
    ({"persistent_ops": "avthumb/${mimetype}"},
     "persistentOps: there is no variable $(mimetype); did you mean $(mimeType)?"),
    ({"persistent_ops": "avthumb/$(oops"}, "persistentOps: '$(' at 8 begins a variable that is not closed"),
    ({"is_prefixal_scope": 1}, "isPrefixalScope needs a key, which is what keys must begin with"),
    ({"callback_body": "a"}, "callbackBody does nothing without callbackUrl"),
    ({"force_save_key": True}, "forceSaveKey needs a saveKey"),
    ({"fsize_min": 3, "fsize_limit": 2}, "fsizeMin 3 is more than fsizeLimit 2"),
    ({"fsize_min": "3"}, "fsize_min: Input should be a valid integer"),
    ({"delete_after_days": 0}, "delete_after_days: Input should be greater than or equal to 1"),
    ({"return_body": "$(nmae)"}, "returnBody: there is no variable $(nmae); did you mean $(fname)?"),
    ({"save_key": "$(persistentId)"},
     "saveKey: $(persistentId) does not work there; avinfo, bodySha1, bucket, day, endUser, etag, exif, ext, fname, "
     "fprefix, fsize, hour, imageAve, imageInfo, key, keybase, mimeType, min, mon, sec, uuid, year do"),
    ({"keylimit": [str(n) for n in range(21)]},
     "keylimit: Tuple should have at most 20 items after validation, not 21"),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "message"), REFUSED)
def test_error_policies(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        PutPolicy(**{"bucket": "b", **fields})
    assert str(caught.value) == message


def test_error_invalid_commands() -> None:
    with pytest.raises(FopError):
        PutPolicy(bucket="b", persistent_ops="avthunb/mp4")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "expected a put policy as JSON, or an upload token"),
        ("{", "expected a put policy as JSON, or an upload token"),
        ("AK:sign:WzFd", "expected a put policy as a JSON object"),
        ("{}", "a put policy needs a scope: bucket or bucket:key"),
    ],
)
def test_error_texts(text: str, message: str) -> None:
    with pytest.raises(PolicyError) as caught:
        PutPolicy.read(text)
    assert str(caught.value) == message


def test_variables_are_left_for_the_service() -> None:
    ops = "avthumb/mp4/s/$(x:size)|saveas/Ymt0/savePattern/JChmcHJlZml4KS5tcDQ="
    assert PutPolicy(bucket="b", persistent_ops=ops).persistent_ops == ops


def test_advice() -> None:
    policy = PutPolicy(bucket="b", persistent_ops=MP4, return_body='{"key":"$(key)"}')
    assert policy.advice() == ["returnBody does not ask for $(persistentId), so nobody learns the job's id from it"]
