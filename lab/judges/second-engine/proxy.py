"""Recomputes the signature and the body's hash of each request with botocore, and passes on what is right.

proxy.py <port> [<upstream>]   without an upstream, what is right is answered with {}
GET /judge                     {"requests": ..., "wrong": [...], "services": {...}}

The secret of each access key is the key's own name, as the tests have it.
"""

import collections
import contextlib
import hashlib
import http.client
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}

lock = threading.Lock()
writes = threading.Lock()
services = collections.Counter()
wrong = []


def fault_of(method, path, headers, body):
    """What is wrong with a request; None when botocore would have signed it the same."""
    found = AUTHORIZATION.fullmatch(headers.get("Authorization", ""))
    if not found:
        return "no signature"
    key, date, region, service, signed, signature = found.groups()
    with lock:
        services[service] += 1
    if not headers.get("X-Amz-Date", "").startswith(date):
        return f"signed for {date}, sent at {headers.get('X-Amz-Date')}"
    told = headers.get("X-Amz-Content-Sha256")
    if told is not None and told != hashlib.sha256(body).hexdigest():
        return f"X-Amz-Content-Sha256 is {told}, which is not the body's"
    names = signed.split(";")
    if "host" not in names or "x-amz-date" not in names:
        return f"only {signed} are signed"
    unsigned = [name.lower() for name in headers if name.lower().startswith("x-amz-")]
    if not set(unsigned) <= set(names):
        return f"{unsigned} are not all signed, only {signed}"
    request = AWSRequest(
        method=method,
        url=f"http://{headers['Host']}{path}",
        data=body,
        headers={name: headers[name] for name in names},
    )
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.context["payload_signing_enabled"] = True
    auth = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key, key), service, region)
    canonical = auth.canonical_request(request)
    if auth.signature(auth.string_to_sign(request, canonical), request) != signature:
        return f"another signature than botocore's of {canonical!r}"
    return None


class Proxy(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is written in two pieces, and the second would wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def do(self):
        body = self.body()
        if self.path == "/judge":
            report = {"requests": services.total(), "wrong": wrong, "services": services}
            return self.answer(200, json.dumps(report).encode())
        # moto's own doors; nobody signs for them.
        if not self.path.startswith("/moto-api/"):
            fault = fault_of(self.command, self.path, self.headers, body)
            if fault:
                with lock:
                    wrong.append(f"{self.command} {self.path}: {fault}")
                return self.answer(403, fault.encode())
        if upstream is None:
            return self.answer(200, b"{}", [("content-type", "application/json")])
        # moto looks at a condition and then writes, with other requests in between: two writes can win. One at a time.
        alone = writes if self.headers.get("X-Amz-Target", "").startswith("DynamoDB_") else contextlib.nullcontext()
        connection = http.client.HTTPConnection(upstream, timeout=60)
        try:
            headers = {k: v for k, v in self.headers.items() if k.lower() not in HOP_BY_HOP}
            with alone:
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                content = response.read()
            return self.answer(response.status, content, response.getheaders())
        finally:
            connection.close()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do


upstream = urlsplit(sys.argv[2]).netloc if len(sys.argv) > 2 else None
ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Proxy).serve_forever()
