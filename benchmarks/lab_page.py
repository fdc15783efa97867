"""A real JupyterLab in a real Chromium, and what is measured inside of its page."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from .server import TOKEN, RunningServer, running_server

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
NOTEBOOK = "measured.ipynb"
WAIT_MS = 120_000

# Milliseconds from running a cell until the frame is drawn that first shows what is looked for.
FIRST_PAINT = """([index, selector]) => new Promise((resolve) => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = index;
    notebook.deselectAll();
    const cell = notebook.widgets[index].node;
    const began = performance.now();
    const look = () => requestAnimationFrame(() => {
        const shown = [...cell.querySelectorAll(`.jp-OutputArea-output ${selector}`)];
        if (!shown.some((part) => part.getBoundingClientRect().height > 0)) return look();
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => resolve(performance.now() - began);
        port2.postMessage(0);
    });
    window.jupyterapp.commands.execute('notebook:run-cell');
    look();
})"""

# Milliseconds from each moment that stands on the page as "t=…" until the frame with it is drawn.
DELAYS = """([scope, count]) => new Promise((resolve) => {
    const delays = [];
    let newest = 0;
    const look = () => requestAnimationFrame(() => {
        const parts = [...document.querySelectorAll(scope)];
        const words = parts.map((part) => part.textContent).join(' ');
        const moments = [...words.matchAll(/t=(\\d{13})/g)].map((match) => Number(match[1]));
        const at = Math.max(0, ...moments);
        if (at <= newest) return look();
        const isFirst = newest === 0;
        newest = at;
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
            if (!isFirst) delays.push(performance.timeOrigin + performance.now() - at);
            if (delays.length < count) look();
            else resolve(delays);
        };
        port2.postMessage(0);
    });
    look();
})"""

# Frames a second, and the longest time between two, in milliseconds.
FRAMES = """(ms) => new Promise((resolve) => {
    const began = performance.now();
    let frames = 0, last = began, longest = 0;
    const count = (now) => {
        frames += 1;
        longest = Math.max(longest, now - last);
        last = now;
        if (performance.now() - began < ms) requestAnimationFrame(count);
        else resolve([(1000 * frames) / (performance.now() - began), longest]);
    };
    requestAnimationFrame(count);
})"""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The machine's own Chromium."""
    names = [os.environ.get("CHROMIUM", ""), *BROWSERS]
    path = next((found for name in names if name and (found := shutil.which(name))), None)
    if path is None:
        raise RuntimeError("no Chromium was found; scripts/install-chromium installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def running_lab(folder: Path) -> Iterator[RunningServer]:
    """A JupyterLab with the extension."""
    expose = "--LabApp.expose_app_in_browser=True"
    with running_server(folder, True, expose, program="jupyterlab") as server:
        yield server


class LabPage:
    """A notebook of some cells, open in JupyterLab with an idle kernel."""

    def __init__(
        self, browser: Browser, server: RunningServer, folder: Path, cells: list[str]
    ) -> None:
        self.path = folder / NOTEBOOK
        made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
        nbformat.write(made, self.path)
        self.page: Page = browser.new_context(viewport={"width": 1200, "height": 900}).new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.page.goto(f"{server.url}lab/tree/{NOTEBOOK}?token={TOKEN}&reset")
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.page.wait_for_function(
            "() => window.jupyterapp?.shell?.currentWidget?.context?.sessionContext"
            "?.session?.kernel?.status === 'idle'"
        )

    def first_paint(self, index: int, selector: str) -> float:
        """Run a cell; milliseconds until what it shows is drawn."""
        took = self.page.evaluate(FIRST_PAINT, [index, selector])
        self.wait(index)
        return float(took)

    def run(self, index: int) -> None:
        """Run a cell and wait until it is done."""
        self.page.evaluate(
            """async (index) => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = index;
                notebook.deselectAll();
                window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )
        self.wait(index)

    def wait(self, index: int) -> None:
        """Wait until a cell that was run is done."""
        self.page.wait_for_function(
            """index => {
                const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
                return /\\[\\d+\\]/.test(cell.inputArea.promptNode.textContent);
            }""",
            arg=index,
        )

    def delays(self, scope: str, count: int) -> list[float]:
        """How long moments that come up in the page took to be drawn, in milliseconds."""
        return sorted(self.page.evaluate(DELAYS, [scope, count]))

    def frames(self, seconds: float) -> tuple[float, float]:
        """Frames a second, and the longest time between two, in milliseconds."""
        rate, longest = self.page.evaluate(FRAMES, 1000 * seconds)
        return rate, longest

    def saved_size(self) -> int:
        """Save with the widgets' state; the bytes of the file."""
        self.page.evaluate(
            """async () => {
                const { commands, shell } = window.jupyterapp;
                const keep = '@jupyter-widgets/jupyterlab-manager:saveWidgetState';
                if (commands.hasCommand(keep) && !commands.isToggled(keep)) {
                    await commands.execute(keep);
                }
                await shell.currentWidget.context.save();
            }"""
        )
        return self.path.stat().st_size

    def heap(self) -> int:
        """What the page's scripts hold once all that is not needed is gone, in bytes."""
        inspector = self.page.context.new_cdp_session(self.page)
        for _ in range(3):  # what only weak references held goes with the second
            inspector.send("HeapProfiler.collectGarbage")
        used = inspector.send("Runtime.getHeapUsage")["usedSize"]
        inspector.detach()
        return int(used)

    def close(self) -> None:
        self.page.context.close()
