"""A real browser on a live server. One world, in Vietnamese; every page passes axe."""

import os

import pytest

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
             "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": ARGUMENTS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "vi-VN", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def people(transactional_db, time_machine):
    """The test people, on a day inside the first round."""
    from tests.fixtures import make_world, moment

    time_machine.move_to(moment("2023-08-21 09:00"), tick=True)
    return make_world()


@pytest.fixture
def open_as(browser, browser_context_args, live_server):
    """Sign in as somebody; returns a page. What the browser complains about fails the test."""
    contexts, complaints = [], []

    def sign_in(username: str, width: int = 1280):
        context = browser.new_context(
            **{**browser_context_args, "viewport": {"width": width, "height": 900}}, base_url=live_server.url
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/account/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", "thidua-2023")
        page.click("form[action='/account/login/'] button[type=submit]")
        page.wait_for_url(live_server.url + "/")
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert not [each for each in complaints if "status of 4" not in each]


@pytest.fixture
def accessible():
    """Axe finds nothing on the page."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(page):
        found = axe.run(page, options={"resultTypes": ["violations"]})
        rules = [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found.response["violations"]]
        assert not rules, (page.url, rules)

    return check
