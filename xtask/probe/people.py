"""Who is signed in, and how their sign-ins outlive a run that ends sessions and changes passwords."""

import base64
import hashlib
import hmac
import json
import os
import struct
import threading
import time
import uuid

import requests

with open(os.environ["PROBE_STACK"], encoding="utf-8") as file:
    STACK = json.load(file)

BASE = STACK["api_url"] + "/api/v1"
assert BASE.startswith("http://127.0.0.1:"), "a probe asks this machine only"

# Every customer of the seed has it.
CUSTOMER_PASSWORD = "customer-demo-password"
# Those of the seed who have addresses at repruv.test; the first one asks, the others are those whom staff do things to.
CUSTOMERS = ["ana", "ben", "chloe", "dmitri", "elif", "farah", "grzegorz", "hana", "ines", "jonas", "keiko", "luca"]
# A password of staff counts as given a moment ago for five minutes, and a token lives for fifteen.
FRESH_S, LIFE_S = 200, 800
# Whose passwords are guessed has to wait a minute at most.
WAITS_MAX = 90

LOCK = threading.RLock()
HTTP = requests.Session()
HTTP.trust_env = False


def ask(method, path, token=None, body=None, **headers):
    """One request of our own; its JSON, or a failure that says what was answered."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    answer = HTTP.request(method, BASE + path, headers=headers, json=body, timeout=30)
    if answer.status_code >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
    return answer.json() if answer.content else None


def new_key():
    return str(uuid.uuid4())


class Account:
    """Somebody who can sign in, and the newest tokens that they have."""

    def __init__(self, path, email, password, kept_s=LIFE_S):
        self.path, self.email, self.password, self.kept_s = path, email, password, kept_s
        self.signed_in, self.at = None, 0.0

    def sign_in(self):
        """A session of its own."""
        for _ in range(WAITS_MAX):
            answer = HTTP.post(BASE + self.path, json={"email": self.email, "password": self.password}, timeout=30)
            if answer.status_code != 429:
                break
            time.sleep(1)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.email} cannot sign in: {answer.status_code} {answer.text[:300]}")
        return answer.json()

    def token(self):
        """Of the session that is kept, begun anew when it is too old."""
        with LOCK:
            if self.signed_in is None or time.monotonic() - self.at > self.kept_s:
                self.signed_in, self.at = self.sign_in(), time.monotonic()
            return self.signed_in["tokens"]["access_token"]

    def refresh_token(self):
        with LOCK:
            self.token()
            return self.signed_in["tokens"]["refresh_token"]

    def renewed(self, signed_in):
        """A refresh was accepted: the pair of before is used up."""
        with LOCK:
            if self.signed_in is not None:
                self.signed_in["tokens"] = signed_in["tokens"]


def customer(name):
    return Account("/auth/login", f"{name}@repruv.test", CUSTOMER_PASSWORD)


def staff(email, password):
    return Account("/staff/auth/login", email, password)


ADMIN = staff(STACK["staff"]["email"], STACK["staff"]["password"])
ADMIN.kept_s = FRESH_S


def member(name, role):
    """A new person of the staff who has chosen a password."""
    email = f"{name}-{new_key()[:8]}@repruv.test"
    body = {"email": email, "name": f"Probe {name}", "role": role, "reason": "For the probe"}
    added = ask("POST", "/staff/members", ADMIN.token(), body, Idempotency_Key=new_key())
    person = staff(email, added["temporary_password"])
    chosen = f"probe-{new_key()}"
    ask("POST", "/staff/auth/password", person.token(), {"current_password": person.password, "new_password": chosen})
    person.password = chosen
    person.id = added["member"]["id"]
    return person


def totp(secret):
    """What an authenticator shows now (RFC 6238)."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset:offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"
