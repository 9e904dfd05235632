"""A store that speaks S3 over HTTP, for the tests of imports: moto, with signatures and rights checked.

Moto, because it holds every request against the signature of a key that it gave out, knows `If-Match` and ranges, and answers
with the codes and texts of Amazon's own; and because nothing has to be compiled for it. Objects are in memory. Says
`ready ENDPOINT KEY SECRET` when it is, and ends when it is told to (SIGTERM).

The key may do everything but in the bucket `closed`.
"""

import json
import logging
import signal
import sys
import urllib.request

import boto3
from botocore.config import Config
from moto.server import ThreadedMotoServer

RIGHTS = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "s3:*", "Resource": ["arn:aws:s3:::closed", "arn:aws:s3:::closed/*"]},
    ],
}


def main() -> None:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(sys.argv[1]), verbose=False)
    server.start()
    endpoint = f"http://127.0.0.1:{sys.argv[1]}"
    anybody = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "anybody",
        "aws_secret_access_key": "anybody",
        "config": Config(proxies={}),
    }
    iam, s3 = boto3.client("iam", **anybody), boto3.client("s3", **anybody)
    iam.create_user(UserName="tests")
    iam.put_user_policy(UserName="tests", PolicyName="tests", PolicyDocument=json.dumps(RIGHTS))
    key = iam.create_access_key(UserName="tests")["AccessKey"]
    for bucket in ("imports", "closed"):
        s3.create_bucket(Bucket=bucket)
    # From now on every request has to be signed.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    plain = {"Content-Type": "text/plain"}
    opener.open(urllib.request.Request(f"{endpoint}/moto-api/reset-auth", data=b"0", headers=plain)).read()
    print("ready", endpoint, key["AccessKeyId"], key["SecretAccessKey"], flush=True)
    signal.pause()


main()
