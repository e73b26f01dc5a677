"""Every published vector, and every way a signature can be wrong."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

import pytest

from qiniufop.client import auth
from qiniufop.client.auth import FORM, Credentials, Verdict
from qiniufop.client.errors import CredentialsError

CREDENTIALS = Credentials("AK_TEST", "SK_TEST")
SDK = Credentials("abcdefghklmnopq", "1234567890")
GO = Credentials("ak", "sk")
PAGES = Credentials("MY_ACCESS_KEY", "MY_SECRET_KEY")

BODY = b"bucket=bkt&key=a.mp4&fops=avthumb%2Fmp4"
STATUS = "/status/get/prefop?id=z0.5be96c32856db80b4be3d8b6"
NOTICE = b'{"id":"z0.5be96c32856db80b4be3d8b6","code":0}'
HOST = "https://api.qiniuapi.com"
DATE = "20250101T000000Z"
NOW = 1735689600.0


QBOX = [
    ("/pfop", BODY, FORM, "GAAnBRZTB9gTspJBNynQmCDbs9I="),
    ("/pfop/", BODY, FORM, "QN7HWppiLgCCHn6un7gHxEJ05cE="),
    (STATUS, b"", None, "_iHjLa6KJ5SeaxxrWoI0NPBCSTA="),
    ("/qiniu/notify", NOTICE, "application/json", "beGk2SZmIG2_oAjL_Xn1t28zBaY="),
]


@pytest.mark.parametrize(("path", "body", "content_type", "signature"), QBOX)
@pytest.mark.parametrize("host", ["", "https://api.qiniuapi.com", "http://127.0.0.1:8899"])
def test_qbox_vectors(host: str, path: str, body: bytes, content_type: str | None, signature: str) -> None:
    assert auth.qbox_token(CREDENTIALS, host + path, body, content_type) == f"AK_TEST:{signature}"


QINIU = [
    ("POST", f"{HOST}/pfop/", {"Content-Type": FORM}, BODY, "wNdieGZcrGCZhDLuxfrPD4DUCvU="),
    ("POST", f"{HOST}/pfop/", {"Content-Type": FORM, "X-Qiniu-Date": DATE}, BODY, "2z4hoP622JnmqMLjTlq1hqDR3aE="),
    ("GET", HOST + STATUS, {"Content-Type": FORM, "X-Qiniu-Date": DATE}, b"", "prlY-OzrMuAOvk72EP2qP9uYmsw="),
    ("GET", HOST + STATUS, {"X-Qiniu-Date": DATE}, b"", "dETGUdnnD6i-po41YKcV1GQW_-g="),
    (
        "POST",
        "http://example.com/qiniu/notify",
        {"Content-Type": "application/json"},
        NOTICE,
        "VfeKv50irEh6wdCmIW1wbdqBAoA=",
    ),
]


@pytest.mark.parametrize(("method", "url", "headers", "body", "signature"), QINIU)
def test_qiniu_vectors(method: str, url: str, headers: dict[str, str], body: bytes, signature: str) -> None:
    assert auth.qiniu_token(CREDENTIALS, method, url, headers, body) == f"AK_TEST:{signature}"


@pytest.mark.parametrize(("method", "url", "headers", "body", "signature"), QINIU)
def test_qiniu_host_may_come_from_a_header_and_case_does_not_matter(
    method: str, url: str, headers: dict[str, str], body: bytes, signature: str
) -> None:
    host, _, path = url.partition("://")[2].partition("/")
    shouted = {k.upper(): v for k, v in headers.items()} | {"HOST": host}
    assert auth.qiniu_token(CREDENTIALS, method, f"/{path}", shouted, body) == f"AK_TEST:{signature}"


def test_qiniu_signs_the_spelt_out_text() -> None:
    text = (
        b"POST /pfop/\nHost: api.qiniuapi.com\nContent-Type: application/x-www-form-urlencoded\n\n"
        b"bucket=bkt&key=a.mp4&fops=avthumb%2Fmp4"
    )
    assert CREDENTIALS.token(text) == auth.qiniu_token(
        CREDENTIALS, "POST", f"{HOST}/pfop/", {"Content-Type": FORM}, BODY
    )


def test_qiniu_sorts_its_own_headers_and_ignores_others() -> None:
    headers = {"x-qiniu-b": "2", "X-Qiniu-A": "1", "X-Other": "3", "X-Qiniu-": "4"}
    text = b"GET /x\nHost: h\nX-Qiniu-A: 1\nX-Qiniu-B: 2\n\n"
    assert auth.qiniu_token(CREDENTIALS, "GET", "http://h/x", headers) == CREDENTIALS.token(text)


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "application/octet-stream"}])
def test_qiniu_leaves_an_untyped_or_binary_body_out(headers: dict[str, str]) -> None:
    with_body = auth.qiniu_token(CREDENTIALS, "POST", "http://h/x", headers, b"anything")
    assert with_body == auth.qiniu_token(CREDENTIALS, "POST", "http://h/x", headers, b"")


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://h", ""),
        ("http://h?a=1", "?a=1"),
        ("http://h/p?", "/p"),
        ("http://h/p#f", "/p"),
        ("http://h/p?a=http://b/?c", "/p?a=http://b/?c"),
        ("/p?a=://b", "/p?a=://b"),
        ("http://h/%E7%9B%AE;v=1", "/%E7%9B%AE;v=1"),
    ],
)
def test_the_target_is_taken_raw(url: str, target: str) -> None:
    assert auth.qbox_token(CREDENTIALS, url) == CREDENTIALS.token(f"{target}\n".encode())


def test_vectors_of_the_sdk_unit_tests() -> None:
    assert SDK.token(b"test") == "abcdefghklmnopq:mSNBTR7uS2crJsyFr2Amwv1LaYg="
    assert SDK.token_with_data(b"test") == "abcdefghklmnopq:-jP8eEV9v48MkYiBGs81aDxl60E=:dGVzdA=="
    assert GO.token(b"hello") == "ak:NDN8cM0rwosxhHJ6QAcI7ialr0g="
    assert GO.token_with_data(b"hello") == "ak:2pn0qs-2kfEsQFuHI2pAYlo0hpc=:aGVsbG8="
    body = b"name=sunflower.jpg&hash=Fn6qeQi4VDLQ347NiRm-RlQx_4O2&location=Shanghai&price=1500.00&uid=123"
    token = auth.qbox_token(SDK, "https://test.qiniu.com/callback", body, FORM)
    assert token == "abcdefghklmnopq:T7F-SjxX7X2zI4Fc1vANiNt1AUE="


def test_vectors_of_the_documentation() -> None:
    move = "http://rs.qiniu.com/move/bmV3ZG9jczpmaW5kX21hbi50eHQ=/bmV3ZG9jczpmaW5kLm1hbi50eHQ="
    assert auth.qbox_token(PAGES, move) == "MY_ACCESS_KEY:FXsYh0wKHYPEsIAgdPD9OfjkeEM="
    policy = (
        r'{"scope":"my-bucket:sunflower.jpg","deadline":1451491200,"returnBody":"{\"name\":$(fname),'
        r'\"size\":$(fsize),\"w\":$(imageInfo.width),\"h\":$(imageInfo.height),\"hash\":$(etag)}"}'
    )
    assert auth.upload_token(PAGES, policy).startswith("MY_ACCESS_KEY:wQ4ofysef1R7IKnrziqtomqyDvI=:")


def test_the_download_vector_of_the_documentation_is_wrong() -> None:
    # The page prints 21 bytes, which no SHA-1 can be; the algorithm is right elsewhere.
    assert len(base64.urlsafe_b64decode("yN9WtB0lQheegAwava64yBuH3ZgU=")) == 21
    url = auth.download_url(PAGES, "http://developer.qiniu.com/resource/flower.jpg", 1451491200)
    assert url == (
        "http://developer.qiniu.com/resource/flower.jpg?e=1451491200&token=MY_ACCESS_KEY:v24Hqj-H6oM96pmWC-QgDm5JLbk="
    )


POLICY = (
    '{"scope":"bkt:a.mp4","deadline":1893456000,"persistentOps":"avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=",'
    '"persistentNotifyUrl":"http://example.com/qiniu/notify","persistentPipeline":"q1","persistentType":0}'
)
UPLOAD = (
    "AK_TEST:h_ahbOXqK3VK6npNd7tIgQRcE3M=:"
    "eyJzY29wZSI6ImJrdDphLm1wNCIsImRlYWRsaW5lIjoxODkzNDU2MDAwLCJwZXJzaXN0ZW50T3BzIjoiYXZ0aHVtYi9tcDR8c2F2ZWFz"
    "L1ltdDBPbTkxZEM1dGNEUT0iLCJwZXJzaXN0ZW50Tm90aWZ5VXJsIjoiaHR0cDovL2V4YW1wbGUuY29tL3Fpbml1L25vdGlmeSIsInBl"
    "cnNpc3RlbnRQaXBlbGluZSI6InExIiwicGVyc2lzdGVudFR5cGUiOjB9"
)


def test_upload_vector() -> None:
    assert auth.upload_token(CREDENTIALS, POLICY) == UPLOAD
    assert auth.upload_token(CREDENTIALS, json.loads(POLICY)) == UPLOAD


DOWNLOADS = [
    ("http://cdn.example.com/a.png", "?e=1893456000", "xIEkxVZND05T9uwROmE7rfRd0Gs="),
    (
        "http://cdn.example.com/a.png?imageView2/2/w/200/h/200",
        "&e=1893456000",
        "Zl19xtWDEowfax6Yrcm_Q_gp6Sc=",
    ),
]


@pytest.mark.parametrize(("url", "deadline", "signature"), DOWNLOADS)
def test_download_vectors(url: str, deadline: str, signature: str) -> None:
    signed = auth.download_url(CREDENTIALS, url, 1893456000)
    assert signed == f"{url}{deadline}&token=AK_TEST:{signature}"
    assert auth.verify_download_url(CREDENTIALS, signed)


THUMB = "http://cdn.example.com/a.png?imageView2/2/w/200/h/200"


def test_saveas_vectors() -> None:
    saved = auth.saveas_url(CREDENTIALS, THUMB, "bkt", "thumb/a.png")
    assert saved == f"{THUMB}|saveas/Ymt0OnRodW1iL2EucG5n/sign/AK_TEST:keCGGPpZgcUywoxsVApEwS2h9UY="
    private = auth.download_url(CREDENTIALS, saved, 1893456000)
    assert private == f"{saved}&e=1893456000&token=AK_TEST:II0hF6Fn6ghJ-xVfktYwt4He578="
    assert auth.verify_saveas_url(CREDENTIALS, saved)
    assert auth.verify_saveas_url(CREDENTIALS, private)
    assert auth.verify_download_url(CREDENTIALS, private, now=1893456000)
    escaped = b"cdn.example.com/a.png?imageView2/2/w/200/h/200%7Csaveas/Ymt0OnRodW1iL2EucG5n"
    assert CREDENTIALS.sign(escaped) == "FdmC3ng3X_CzFfNvlUcJBq9Og7c="


def test_an_object_without_operations_can_be_saved() -> None:
    saved = auth.saveas_url(CREDENTIALS, "https://h/a.png", "bkt")
    assert saved.startswith("https://h/a.png?saveas/Ymt0/sign/AK_TEST:")
    assert auth.verify_saveas_url(CREDENTIALS, saved)


ENTRIES = [
    ("bkt", None, "Ymt0"),
    ("bkt", "", "Ymt0Og=="),
    ("bkt", "a.png", "Ymt0OmEucG5n"),
    ("bkt", "a:b", "Ymt0OmE6Yg=="),
    ("bkt", "out.mp4", "Ymt0Om91dC5tcDQ="),
    ("bkt", "目录/结果>?.mp4", "Ymt0OuebruW9lS_nu5Pmnpw-Py5tcDQ="),
    ("qiniuphotos", "gogopher.jpg", "cWluaXVwaG90b3M6Z29nb3BoZXIuanBn"),
    ("t-test", "Ship-thumb-200.jpg", "dC10ZXN0OlNoaXAtdGh1bWItMjAwLmpwZw=="),
]


@pytest.mark.parametrize(("bucket", "key", "entry"), ENTRIES)
def test_entries(bucket: str, key: str | None, entry: str) -> None:
    assert auth.encode_entry(bucket, key) == entry


def test_encoding_uses_the_url_alphabet() -> None:
    assert auth.encode(b"\xfb\xff\xfe") == "-__-"


# verification


@pytest.mark.parametrize(("path", "body", "content_type", "signature"), QBOX)
def test_qbox_is_verified(path: str, body: bytes, content_type: str | None, signature: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    header = f"QBox AK_TEST:{signature}"
    verdict = auth.verify_request(CREDENTIALS, header, "POST", path, headers, body)
    assert verdict == Verdict(None, "QBox", "AK_TEST", covers_body=content_type == FORM)
    tampered = auth.verify_request(CREDENTIALS, header, "POST", path, headers, body + b"!")
    assert tampered.problem == ("bad-signature" if content_type == FORM else None)
    assert auth.verify_request(CREDENTIALS, header, "POST", path + "x", headers, body).problem == "bad-signature"


@pytest.mark.parametrize(("method", "url", "headers", "body", "signature"), QINIU)
def test_qiniu_is_verified(method: str, url: str, headers: dict[str, str], body: bytes, signature: str) -> None:
    def check(
        method: str = method, url: str = url, headers: dict[str, str] = headers, body: bytes = body
    ) -> str | None:
        header = f"Qiniu AK_TEST:{signature}"
        return auth.verify_request(CREDENTIALS, header, method, url, headers, body, now=NOW).problem

    assert check() is None
    assert check(method="PUT") == "bad-signature"
    assert check(url=url.replace("//", "//x.")) == "bad-signature"
    assert check(url=url + "x") == "bad-signature"
    assert check(headers={**headers, "Content-Type": "text/plain"}) == "bad-signature"
    assert check(headers={**headers, "X-Qiniu-New": "1"}) == "bad-signature"
    if "Content-Type" in headers:
        assert check(body=body + b"!") == "bad-signature"


@pytest.mark.parametrize(
    ("date", "problem"),
    [
        ("20250101T000000Z", None),
        ("20250101T001500Z", None),
        ("20250101T001501Z", "skewed"),
        ("20241231T234500Z", None),
        ("20241231T234459Z", "skewed"),
        ("2025-01-01", "skewed"),
        ("", "skewed"),
    ],
)
def test_the_date_is_held_against_the_clock(date: str, problem: str | None) -> None:
    headers = {"X-Qiniu-Date": date}
    header = auth.authorization(CREDENTIALS, "Qiniu", "GET", HOST + STATUS, headers)
    assert auth.verify_request(CREDENTIALS, header, "GET", HOST + STATUS, headers, now=NOW).problem == problem
    assert auth.verify_request(CREDENTIALS, header, "GET", HOST + STATUS, headers).problem is None


def test_the_date_is_written_in_utc() -> None:
    assert auth.qiniu_date(NOW) == DATE
    assert auth.qiniu_date(NOW + 0.999) == DATE


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (None, "missing"),
        ("", "missing"),
        ("Basic AK_TEST:x", "malformed"),
        ("QBox", "malformed"),
        ("QBox AK_TEST", "malformed"),
        ("QBox AK_TEST:签名", "malformed"),
        ("QBox AK_OTHER:x", "unknown-key"),
        ("QBox AK_TEST:x", "bad-signature"),
        ("QBox AK_TEST:", "bad-signature"),
        ("qbox AK_TEST:x", "malformed"),
    ],
)
def test_error_headers(header: str | None, problem: str) -> None:
    assert auth.verify_request(CREDENTIALS, header, "GET", STATUS).problem == problem


def test_an_account_may_have_two_pairs_of_keys() -> None:
    header = auth.authorization(CREDENTIALS, "QBox", "GET", STATUS)
    assert auth.verify_request([SDK, CREDENTIALS], header, "GET", STATUS).access_key == "AK_TEST"
    assert auth.verify_request([SDK, GO], header, "GET", STATUS).problem == "unknown-key"


def test_upload_token_is_verified() -> None:
    verdict, policy = auth.verify_upload_token(CREDENTIALS, UPLOAD, now=1893456000)
    assert verdict
    assert policy == json.loads(POLICY)
    verdict, _ = auth.verify_upload_token(CREDENTIALS, UPLOAD, now=1893456001)
    assert verdict.problem == "expired"


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("", "malformed"),
        ("AK_TEST:x", "malformed"),
        ("AK_TEST:x:y", "bad-signature"),
        ("AK_OTHER:x:y", "unknown-key"),
        (CREDENTIALS.token(b"bm90anNvbg==") + ":bm90anNvbg==", "malformed"),
        (CREDENTIALS.token(b"WzFd") + ":WzFd", "malformed"),
        (CREDENTIALS.token(b"a") + ":a", "malformed"),
    ],
)
def test_error_upload_tokens(token: str, problem: str) -> None:
    verdict, policy = auth.verify_upload_token(CREDENTIALS, token)
    assert (verdict.problem, policy) == (problem, {})


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda u: u.replace("http://", "https://"), "bad-signature"),
        (lambda u: u.replace("e=189", "e=199"), "bad-signature"),
        (lambda u: u + "&attname=b.png", "bad-signature"),
        (lambda u: u.replace("AK_TEST", "AK_OTHER"), "unknown-key"),
        (lambda u: u.partition("&token")[0], "missing"),
        (lambda u: u.replace("e=1893456000", "e=soon"), "malformed"),
        (lambda u: u.replace("&e=", "&late="), "malformed"),
    ],
)
def test_error_download_urls(change: Callable[[str], str], problem: str) -> None:
    signed = auth.download_url(CREDENTIALS, THUMB, 1893456000)
    assert auth.verify_download_url(CREDENTIALS, change(signed)).problem == problem


def test_a_download_url_expires() -> None:
    signed = auth.download_url(CREDENTIALS, THUMB, 1893456000)
    assert auth.verify_download_url(CREDENTIALS, signed, now=1893456000)
    assert auth.verify_download_url(CREDENTIALS, signed, now=1893456001).problem == "expired"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda u: u.replace("w/200", "w/900"), "bad-signature"),
        (lambda u: u.replace("|saveas", "%7Csaveas"), "bad-signature"),
        (lambda u: u.partition("/sign")[0], "missing"),
        (lambda u: u.replace("AK_TEST:", "AK_TEST"), "malformed"),
        (lambda u: u + "/deleteAfterDays/3", None),
        (lambda u: u.replace("http://", "https://"), None),
    ],
)
def test_saveas_urls_are_verified(change: Callable[[str], str], problem: str | None) -> None:
    saved = auth.saveas_url(CREDENTIALS, THUMB, "bkt", "thumb/a.png")
    assert auth.verify_saveas_url(CREDENTIALS, change(saved)).problem == problem


# credentials


def test_the_secret_never_shows() -> None:
    assert repr(CREDENTIALS) == str(CREDENTIALS) == "Credentials(access_key='AK_TEST')"


@pytest.mark.parametrize(
    ("access_key", "secret_key", "message"),
    [
        ("", "SK", "the access key is empty; expected the text shown in the console under Keys"),
        ("AK", "", "the secret key is empty; expected the text shown in the console under Keys"),
        (None, "SK", "the access key is empty; expected the text shown in the console under Keys"),
        ("A:K", "SK", "the access key holds white space, a colon or a character that no key has"),
        ("AK", "SK\n", "the secret key holds white space, a colon or a character that no key has"),
        ("AK", "密钥", "the secret key holds white space, a colon or a character that no key has"),
    ],
)
def test_error_credentials(access_key: str, secret_key: str, message: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        Credentials(access_key, secret_key)
    assert str(caught.value) == message
