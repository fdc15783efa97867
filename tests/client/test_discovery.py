"""Which server a process belongs to, with real files, real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jupyter_progress.client.discovery import (
    ServerAddress,
    check_server,
    check_versions,
    extension_missing,
    find_server,
    normal_url,
    page_in_browser,
    server_python,
)
from jupyter_progress.client.rest import RestClient
from jupyter_progress.errors import ExtensionMissing, VersionMismatch

SECRET = "not-to-be-shown"


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir()
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(folder))
    return folder


@pytest.fixture
def sleeper():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def _write(runtime: Path, pid: int, url: str, token: str = SECRET, age_s: float = 0.0) -> Path:
    file = runtime / f"jpserver-{pid}-{len(list(runtime.iterdir()))}.json"
    file.write_text(json.dumps({"url": url, "token": token, "pid": pid}))
    os.utime(file, (time.time() - age_s,) * 2)
    return file


def test_the_environment_is_asked_first(runtime, tmp_path):
    _write(runtime, os.getpid(), "http://127.0.0.1:1/")
    token_file = tmp_path / "token"
    token_file.write_text(f"{SECRET}\n")
    found = find_server(
        {
            "JUPYTER_PROGRESS_URL": "http://127.0.0.1:2/user/ä",
            "JUPYTER_PROGRESS_TOKEN_FILE": str(token_file),
            "JPY_PARENT_PID": str(os.getpid()),
        }
    )
    assert found == ServerAddress(
        "http://127.0.0.1:2/user/%C3%A4/", SECRET, os.getpid(), server_python(os.getpid())
    )


def test_a_token_file_that_is_gone_is_made_up_for_by_the_list_of_servers(runtime, tmp_path):
    _write(runtime, os.getpid(), "http://127.0.0.1:2/")
    found = find_server(
        {
            "JUPYTER_PROGRESS_URL": "http://127.0.0.1:2/",
            "JUPYTER_PROGRESS_TOKEN_FILE": str(tmp_path / "gone"),
        }
    )
    assert found is not None
    assert found.token == SECRET


def test_a_kernel_finds_the_server_that_is_its_parent(runtime, sleeper):
    _write(runtime, sleeper.pid, "http://127.0.0.1:1/")
    _write(runtime, os.getpid(), "http://127.0.0.1:2/")
    found = find_server({"JPY_PARENT_PID": str(sleeper.pid)})
    assert found is not None
    assert (found.url, found.pid) == ("http://127.0.0.1:1/", sleeper.pid)


def test_a_kernel_whose_server_is_not_listed_takes_no_other(runtime):
    _write(runtime, os.getpid(), "http://127.0.0.1:2/")
    assert find_server({"JPY_PARENT_PID": "1"}) is None


def test_outside_of_a_kernel_the_newest_living_server_is_taken(runtime, sleeper):
    dead = subprocess.Popen([sys.executable, "-c", "pass"])
    dead.wait()
    _write(runtime, dead.pid, "http://127.0.0.1:3/")
    _write(runtime, sleeper.pid, "http://127.0.0.1:1/", age_s=-3)
    _write(runtime, os.getpid(), "http://127.0.0.1:2/", age_s=-1)
    found = find_server({})
    assert found is not None
    assert found.url == "http://127.0.0.1:1/"


def test_a_pid_that_is_in_use_again_is_not_the_server(runtime, sleeper):
    _write(runtime, sleeper.pid, "http://127.0.0.1:1/", age_s=3600)
    assert find_server({}) is None


def test_broken_entries_are_passed_over(runtime):
    (runtime / "jpserver-1.json").write_text("{")
    (runtime / "jpserver-2.json").write_text("[]")
    (runtime / "jpserver-3.json").write_text('{"pid": "x", "url": 3}')
    _write(runtime, os.getpid(), "http+unix://%2Ftmp%2Fx.sock/")
    assert find_server({}) is None


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("http://h:1", "http://h:1/"),
        ("http://h:1/a%20b/", "http://h:1/a%20b/"),
        ("http://h:1/jupyter-progress/api/v1/", "http://h:1/"),
        ("http://h:1/ü/jupyter-progress/api/v1", "http://h:1/%C3%BC/"),
        ("https://h/user/me/?token=x#y", "https://h/user/me/"),
    ],
)
def test_urls_come_in_one_form(url, normal):
    assert normal_url(url) == normal


@pytest.mark.parametrize(
    ("environ", "page"),
    [
        ({}, "http://127.0.0.1:9/user/%C3%B1@x/jupyter-progress/"),
        ({"JUPYTERHUB_SERVICE_PREFIX": "/user/%C3%B1@x/"}, "/user/%C3%B1@x/jupyter-progress/"),
        (
            {
                "JUPYTERHUB_SERVICE_PREFIX": "/user/%C3%B1@x/",
                "JUPYTERHUB_PUBLIC_URL": "https://hub.example/user/%C3%B1@x/",
            },
            "https://hub.example/user/%C3%B1@x/jupyter-progress/",
        ),
        # Another server, which this user has started below the Hub's.
        (
            {"JUPYTERHUB_SERVICE_PREFIX": "/user/bo/"},
            "http://127.0.0.1:9/user/%C3%B1@x/jupyter-progress/",
        ),
    ],
)
def test_a_browser_finds_the_page_where_the_hub_has_it(environ, page):
    address = ServerAddress("http://127.0.0.1:9/user/%C3%B1@x/")
    assert page_in_browser(address, environ) == page


def test_an_address_does_not_show_its_token():
    address = ServerAddress("http://127.0.0.1:2/", SECRET)
    assert SECRET not in f"{address!r} {address} {RestClient(address)!r}"


def test_a_missing_extension_names_the_servers_python_and_what_to_do():
    message = str(extension_missing(ServerAddress("http://h:1/", python="/opt/lab/bin/python")))
    assert "/opt/lab/bin/python -m pip install jupyter-progress" in message
    assert "restart Jupyter" in message


def test_a_process_is_known_by_the_python_it_was_called_with(sleeper):
    assert server_python(sleeper.pid) == sys.executable
    assert server_python(None) is None


@pytest.mark.parametrize(("own", "server"), [("0.2.1", "0.3.0"), ("1.4.0", "1.3.9"), ("x", "1.0")])
def test_one_minor_version_apart_is_fine(own, server):
    check_versions(own, server, "python")


@pytest.mark.parametrize(
    ("own", "server", "upgrade"),
    [
        ("0.1.0", "0.3.0", "%pip install --upgrade"),
        ("0.3.0", "0.1.0", "/srv/python -m pip install --upgrade"),
        ("1.0.0", "2.0.0", "%pip install --upgrade"),
    ],
)
def test_versions_further_apart_say_which_side_to_upgrade(own, server, upgrade):
    with pytest.raises(VersionMismatch) as caught:
        check_versions(own, server, "/srv/python")
    assert upgrade in str(caught.value)


def test_a_jupyter_server_without_the_extension_is_told_apart(plain_jupyter):
    with pytest.raises(ExtensionMissing) as caught:
        check_server(RestClient(plain_jupyter))
    assert "-m pip install jupyter-progress" in str(caught.value)
