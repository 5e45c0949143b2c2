"""The clients of the two clouds, as Beam makes them: what FileSystems stands on, with its options and credentials.

FileSystems itself will not do (Beam 2.77): it makes a new client for every call, 140 ms of CPU each with S3; its S3
copy is silent about a source that is not there; its S3 writer cannot make an empty object; and it has no "create if
absent", without which nothing could be committed.
"""

from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Any, NamedTuple

from apache_beam.io.filesystems import FileSystems
from apache_beam.options.pipeline_options import PipelineOptions

_TAKEN = 412
# seconds to wait for the first answer
_PATIENCE = 20


class Cloud(NamedTuple):
    """One kind of bucket."""

    # Beam's GcsIO or S3IO, for one thread at a time
    client: Callable[[], Any]
    # URL of a folder → nothing, or one of `errors` soon: it is asked once, without Beam's retries of minutes
    reach: Callable[[str], None]
    # (URL, bytes, only if absent) → whether the object was made
    put: Callable[[str, bytes, bool], bool]
    errors: tuple[type[Exception], ...]


@cache
def cloud_of(scheme: str) -> Cloud:
    """The cloud behind gs or s3. Raises ImportError where its packages are not installed."""
    return {"gs": _google, "s3": _amazon}[scheme]()


def _google() -> Cloud:
    from apache_beam.io.gcp.gcsio import GcsIO, parse_gcs_path
    from google.api_core.exceptions import GoogleAPIError, PreconditionFailed
    from google.auth.exceptions import GoogleAuthError

    client = GcsIO(pipeline_options=_options())

    def reach(url: str) -> None:
        bucket, name = parse_gcs_path(url)
        next(iter(client.client.list_blobs(bucket, 1, prefix=name, timeout=_PATIENCE, retry=None)), None)

    def put(url: str, data: bytes, only_if_absent: bool) -> bool:
        bucket, name = parse_gcs_path(url)
        condition = {"if_generation_match": 0} if only_if_absent else {}
        try:
            client.client.bucket(bucket).blob(name).upload_from_string(data, "application/octet-stream", **condition)
        except PreconditionFailed:
            return False
        return True

    return Cloud(lambda: client, reach, put, (GoogleAPIError, GoogleAuthError, OSError))


def _amazon() -> Cloud:
    from apache_beam.io.aws.clients.s3.boto3_client import Client
    from apache_beam.io.aws.clients.s3.messages import S3ClientError
    from apache_beam.io.aws.s3io import S3IO, parse_s3_path
    from botocore.exceptions import BotoCoreError, ClientError

    client = Client(_options())

    def reach(url: str) -> None:
        bucket, name = parse_s3_path(url)
        client.client.list_objects_v2(Bucket=bucket, Prefix=name, MaxKeys=1)

    def put(url: str, data: bytes, only_if_absent: bool) -> bool:
        bucket, name = parse_s3_path(url)
        condition = {"IfNoneMatch": "*"} if only_if_absent else {}
        try:
            client.client.put_object(Bucket=bucket, Key=name, Body=data, **condition)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] == _TAKEN:
                return False
            raise
        return True

    # Beam's wrapper holds the place of one download; the connections below it may be shared
    errors = (BotoCoreError, ClientError, S3ClientError, OSError)
    return Cloud(lambda: S3IO(client=copy(client)), reach, put, errors)


def _options() -> PipelineOptions:
    """The options that FileSystems are set to: endpoints, regions, credentials."""
    return FileSystems._pipeline_options or PipelineOptions([])
