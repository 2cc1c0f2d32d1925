"""deploy/nginx.conf and deploy/Caddyfile by the real servers: each directive by what it does."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.databases import KIND
from tests.support.fronts import CLIENT, OWN, SOON, Behind, Front, front, listening
from tests.support.outside import WITHIN, Machine, machines
from tests.support.serving import free_port

pytestmark = pytest.mark.skipif(KIND != "sqlite", reason="of what stands in front of a node")
MIB = 1024 * 1024
TWENTY = 20 * MIB + 4096  # the largest attachment with its form
MARK = "m4rked"
BOTH = pytest.mark.parametrize("kind", ("nginx", "caddy"))
HEAD = {
    "nginx": ("client_header_timeout 30s", "client_header_timeout 1s"),
    "caddy": ("read_header 30s", "read_header 1s"),
}


@pytest.fixture
def behind() -> Iterator[int]:
    with listening() as port:
        yield port


def refuse_traces(at: Front) -> None:
    """Neither who asked nor what for stands in a log."""
    logged = at.logged()
    assert CLIENT not in logged and MARK not in logged, logged


def ended(line: socket.socket) -> bytes:
    """What comes until the server closes; TimeoutError where it does not."""
    received = b""
    try:
        while data := line.recv(65536):
            received += data
    except ConnectionError:
        pass
    return received


@BOTH
def test_the_node_is_told_who_asks_whatever_the_client_says(kind: str, tmp_path: Path, behind: int) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        assert (
            at.post(
                b"x",
                X_Forwarded_For="198.51.100.7",
                X_Forwarded_Proto="http",
                X_Forwarded_Host="other.example",
            )
            == 200
        )
    (request,) = Behind.seen
    assert request.headers["x-forwarded-for"] == CLIENT and request.headers["x-forwarded-proto"] == "https"
    assert request.headers["host"] == "localhost", "the name that was asked for, without a port"
    assert request.version == "HTTP/1.1" and "connection" not in request.headers


def test_caddy_tells_the_node_who_asks_whomever_it_trusts(tmp_path: Path, behind: int) -> None:
    """With the line that is added where another proxy stands in front: a client is believed nothing."""
    changed = {"# The board streams.": "trusted_proxies 127.0.0.0/8"}
    with front("caddy", tmp_path / "front", behind, changed) as at:
        assert at.post(b"x", X_Forwarded_For="198.51.100.7", X_Forwarded_Proto="http") == 200
    (request,) = Behind.seen
    assert request.headers["x-forwarded-for"] == CLIENT and request.headers["x-forwarded-proto"] == "https"


@BOTH
def test_no_log_has_who_asked_or_what_for(kind: str, tmp_path: Path, behind: int) -> None:
    """An answer, one that breaks off, a body too long, a head that is none, and the way from plain HTTP."""
    with front(kind, tmp_path / "front", behind) as at:
        assert at.post(b"x", f"/{MARK}") == 200
        line = at.line()
        line.request("GET", f"/broken/{MARK}")
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            line.getresponse().read()
        line.close()
        assert at.post(bytes(33 * MIB), f"/{MARK}") in (413, 502)
        with at.raw(f"GET /{MARK} HTTP/1.1\r\nHost: a b\r\n\r\n".encode()) as raw:
            assert b" 400 " in raw.recv(65536)
        plain = http.client.HTTPConnection("127.0.0.1", at.plain, WITHIN, source_address=(CLIENT, 0))
        plain.request("GET", f"/{MARK}", headers={"Host": "localhost"})
        answer = plain.getresponse()
        assert answer.status in (301, 308)
        assert (answer.getheader("Location") or "").startswith("https://localhost")
        plain.close()
    refuse_traces(at)


@BOTH
def test_no_log_has_who_asked_or_what_for_while_the_node_is_down(kind: str, tmp_path: Path) -> None:
    with front(kind, tmp_path / "front", free_port()) as at:
        answer = at.ask(f"/people/{MARK}/?name={MARK}")
        assert answer.status == 502
        assert not re.search(r"\d", answer.getheader("Server") or ""), "no version is told"
        assert not re.search(rb"nginx/|Caddy/", answer.read())
        answer.close()
    refuse_traces(at)


def headers_of(
    line: http.client.HTTPConnection, method: str = "GET", **sent: str
) -> tuple[int, dict[str, str]]:
    """Status and headers of an answer, one that came twice as 'value, value'; the line is closed."""
    line.request(method, "/guarded" if method == "POST" else "/", headers={"Host": "localhost", **sent})
    answer = line.getresponse()
    headers = {name: ", ".join(answer.headers.get_all(name, [])) for name in OWN}
    line.close()
    return answer.status, headers


def guarded_by_proxy(headers: dict[str, str], but: str = "") -> None:
    policy = headers.pop("Content-Security-Policy")
    assert policy == "default-src 'none'; frame-ancestors 'none'"
    assert headers == {name: "" if name == but else OWN[name] for name in headers}


@BOTH
def test_what_a_proxy_answers_by_itself_is_guarded_as_a_page(kind: str, tmp_path: Path, behind: int) -> None:
    """And what the node answers to another node; a page of the node keeps the node's words, each once."""
    with front(kind, tmp_path / "front", free_port()) as at:
        status, headers = headers_of(at.line())
        assert status == 502
        guarded_by_proxy(headers)
        status, headers = headers_of(http.client.HTTPConnection("127.0.0.1", at.plain, WITHIN))
        assert status in (301, 308)
        guarded_by_proxy(headers, but="Strict-Transport-Security")  # which counts for nothing without TLS
    with front(kind, tmp_path / "other", behind) as at:
        assert headers_of(at.line(), "POST") == (200, OWN)
        line = at.line()
        line.request("POST", "/x", b"x")
        answer = line.getresponse()
        assert answer.status == 200
        guarded_by_proxy({name: ", ".join(answer.headers.get_all(name, [])) for name in OWN})
        line.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", b" 400 "),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n", b" 413 "),
    ],
)
def test_nginx_guards_what_it_refuses_before_the_node(
    sent: bytes, status: bytes, tmp_path: Path, behind: int
) -> None:
    with front("nginx", tmp_path / "front", behind) as at, at.raw(sent) as line:
        refused = line.recv(65536)
    assert status in refused.partition(b"\r\n")[0]
    for name in OWN:
        assert refused.count(f"\r\n{name}: ".encode()) == 1, name


@BOTH
def test_a_program_that_asks_in_clear_is_refused_and_a_page_is_led_over(
    kind: str, tmp_path: Path, behind: int
) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        answers = [
            headers_of(http.client.HTTPConnection("127.0.0.1", at.plain, WITHIN), method, **sent)[0]
            for method, sent in (("GET", {}), ("POST", {}), ("GET", {"Authorization": "Bearer k"}))
        ]
    assert answers[0] in (301, 308) and answers[1:] == [403, 403]
    assert Behind.seen == []


def test_nginx_speaks_no_weak_suite_whatever_the_system_allows(tmp_path: Path, behind: int) -> None:
    weak = "ssl_ciphers DEFAULT@SECLEVEL=0;"
    with front("nginx", tmp_path / "front", behind, around=weak) as at:
        for suites in ("ECDHE+AESGCM", "ECDHE+AES+SHA@SECLEVEL=0:AES+SHA@SECLEVEL=0"):
            context = ssl.create_default_context(cafile=str(tmp_path / "front" / "tls" / "ca.pem"))
            context.set_ciphers(suites)
            context.maximum_version = ssl.TLSVersion.TLSv1_2
            plain = socket.create_connection(("127.0.0.1", at.port), timeout=SOON)
            if suites == "ECDHE+AESGCM":
                context.wrap_socket(plain, server_hostname="localhost").close()
                continue
            with plain, pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_hostname="localhost")


@BOTH
def test_an_attachment_of_20_mb_comes_through_and_a_flood_does_not(
    kind: str, tmp_path: Path, behind: int
) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        assert at.post(bytes(TWENTY)) == 200
        assert Behind.seen[-1].length == TWENTY
        assert at.changed_folders() == []
        assert at.post(bytes(33 * MIB)) in (413, 502)
        assert all(request.length <= 32 * MIB for request in Behind.seen)


@BOTH
def test_a_body_goes_on_to_the_node_as_it_comes(kind: str, tmp_path: Path, behind: int) -> None:
    begin = b"POST /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 65536\r\n\r\n"
    with front(kind, tmp_path / "front", behind) as at, at.raw(begin + bytes(32768)) as line:
        assert Behind.arrived.wait(SOON), "half of the body was held back"
        line.sendall(bytes(32768))
        assert ended(line).startswith(b"HTTP/1.1 200")
        assert at.changed_folders() == []


@BOTH
def test_an_answer_goes_on_to_the_browser_as_it_comes(kind: str, tmp_path: Path, behind: int) -> None:
    with front(kind, tmp_path / "front", behind) as at:
        line = at.line(SOON)
        line.request("GET", "/begun")
        answer = line.getresponse()
        assert answer.read(1) == b"o"
        Behind.release.set()
        assert answer.read() == b"k"
        line.close()


@BOTH
def test_a_head_that_never_ends_is_ended(kind: str, tmp_path: Path, behind: int) -> None:
    begin = b"POST /x HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
    with front(kind, tmp_path / "front", behind, dict([HEAD[kind]])) as at, at.raw(begin) as line:
        ended(line)
    assert Behind.seen == []


def test_nginx_ends_a_body_that_stops_and_an_answer_that_nobody_takes(tmp_path: Path, behind: int) -> None:
    changed = {"client_body_timeout 30s": "client_body_timeout 1s", "send_timeout 30s": "send_timeout 1s"}
    begin = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65536\r\n\r\n0"
    with front("nginx", tmp_path / "front", behind, changed) as at:
        with at.raw(begin) as line:
            ended(line)
        with at.raw(b"GET /flood HTTP/1.1\r\nHost: localhost\r\n\r\n"):
            assert Behind.ended.wait(SOON), "the node is held by who does not read"
        assert at.changed_folders() == []


def test_nginx_waits_for_the_node_as_long_as_its_file_says(tmp_path: Path, behind: int) -> None:
    changed = {"proxy_read_timeout 300s": "proxy_read_timeout 1s"}
    with front("nginx", tmp_path / "front", behind, changed) as at:
        line = at.line(SOON)
        line.request("GET", "/silent")
        assert line.getresponse().status == 504 and Behind.arrived.is_set()
        line.close()


def test_nginx_answers_for_its_own_name_where_another_site_comes_first(tmp_path: Path, behind: int) -> None:
    """As beside a site that a system brings."""
    other_site = (
        "server { listen 127.0.0.1:PORT ssl default_server; ssl_certificate CERTIFICATES/node.pem; "
        "ssl_certificate_key CERTIFICATES/node.key; return 404; } "
        "server { listen 127.0.0.1:PLAIN default_server; return 404; }"
    )
    with front("nginx", tmp_path / "front", behind, around=other_site) as at:
        assert at.post(b"x") == 200
        plain = http.client.HTTPConnection("127.0.0.1", at.plain, WITHIN)
        plain.request("GET", "/", headers={"Host": "localhost"})
        assert plain.getresponse().status == 301
        plain.close()


def test_nginx_speaks_no_old_tls_whatever_the_system_allows(tmp_path: Path, behind: int) -> None:
    old = "ssl_protocols TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers DEFAULT@SECLEVEL=0;"
    with front("nginx", tmp_path / "front", behind, around=old) as at:
        assert at.post(b"x") == 200
        for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2):
            context = ssl.create_default_context(cafile=str(tmp_path / "front" / "tls" / "ca.pem"))
            context.set_ciphers("DEFAULT@SECLEVEL=0")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version = context.maximum_version = version
            plain = socket.create_connection(("127.0.0.1", at.port), timeout=SOON)
            if version == ssl.TLSVersion.TLSv1_2:
                context.wrap_socket(plain, server_hostname="localhost").close()
                continue
            with plain, pytest.raises(ssl.SSLError):
                context.wrap_socket(plain, server_hostname="localhost")


def test_caddy_ends_an_idle_connection_and_answers_no_administration(tmp_path: Path, behind: int) -> None:
    begin = b"POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\n0"
    with front("caddy", tmp_path / "front", behind, {"idle 2m": "idle 1s"}) as at, at.raw(begin) as line:
        assert ended(line).startswith(b"HTTP/1.1 200")
        assert "admin endpoint disabled" in at.logged()


@BOTH
def test_a_node_behind_it_answers_a_browser(kind: str, tmp_path: Path) -> None:
    node = Machine(tmp_path / "node", tmp_path / "no-certificates")
    with machines(node):
        node.found_authority()
        node.start()
        with front(kind, tmp_path / "front", node.port) as at:
            answer = at.ask("/sign-in/")
            assert answer.status == 200 and b"csrfmiddlewaretoken" in answer.read()
            assert "__Host-form" in str(answer.headers.get_all("Set-Cookie"))
            answer.close()
