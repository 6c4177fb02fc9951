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
def fresh(transactional_db, time_machine):
    """A machine on which nothing is but the tables and an administrator, on the day the first plan takes effect."""
    from tests.fixtures import moment, person

    from thidua.core.units import RoleKind

    time_machine.move_to(moment("2023-08-07 08:00"), tick=True)
    return person("mai", "Võ Ngọc Mai", role=RoleKind.ADMINISTRATOR)


@pytest.fixture
def open_as(browser, browser_context_args, live_server):
    """Sign in as somebody; returns a page. What the browser complains about fails the test."""
    contexts, complaints = [], []

    def sign_in(username: str, width: int = 1280, password: str = "thidua-2023"):
        context = browser.new_context(
            **{**browser_context_args, "viewport": {"width": width, "height": 900}}, base_url=live_server.url
        )
        contexts.append(context)
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/account/login/")
        page.fill("[name=login]", username)
        page.fill("[name=password]", password)
        page.click("form[action='/account/login/'] button[type=submit]")
        page.wait_for_url(lambda address: "/account/login/" not in address)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert not [each for each in complaints if "status of 4" not in each]


@pytest.fixture
def accessible():
    """Axe finds nothing on the page and nothing is wider than the screen; ``widths`` besides the present one."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(page, *widths: int):
        own = page.viewport_size["width"]
        for width in (own, *widths):
            page.set_viewport_size({"width": width, "height": 900})
            found = axe.run(page, options={"resultTypes": ["violations"]}).response["violations"]
            rules = [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found]
            assert not rules, (page.url, width, rules)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (page.url, width)
        page.set_viewport_size({"width": own, "height": 900})

    return check


@pytest.fixture(scope="session")
def speaks():
    """No word of the interface is left in the other language; the plan and what people typed stay as they are."""
    from tests.journeys.words import left_over

    def check(page, language: str):
        assert page.locator("html").get_attribute("lang") == language
        assert not left_over(page, language), page.url

    return check
