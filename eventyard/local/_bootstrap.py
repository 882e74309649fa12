"""What `cdk bootstrap` leaves in an account, as far as a deployment asks for it: a version, and buckets with assets."""

from __future__ import annotations

import io
import json
import re
import zipfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from eventyard.assembly import FileAsset, StackArtifact

# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html: any version will do for any template.
_VERSION = "30"


# What the CLI assumes, says https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html, by the names it has there.
_ROLE = re.compile(
    r"arn:aws:iam::(?P<account>\d{12}):role/cdk-(?P<qualifier>\w+)-"
    r"(?P<kind>deploy|file-publishing|image-publishing|lookup)-role-\d{12}-(?P<region>[\w-]+)"
)
_KINDS = ("deploy", "file-publishing", "image-publishing", "lookup", "cfn-exec")


def prepare(role: str, client: Callable[..., Any]) -> None:
    """Bootstrap the environment of a role (an ARN) that the CDK CLI is about to assume, unless somebody has.

    Args:
        role: Any role; nothing is done for those of another kind.
        client: A client of a service, an account and a Region.
    """
    found = _ROLE.fullmatch(role)
    if found is None:
        return
    account, region, qualifier = found["account"], found["region"], found["qualifier"]

    def here(service: str) -> Any:  # noqa: ANN401  # boto3's own dynamic type
        return client(service, account=account, region=region)

    iam = here("iam")
    with suppress(iam.exceptions.NoSuchEntityException):
        iam.get_role(RoleName=role.rpartition("/")[2])
        return
    for kind in _KINDS:
        name = f"cdk-{qualifier}-{kind}-role-{account}-{region}"
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_policy(Principal={"AWS": account})))
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(_policy(Resource="*")))
    parameter = f"/cdk-bootstrap/{qualifier}/version"
    here("ssm").put_parameter(Name=parameter, Value=_VERSION, Type="String", Overwrite=True)
    _make_bucket(here("s3"), f"cdk-{qualifier}-assets-{account}-{region}", region)


def _policy(**element: object) -> dict[str, object]:
    action = "sts:AssumeRole" if "Principal" in element else "*"
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, **element}]}


def bootstrap(stack: StackArtifact, account: str, region: str, client: Callable[[str], Any]) -> None:
    """Put the version, and the stack's assets, where its template looks for them."""
    for parameter in stack.template.get("Parameters", {}).values():
        if str(parameter.get("Type", "")).startswith("AWS::SSM::Parameter::") and "Default" in parameter:
            client("ssm").put_parameter(Name=parameter["Default"], Value=_VERSION, Type="String", Overwrite=True)
    for asset in stack.assets:
        if not asset.path.exists():
            continue  # the deployment says who misses it
        bucket, key = asset.location(account, region)
        _upload(client("s3"), bucket, key, region, asset)


def _upload(s3: Any, bucket: str, key: str, region: str, asset: FileAsset) -> None:  # noqa: ANN401  # a boto3 client, typed by its service
    _make_bucket(s3, bucket, region)
    s3.put_object(Bucket=bucket, Key=key, Body=_content(asset))


def _make_bucket(s3: Any, bucket: str, region: str) -> None:  # noqa: ANN401  # as above
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html: us-east-1 is named by naming none.
        where = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=bucket, **where)


def _content(asset: FileAsset) -> bytes:
    return zipped(asset.path) if asset.zipped and asset.path.is_dir() else asset.path.read_bytes()


def zipped(folder: Path) -> bytes:
    """A folder as a zip, the same bytes for the same content."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as bundle:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            bundle.writestr(zipfile.ZipInfo(file.relative_to(folder).as_posix()), file.read_bytes())
    return archive.getvalue()
