"""The page's places for health, activity and models on a real server, used as a person does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from ..jupyter_process import SCALE, TOKEN, JupyterProcess
from .pictures import picture_page
from .runs import LONG, start_run
from .screen import expect_connection, wait_until
from .witness import Witness

NAME = "digits-in-places"


def open_place(page: Page, server: JupyterProcess, place: str) -> Witness:
    witness = Witness(page)
    page.goto(f"{server.url}jupyter-progress/?token={TOKEN}#{place}")
    expect_connection(page, "live")
    return witness


def trained(server: JupyterProcess, trees: int) -> str:
    run_id = start_run(server, f"digits with {trees}", trees=trees, register_as=NAME)
    server.wait_for_run(run_id, "completed")
    return run_id


@pytest.mark.slow
def test_model_is_put_in_service_rolled_back_tried_and_downloaded(
    page: Page, server: JupyterProcess, tmp_path: Path
) -> None:
    runs = [trained(server, trees) for trees in (5, 10)]
    witness = open_place(page, server, f"models?name={quote(NAME)}")
    model = page.get_by_role("article", name=NAME)
    expect(model).to_contain_text("No version is in service")
    model.get_by_role("button", name="Deploy version 2").click()
    service = model.locator(".jpp-model-service")
    expect(service).to_contain_text("Version 2 is in service since", timeout=60_000 * SCALE)

    model.get_by_role("button", name="Roll back version 1").click()
    question = model.get_by_role("group", name=re.compile("Version 1 takes the place of version 2"))
    picture_page(page, "page-models-question")
    question.get_by_role("button", name="Roll back").click()
    expect(service).to_contain_text("Version 1 is in service since", timeout=60_000 * SCALE)
    told = server.get(f"models/{NAME}")
    assert told["deployed"] == 1
    if told["deployed_by"]:
        expect(service).to_contain_text(f"put there by {told['deployed_by']}")
    scores = [version["result"]["test"]["accuracy"] for version in told["versions"]]
    for score in scores:
        expect(model.locator(".jpp-versions")).to_contain_text(f"{score:.4f}")
    expect(model.locator(f"a[href='#run={runs[0]}']")).to_have_text("digits with 5")

    rows: list[Any] = [[value % 17 for value in range(64)], [0.0] * 64]
    model.get_by_role("textbox").fill(json.dumps(rows))
    model.get_by_role("button", name="Predict").click()
    predicted = model.locator(".jpp-predicted")
    expect(predicted).to_have_count(2, timeout=60_000 * SCALE)
    answer = server.ask("POST", f"models/{NAME}/predict", {"rows": rows})
    assert [int(text) for text in predicted.all_inner_texts()] == answer["predictions"]
    likeliest = model.locator(".jpp-likely").first.locator(".jpp-share .jpp-num").first
    expect(likeliest).to_have_text(f"{100 * max(answer['probabilities'][0]):.1f} %")
    picture_page(page, "page-models")

    with page.expect_download() as found:
        model.get_by_role("link", name="Download version 1").click()
    found.value.save_as(tmp_path / "model")
    artifact = next((server.data_dir / "models" / NAME / "1").glob("model.*"))
    assert (tmp_path / "model").read_bytes() == artifact.read_bytes()
    assert found.value.suggested_filename == f"{NAME}-1{artifact.suffix}"
    assert witness.errors == []

    model.get_by_role("textbox").fill("[[1, 2]]")
    model.get_by_role("button", name="Predict").click()
    expect(model.get_by_role("alert").last).to_contain_text("has 2 values; the model takes 64")


@pytest.mark.slow
def test_health_and_activity_tell_of_a_run_as_it_goes_on(
    page: Page, server: JupyterProcess
) -> None:
    run_id = start_run(server, "seen from elsewhere", trees=LONG)
    server.wait_for_run(run_id, "running")
    witness = open_place(page, server, "health?minutes=5")
    lane = page.get_by_role("list", name="Stages of seen from elsewhere")
    expect(lane).to_contain_text("Train", timeout=60_000 * SCALE)
    memory = page.locator("[data-figure='memory']")
    drawn = memory.locator(".jpp-spark-line")
    wait_until(lambda: len(drawn.get_attribute("d") or "") > 60, 60)
    thresholds = {
        threshold["figure"]: threshold for threshold in server.get("status")["server"]["thresholds"]
    }
    limits = [thresholds["memory.percent"][level] for level in ("yellow", "red")]
    shown = memory.locator("[data-limit]")
    assert [float(limit.get_attribute("data-limit") or "") for limit in shown.all()] == limits
    cursor = page.get_by_role("slider")
    cursor.focus()
    page.keyboard.press("ArrowLeft")
    expect(cursor).to_have_attribute("aria-valuetext", re.compile(r"CPU .* Memory \d+ %"))
    page.keyboard.press("Escape")
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("table")).to_contain_text("Event loop lag")
    picture_page(page, "page-health")

    page.get_by_role("link", name="Activity").click()
    lines = page.locator(".jpp-activity-day .jpp-told-text")
    expect(lines.first).to_be_visible()
    picture_page(page, "page-activity")
    for number in range(120):
        text = {"text": f"note {number}", "level": "warning" if number % 3 else "error"}
        server.ask("POST", "activity", text)
    expect(lines.first).to_contain_text("note 119")
    page.get_by_role("button", name="Errors").click()
    expect(page).to_have_url(re.compile("#activity\\?level=error$"))
    expect(lines.nth(1)).to_contain_text("note 114")
    page.get_by_label("Words in the line").fill("note 1")
    expect(page).to_have_url(re.compile("words=note"))
    expected = [n for n in range(119, -1, -1) if n % 3 == 0 and "1" in str(n)]
    expect(lines).to_have_count(len(expected))
    assert [int(text.split()[1]) for text in lines.all_inner_texts()] == expected
    page.get_by_role("button", name="Show everything").click()
    wait_until(lambda: scrolled_to_the_end(page), 60)
    whole = server.get("activity?limit=500")["activity"]
    assert lines.count() == len(whole)
    page.get_by_role("link", name="seen from elsewhere").first.click()
    expect(page.get_by_role("article", name="seen from elsewhere")).to_be_visible()
    assert witness.errors == []


def scrolled_to_the_end(page: Page) -> bool:
    end = page.locator(".jpp-activity-older")
    end.scroll_into_view_if_needed()
    return end.inner_text() == "That is all there is."
