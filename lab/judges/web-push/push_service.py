"""A push service and its devices: messages are decrypted by http_ece, senders verified by py_vapid.

POST /devices       {"publicKey": ...}  registers a device for a sender's key; answers its PushSubscription
POST /push/<n>      a message for a device (RFC 8030)
GET  /messages/<n>  what the device read: {"payload": text, "headers": ...}
POST /keys          {"publicKey": ..., "privateKey": ...}  whether the two belong together
"""

import base64
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

DAY = 24 * 60 * 60


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def point_of(public_key):
    return encoded(public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


class Device:
    def __init__(self, sender_key):
        self.sender_key = sender_key
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)
        self.message = None

    def verify_sender(self, authorization, origin):
        # RFC 9110 lets a space follow the comma between parameters; py_vapid does not.
        words = authorization.replace(", ", ",")
        if words.split("k=")[-1] != self.sender_key:
            raise ValueError("another sender than the device subscribed to")
        if not Vapid02.verify(words):
            raise ValueError("the signature does not fit")
        claims = json.loads(base64.urlsafe_b64decode(words.split("t=")[1].split(".")[1] + "=="))
        if claims["aud"] != origin:
            raise ValueError(f"for {claims['aud']}, not {origin}")
        if not time.time() < claims["exp"] <= time.time() + DAY:
            raise ValueError("valid for no time, or for more than a day")
        if not claims["sub"].startswith(("mailto:", "https:")):
            raise ValueError(f"nobody to write to: {claims['sub']}")

    def read(self, headers, body):
        if headers["Content-Encoding"] != "aes128gcm" or not headers["TTL"].isdigit() or len(body) > 4096:
            raise ValueError("not a message of RFC 8030")
        payload = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        self.message = {"payload": payload.decode(), "headers": {k.lower(): v for k, v in headers.items()}}


devices = []


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is written in two pieces, and the second would wait for the first to be acknowledged.
    disable_nagle_algorithm = True

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass

    def do_GET(self):
        if not self.path.startswith("/messages/"):
            return self.answer(404, None)
        return self.answer(200, devices[int(self.path.split("/")[-1])].message)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        origin = f"http://{self.headers['host']}"
        if self.path == "/devices":
            device = Device(json.loads(body)["publicKey"])
            devices.append(device)
            return self.answer(201, {
                "endpoint": f"{origin}/push/{len(devices) - 1}",
                "expirationTime": None,
                "keys": {"p256dh": point_of(device.key.public_key()), "auth": encoded(device.auth)},
            })
        if self.path == "/keys":
            pair = json.loads(body)
            own = Vapid02.from_raw(pair["privateKey"].encode()).public_key
            return self.answer(200, point_of(own) == pair["publicKey"])
        device = devices[int(self.path.split("/")[-1])]
        try:
            device.verify_sender(self.headers["Authorization"], origin)
            device.read(self.headers, body)
        except Exception as error:  # the sender hears what a real service would not tell
            return self.answer(400, f"{type(error).__name__}: {error}")
        return self.answer(201, None)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Service).serve_forever()
