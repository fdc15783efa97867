"""What a person does in JupyterLab, as the tests say it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Locator, Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess

PANEL = ".jpp-panel"


def leave_extension_out(folder: Path) -> None:
    """Have a JupyterLab that starts in this folder load its page without the extension."""
    config = folder / "config" / "labconfig" / "page_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(json.dumps({"disabledExtensions": {"jupyter-progress": True}}))


class Lab:
    """A browser page with JupyterLab in it.

    Parameters
    ----------
    page
        The browser's page.
    server
        The JupyterLab that it shows.
    """

    def __init__(self, page: Page, server: JupyterProcess) -> None:
        self.page = page
        self.server = server

    def write(self, name: str, *cells: str) -> Path:
        """Put a notebook of these code cells where Lab finds it."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={
                "kernelspec": {
                    "name": "python3",
                    "display_name": "Python 3 (ipykernel)",
                    "language": "python",
                },
                "language_info": {"name": "python"},
            },
        )
        path = self.server.root / name
        nbformat.write(notebook, path)
        return path

    def open(self, name: str, url: str = "") -> None:
        """Open a notebook, by way of the server's own URL or another, until its cells are shown."""
        self.page.goto(f"{url or self.server.url}lab/tree/{name}?token={TOKEN}&reset")
        self.wait_for_cells()

    def start(self, path: str = "lab?reset") -> None:
        """Open Lab without a notebook, or another page, until its layout is restored."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.server.url}{path}{joint}token={TOKEN}")
        self.wait_for_layout()

    def wait_for_layout(self) -> None:
        """Wait until the layout is as it was."""
        limit = 60_000 * SCALE
        self.page.wait_for_function("() => window.jupyterapp", timeout=limit)
        self.page.evaluate("() => window.jupyterapp.restored.then(() => null)")

    def reload(self) -> float:
        """Reload the page; the moment at which the notebook's cells are shown again."""
        self.page.reload()
        return self.wait_for_cells()

    def wait_for_cells(self) -> float:
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000 * SCALE)
        return time.monotonic()

    def wait_for_kernel(self) -> None:
        """Wait until the notebook's kernel can take a cell."""
        self.page.wait_for_function(
            "() => { const kernel = window.jupyterapp?.shell?.currentWidget?.context"
            "?.sessionContext?.session?.kernel;"
            " return kernel?.status === 'idle' && kernel.connectionStatus === 'connected'; }",
            timeout=60_000 * SCALE,
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Run one of Lab's commands, without waiting for what it starts."""
        self.page.evaluate(
            "([name, args]) => { window.jupyterapp.commands.execute(name, args); }",
            [name, arguments],
        )

    def run_all(self) -> None:
        """Run all cells."""
        self.wait_for_kernel()
        self.command("notebook:run-all-cells")

    def show_run(self, run_id: str) -> None:
        """Have a cell show a run, whole, until it is live."""
        self.write("shown.ipynb", f"import jupyter_progress as jp\njp.get_run({run_id!r})")
        self.open("shown.ipynb")
        self.run_all()
        mark = self.panel.locator(".jpp-connection").first
        expect(mark).to_have_attribute("data-connection", "live", timeout=60_000 * SCALE)
        self.panel.get_by_role("button", name="Details").click()

    def cell(self, index: int) -> Locator:
        """A code cell, counted from 0."""
        return self.page.locator(".jp-Notebook .jp-CodeCell").nth(index)

    def run_cell(self, index: int) -> None:
        """Run one cell and wait until the kernel has answered."""
        prompt = self.cell(index).locator(".jp-InputPrompt")
        before = prompt.inner_text()
        # Not awaited in the page, where a wait would have no end if an answer got lost.
        self.page.evaluate(
            """index => {
                const notebook = window.jupyterapp.shell.currentWidget.content;
                notebook.activeCellIndex = index;
                notebook.deselectAll();
                window.jupyterapp.commands.execute('notebook:run-cell');
            }""",
            index,
        )
        answered = re.compile(rf"^(?!{re.escape(before)}$)\[\d+\]:$")
        expect(prompt).to_have_text(answered, timeout=60_000 * SCALE)

    def save(self) -> None:
        """Save the notebook, as Ctrl-S does."""
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")

    @property
    def panel(self) -> Locator:
        """The first panel that is shown."""
        return self.page.locator(PANEL).first

    def outputs(self) -> str:
        """All text that the cells show."""
        return "\n".join(self.page.locator(".jp-OutputArea-output").all_inner_texts())
