"""How Lab looks: its theme, the notebook alone, and whether what a panel says can be read."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from .lab import Lab

LOW_CONTRAST = """panel => {
    const channels = colour => {
        const canvas = document.createElement('canvas').getContext('2d');
        canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
        return [r, g, b, a / 255];
    };
    const over = ([r, g, b, alpha], below) =>
        [r, g, b].map((c, i) => c * alpha + below[i] * (1 - alpha));
    const behind = node => {
        if (!node) return [255, 255, 255];
        const own = channels(getComputedStyle(node).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3) : over(own, behind(node.parentElement));
    };
    const luminance = rgb => {
        const [r, g, b] = rgb.map(c => c / 255).map(
            c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const low = [];
    for (const node of panel.querySelectorAll('*')) {
        const texts = [...node.childNodes].filter(child => child.nodeType === 3);
        const text = texts.map(child => child.data).join('').trim();
        const isExempt = node.closest(
            ':disabled, [aria-disabled=true], [aria-hidden=true], .jpp-spoken');
        if (!text || isExempt || !node.checkVisibility()) continue;
        const below = behind(node);
        const lights = [over(channels(getComputedStyle(node).color), below), below].map(luminance);
        const ratio = (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
        if (ratio < 4.5) low.push(`${text.slice(0, 40)} (${node.className}): ${ratio.toFixed(2)}`);
    }
    return low;
}"""


# What reaches out of a view without a way to scroll, and figures that reach out of their cells.
OUTSIDE = """view => [...view.querySelectorAll('*')].filter(part => {
    const all = view.getBoundingClientRect();
    const box = part.getBoundingClientRect();
    const isShown = part.checkVisibility() && box.width > 1 && box.height > 1;
    const isScrolled = part.closest(
        '.jpp-scroll, .jpp-pre, .jpp-plot, .jpp-tags, .jpp-spoken,'
        + '.jpp-compare-scroll, .jpp-history-head');
    const isOut = box.right > all.right + 1 || box.left < all.left - 1;
    const isCell = part.matches('.jpp-table :is(th, td)');
    const isOver = isCell && part.scrollWidth > part.clientWidth + 1;
    return isShown && !isScrolled && (isOut || isOver);
}).map(part => part.getAttribute('class') || part.outerHTML.slice(0, 120))"""


def set_theme(lab: Lab, name: str) -> None:
    """Change Lab's theme, and wait until it is on."""
    lab.page.evaluate(
        "theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})",
        f"JupyterLab {name}",
    )
    light = str(name == "Light").lower()
    expect(lab.page.locator(f"body[data-jp-theme-light='{light}']")).to_be_attached()
    lab.page.wait_for_timeout(300)  # the new theme's style sheet


def notebook_of(lab: Lab) -> Locator:
    return lab.page.locator(".jp-NotebookPanel")


def alone(lab: Lab) -> None:
    """Put everything but the notebook away, as for a picture."""
    lab.page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            app.shell.collapseLeft(); app.shell.collapseRight();
            const toggle = () => app.commands.execute('application:toggle-mode');
            if (app.shell.mode !== 'single-document') await toggle();
        }"""
    )
