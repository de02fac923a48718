"""As much of the library requests as the samples use, so that they can be run without it."""

import http.client
import json as encoder
from urllib.parse import urlsplit


class Response:
    def __init__(self, answer):
        self.status_code = answer.status
        self.headers = answer.headers
        self.content = answer.read()
        self.text = self.content.decode("utf-8", "replace")

    def raise_for_status(self):
        if self.status_code >= 400:
            raise RuntimeError(self.status_code)

    def json(self):
        return encoder.loads(self.content)


def call(method):
    def request(url, headers=None, json=None, allow_redirects=True, timeout=None):
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
        body = None if json is None else encoder.dumps(json)
        connection.request(method, parts.path + ("?" + parts.query if parts.query else ""), body, headers or {})
        answer = Response(connection.getresponse())
        connection.close()
        if allow_redirects and "Location" in answer.headers:
            raise RuntimeError("a redirect that is followed")
        return answer

    return request


get, post, put, patch, delete = map(call, ["GET", "POST", "PUT", "PATCH", "DELETE"])
