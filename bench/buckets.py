"""Real object stores on loopback: gs:// by gcp-storage-emulator, s3:// by moto's server.

`python -m bench.buckets gs|s3` serves one until it is stopped, and prints its root and its environment as shell lines.
"""

import json
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest import mock

from transforms.store.clouds import cloud_of
from transforms.store.open import store_of

BUCKET = "dateline-bucket"
# credentials that need no server of their own: a token, good for a long time
_TOKEN = {
    "type": "authorized_user",
    "client_id": "nobody",
    "client_secret": "none",
    "refresh_token": "none",
    "token": "loopback",
    "expiry": "2099-01-01T00:00:00Z",
}


class Bucket(NamedTuple):
    """An object store that is up."""

    # gs://bucket or s3://bucket
    root: str
    # what a process needs to reach it
    environment: Mapping[str, str]


@contextmanager
def bucket(scheme: str) -> Iterator[Bucket]:
    """An empty bucket, served while the body runs; `scheme` is gs or s3. This process and what it starts reach it."""
    with {"gs": _google, "s3": _amazon}[scheme]() as made, mock.patch.dict(os.environ, made.environment):
        _forget()
        try:
            yield made
        finally:
            _forget()


def _forget() -> None:
    """Let go of clients that know where another bucket was."""
    cloud_of.cache_clear()
    store_of.cache_clear()


@contextmanager
def _google() -> Iterator[Bucket]:
    from gcp_storage_emulator.handlers import objects
    from gcp_storage_emulator.server import create_server

    with TemporaryDirectory() as folder, mock.patch.object(objects, "_multipart_upload", _on_condition(objects)):
        token = Path(folder) / "token.json"
        token.write_text(json.dumps(_TOKEN))
        server = create_server("127.0.0.1", 0, in_memory=True, default_bucket=BUCKET)
        server.start()
        try:
            port = server._api._httpd.server_address[1]
            yield Bucket(
                f"gs://{BUCKET}",
                {
                    "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{port}",
                    "GOOGLE_APPLICATION_CREDENTIALS": str(token),
                    "GOOGLE_CLOUD_PROJECT": "demo-project",
                },
            )
        finally:
            server.stop()


def _on_condition(objects: Any) -> Any:
    """An upload that heeds ifGenerationMatch=0, as the real service does and the emulator does not."""
    upload, one_at_a_time = objects._multipart_upload, threading.Lock()

    def uploaded(request: Any, response: Any, storage: Any) -> Any:
        with one_at_a_time:
            if request.query.get("ifGenerationMatch") == ["0"]:
                name = request.query.get("name", [request.data["meta"].get("name")])[0]
                if _is_there(storage, request.params["bucket_name"], name):
                    response.status = HTTPStatus.PRECONDITION_FAILED
                    return response.json({"error": {"code": 412, "message": "conditionNotMet"}})
            return upload(request, response, storage)

    return uploaded


def _is_there(storage: Any, bucket_name: str, name: str) -> bool:
    from gcp_storage_emulator.exceptions import NotFound

    try:
        storage.get_file_obj(bucket_name, name)
    except NotFound:
        return False
    return True


@contextmanager
def _amazon() -> Iterator[Bucket]:
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it tells of each request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        url = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "nobody", "aws_secret_access_key": "none"}
        boto3.client("s3", endpoint_url=url, region_name="us-east-1", **keys).create_bucket(Bucket=BUCKET)
        environment = {name.upper(): value for name, value in keys.items()}
        yield Bucket(f"s3://{BUCKET}", environment | {"AWS_ENDPOINT_URL": url, "AWS_DEFAULT_REGION": "us-east-1"})
    finally:
        server.stop()


def main() -> None:
    """Serve until stopped."""
    with bucket(sys.argv[1]) as made:
        for name, value in {**made.environment, "OUTPUT": f"{made.root}/news"}.items():
            print(f"export {name}={value}", flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
