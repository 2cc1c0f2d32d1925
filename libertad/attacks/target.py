"""What is attacked: a demo on this machine, asked over HTTP within a budget of requests and of time."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import json
import re
import time
import urllib.parse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
ANNOUNCED = "/demo/accounts.json"
HERE, ELSEWHERE = "127.0.0.1", "127.0.77.1"  # two networks of this machine


class Refused(Exception):
    """This is no demo on this machine: nothing is attacked."""


class OutOfBudget(Exception):
    """An attack asked more often, or took longer, than it may."""


@dataclass(frozen=True)
class DemoAccount:
    """An officer of the demo as whom anybody signs in there."""

    account: int
    role: str
    name: str
    authority: str


@dataclass(frozen=True)
class Answer:
    """What the node answered; `headers` by lower-case name, the last of each."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


@dataclass
class Target:
    """A demo. `home`: a copy of its folder that may be spoiled, or None. Budgets are for one attack."""

    url: str
    home: Path | None = None
    most_requests: int = 5000
    within: float = 300.0
    _accounts: list[DemoAccount] = field(default_factory=list)
    _asked: int = 0
    _until: float = 0.0

    def __post_init__(self) -> None:
        split = urllib.parse.urlsplit(self.url)
        if split.scheme != "http" or not loopback(split.hostname or ""):
            raise Refused(
                "only a demo on this machine is attacked: give an address such as http://127.0.0.1:8000"
            )
        self.host = HERE if split.hostname == "localhost" else split.hostname or ""
        self.port = split.port or 80
        self.begin()

    def begin(self) -> None:
        """A new attack: its budget is whole."""
        self._asked, self._until = 0, time.monotonic() + self.within

    def count(self) -> None:
        """One more request; OutOfBudget when there were too many or time is over."""
        self._asked += 1
        if self._asked > self.most_requests or time.monotonic() > self._until:
            raise OutOfBudget(f"gave up after {self._asked - 1} requests")

    def accounts(self) -> list[DemoAccount]:
        """Whom the demo lets in; Refused where the node does not say that it is a demo."""
        if not self._accounts:
            answer = Browser(self).get(ANNOUNCED)
            try:
                announcement = json.loads(answer.body) if answer.status == 200 else {}
            except ValueError:
                announcement = {}
            if not isinstance(announcement, dict) or announcement.get("demo") is not True:
                raise Refused(f"{self.url} does not say that it is a demo: nothing was attacked")
            self._accounts = [DemoAccount(**row) for row in announcement["accounts"]]
        return self._accounts

    def stranger(self, source: str = HERE) -> Browser:
        """Somebody who is not signed in; `source` is the loopback address that asks."""
        return Browser(self, source)

    def signed_in(self, role: str, authority: str = "", source: str = HERE) -> Browser:
        """A browser signed in as the first officer of the role (and authority); LookupError for none."""
        for account in self.accounts():
            if account.role == role and authority in ("", account.authority):
                return self.signed_in_as(account, source)
        raise LookupError(f"the demo has no {role}")

    def signed_in_as(self, account: DemoAccount, source: str = HERE) -> Browser:
        browser = Browser(self, source)
        answer = browser.post("/demo/", {"account": str(account.account)})
        if answer.status != 302:
            raise Refused(f"the demo does not let anybody sign in: it answered {answer.status}")
        return browser


def loopback(host: str) -> bool:
    """Whether a host is this machine, by name or address; no name is looked up."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Browser:
    """Cookies, form tokens and one connection; redirects are not followed."""

    def __init__(self, target: Target, source: str = HERE) -> None:
        self.target, self.source = target, source
        self.cookies: dict[str, str] = {}

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, None, headers or {})

    def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Load the page, take its form token, send the form to it."""
        token = TOKEN.search(self.get(path, headers).text)
        filled = {"csrfmiddlewaretoken": token[1] if token else "", **fields}
        return self.send(path, filled, headers)

    def send(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Send a form as it is."""
        all_headers = {"Content-Type": "application/x-www-form-urlencoded", **(headers or {})}
        return self.ask("POST", path, urllib.parse.urlencode(fields).encode(), all_headers)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str], timeout: float = 60.0
    ) -> Answer:
        """One request on a connection of its own."""
        self.target.count()
        sent = dict(headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        with self._connected(timeout) as line:
            line.request(method, path, body, sent)
            response = line.getresponse()
            for name, value in response.getheaders():
                if name.lower() == "set-cookie":
                    self._keep(value)
            known = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, known, response.read())

    @contextlib.contextmanager
    def _connected(self, timeout: float) -> Iterator[http.client.HTTPConnection]:
        source = (self.source, 0) if "." in self.target.host else None
        line = http.client.HTTPConnection(self.target.host, self.target.port, timeout, source)
        try:
            yield line
        finally:
            line.close()

    def _keep(self, cookie: str) -> None:
        name, _, rest = cookie.partition("=")
        value = rest.partition(";")[0]
        if value and value != '""':
            self.cookies[name] = value
        else:
            self.cookies.pop(name, None)
