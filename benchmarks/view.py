"""What a person sees in Chromium: the first paint, delays, frames, and what a notebook grows by."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser

from . import bundle, open_day
from .lab_page import FRAMES, LabPage, open_browser, running_lab
from .server import TOKEN, RunningServer
from .table import Figure

PAINTS = 5
DELAYS = 40
BEAT_S = 0.3
FRAMES_FOR_S = 10.0
BUSY_RUNS = 10
POINTS_A_SECOND = 1000
MORE_STEPS = 10_000
SETTLED_S = 2.0

BAR = ".jupyter-widgets .progress"
BEATING = f"""
def beat(tell):
    def going():
        while not ended.is_set():
            time.sleep({BEAT_S})
            tell(f"t={{1000 * time.time():.0f}}")
    threading.Thread(target=going, daemon=True).start()
"""


def _many_times(statement: str) -> str:
    """Steps of a cell; of more than 1,000 messages/s a server drops some."""
    return f"for step in range({MORE_STEPS}):\n    {statement}\n    time.sleep(0.002)"


@dataclass(frozen=True)
class Peer:
    """One way of showing progress: cells that show it, and where on the page it is."""

    name: str
    begin: str
    show: str
    selector: str
    beat: str = ""
    scope: str = ""
    finish: str = ""
    #: Many steps more.
    go_on: str = ""


OURS = Peer(
    "this panel",
    "import jupyter_progress as jp\nrun = jp.Run('measured', display=False).start()",
    "jp.Panel(run)",
    ".jpp-panel [role=progressbar]",
    "beat(run.note)",
    ".jpp-panel",
    "run.finish()",  # the page would show it in place of the busy ones
    _many_times("run.log(loss=1 / (step + 1), step=step)"),
)
PEERS = (
    Peer(
        "ipywidgets' IntProgress", "import ipywidgets",
        "bar = ipywidgets.IntProgress(3, description='0'); display(bar)", BAR,
        "def tell(words): bar.description = words\nbeat(tell)", ".jupyter-widgets",
        go_on=_many_times("bar.value = step % 4"),
    ),
    Peer(
        "tqdm.notebook", "from tqdm.notebook import tqdm", "bar = tqdm(total=10)", BAR,
        "beat(bar.set_description_str)", ".jupyter-widgets",
        go_on=_many_times("bar.update()"),
    ),
    Peer(
        "livelossplot", "from livelossplot import PlotLosses\nplot = PlotLosses()",
        "plot.update({'loss': 0.5}); plot.send()", "img",
    ),
)  # fmt: skip
SETUP = "import threading, time\nended = threading.Event()\n" + BEATING
END = "ended.set()"

BUSY = f"""
import sys, threading, time
import jupyter_progress as jp
from pathlib import Path

def work(number):
    with jp.Run(f"busy {{number}}", display=False) as run:
        began, step = time.monotonic(), 0
        while not Path(sys.argv[1]).exists():
            step += 1
            run.log(loss=1 / step, accuracy=1 - 1 / step, step=step)
            ahead = began + step / {POINTS_A_SECOND} * 2 - time.monotonic()
            if ahead > 0.005:
                time.sleep(ahead)

threads = [threading.Thread(target=work, args=(number,)) for number in range({BUSY_RUNS})]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""
BUSY_BARS = f"""
from tqdm.notebook import tqdm
bars = [tqdm(total=10_000_000, desc=str(number)) for number in range({BUSY_RUNS})]
def work(bar):
    began, step = time.monotonic(), 0
    while not ended.is_set():
        step += 1
        bar.update()
        ahead = began + step / {POINTS_A_SECOND} - time.monotonic()
        if ahead > 0.005:
            time.sleep(ahead)
for bar in bars: threading.Thread(target=work, args=(bar,), daemon=True).start()
"""


def measure() -> Iterator[Figure]:
    """Milliseconds, frames and bytes, in Chromium."""
    yield from bundle.measure()
    yield from open_day.measure()
    with tempfile.TemporaryDirectory() as name, open_browser() as browser:
        folder = Path(name)
        with running_lab(folder) as server:
            yield from _paints_and_delays(browser, server, folder)
            yield from _frames(browser, server, folder)
            yield from _sizes(browser, server, folder)


def _paints_and_delays(browser: Browser, server: RunningServer, folder: Path) -> Iterator[Figure]:
    first, later, delays = {}, {}, {}
    for peer in (OURS, *PEERS):
        cells = [
            SETUP + peer.begin,
            *[peer.show] * (PAINTS + 1),
            peer.beat,
            f"{END}\n{peer.finish}",
        ]
        lab = LabPage(browser, server, folder, cells)
        lab.run(0)
        first[peer] = lab.first_paint(1, peer.selector)
        paints = [lab.first_paint(index, peer.selector) for index in range(2, PAINTS + 2)]
        later[peer] = statistics.median(paints)
        if peer.beat:
            lab.run(PAINTS + 2)
            delays[peer] = lab.delays(peer.scope, DELAYS)
            lab.run(PAINTS + 3)
        lab.close()
    for peer in PEERS:
        yield Figure("first paint after the cell runs, the page's first", first[OURS], "ms",
                     peer.name, first[peer])  # fmt: skip
    for peer in PEERS:
        yield Figure("first paint after the cell runs, later ones, median", later[OURS], "ms",
                     peer.name, later[peer])  # fmt: skip
    for peer in PEERS:
        if peer in delays:
            yield Figure("from the call to the pixels, median", statistics.median(delays[OURS]),
                         "ms", peer.name, statistics.median(delays[peer]))  # fmt: skip
    ours = delays[OURS]
    yield Figure("from the call to the pixels, 95th percentile", ours[int(0.95 * len(ours))], "ms")


@contextmanager
def _busy(folder: Path) -> Iterator[None]:
    """Ten runs of another process, each of which logs a thousand points a second."""
    ending = folder / "end"
    ending.unlink(missing_ok=True)
    env = {**os.environ, "JUPYTER_DATA_DIR": str(folder / "data")}
    process = subprocess.Popen([sys.executable, "-c", BUSY, str(ending)], env=env)
    try:
        time.sleep(4)
        yield
    finally:
        ending.touch()
        process.wait(60)


def _frames(browser: Browser, server: RunningServer, folder: Path) -> Iterator[Figure]:
    idle = LabPage(browser, server, folder, ["1"])
    still, _ = idle.frames(FRAMES_FOR_S)
    idle.close()
    with _busy(folder):
        page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        page.goto(f"{server.url}jupyter-progress/?token={TOKEN}")
        page.locator("nav .jpp-run-row", has_text="busy").first.wait_for()
        page.locator(".jpp-chart canvas").first.wait_for()
        on_page, longest = page.evaluate(FRAMES, 1000 * FRAMES_FOR_S)
        page.context.close()
        lab = LabPage(browser, server, folder, ["import jupyter_progress as jp\njp.Panel()"])
        lab.run(0)
        lab.page.wait_for_selector(".jpp-panel")
        in_lab, _ = lab.frames(FRAMES_FOR_S)
        lab.close()
    lab = LabPage(browser, server, folder, [SETUP, BUSY_BARS, END])
    lab.run(0)
    lab.run(1)
    bars, _ = lab.frames(FRAMES_FOR_S)
    lab.run(2)
    lab.close()
    busy = f"{BUSY_RUNS} runs that log {POINTS_A_SECOND} points/s each"
    yield Figure(f"frames/s of the page, with a chart, {busy}", on_page, "/s", "an idle Lab", still)
    yield Figure("the same, longest time between two frames", longest, "ms")
    yield Figure(f"frames/s of jp.Panel() in Lab, {busy}", in_lab, "/s",
                 f"{BUSY_RUNS} bars of tqdm.notebook", bars)  # fmt: skip


def _sizes(browser: Browser, server: RunningServer, folder: Path) -> Iterator[Figure]:
    grown, later, held = {}, {}, {}
    for peer in (OURS, *PEERS):
        lab = LabPage(browser, server, folder, [SETUP + peer.begin, peer.show, peer.go_on])
        before = lab.saved_size()
        lab.run(0)
        lab.run(1)
        lab.page.wait_for_selector(f".jp-OutputArea-output {peer.selector}")
        time.sleep(SETTLED_S)
        shown = lab.saved_size()
        grown[peer] = (shown - before) / 1000
        if peer.go_on:
            heap = lab.heap()
            lab.run(2)
            time.sleep(SETTLED_S)
            later[peer] = (lab.saved_size() - shown) / 1000
            held[peer] = (lab.heap() - heap) / 1e6
        lab.close()
    for what, unit, found in (
        ("a saved notebook grows by, with the widgets' state", "kB", grown),
        (f"the same, by {MORE_STEPS:,} steps more", "kB", later),
        (f"the page's scripts hold more after {MORE_STEPS:,} steps", "MB", held),
    ):
        for peer in PEERS:
            if peer in found:
                yield Figure(what, found[OURS], unit, peer.name, found[peer])
