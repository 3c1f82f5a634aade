#!/usr/bin/env python3
"""token-server.py PORT KEY CERT: gives anyone a short pull token for the scope asked (the registry's token protocol)."""
import base64
import http.server
import json
import subprocess
import sys
import time
import urllib.parse

PORT, KEY, CERT = int(sys.argv[1]), sys.argv[2], sys.argv[3]


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def certificate():
    with open(CERT) as file:
        return "".join(line.strip() for line in file if "-----" not in line)


def sign(message):
    return subprocess.run(["openssl", "dgst", "-sha256", "-sign", KEY], input=message, capture_output=True,
                          check=True).stdout


def token(service, scopes):
    access = []
    for scope in " ".join(scopes).split():
        kind, name, actions = scope.split(":", 2)
        granted = [each for each in actions.split(",") if each == "pull"]
        access.append({"type": kind, "name": name, "actions": granted})
    now = int(time.time())
    header = {"typ": "JWT", "alg": "RS256", "x5c": [certificate()]}
    claims = {"iss": "kubeferry-testbed", "sub": "", "aud": service, "exp": now + 300, "nbf": now - 10, "iat": now,
              "jti": str(time.time_ns()), "access": access}
    body = text(json.dumps(header).encode()) + "." + text(json.dumps(claims).encode())
    return body + "." + text(sign(body.encode()))


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
        try:
            value = token(query.get("service", ["kubeferry-testbed"])[0], query.get("scope", []))
        except ValueError:
            self.send_error(400, "bad scope")
            return
        body = json.dumps({"token": value, "access_token": value, "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Handler).serve_forever()
