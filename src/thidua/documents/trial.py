"""Filling an uploaded template once, in a process of its own: one that never ends or asks for too much ends alone."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from thidua.core.refusals import Denied, Unfit
from thidua.core.words import Sentence, _
from thidua.documents import word

MEMORY_LIMIT = 1024 * 1024 * 1024
SECONDS = 20
REFUSED = 3


def try_out(template: bytes, context: Mapping[str, Any]) -> None:
    """Raises Denied where the template names what the context does not have, or cannot be filled within reason.

    Nothing of it is read in this process: already to parse a template works out its constants.
    """
    given = json.dumps({"template": base64.b64encode(template).decode(), "context": _plain(context)})
    command = [sys.executable, "-I", "-m", "thidua.documents.trial"]
    try:
        done = subprocess.run(command, input=given.encode(), capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise Unfit(_("The template takes too long to fill in; it must only show what is there.")) from error
    if done.returncode == REFUSED:
        raise Unfit(Sentence(**json.loads(done.stdout)))
    if done.returncode:
        raise Unfit(_("The template asks for more than a paper can need."))


def _plain(value: Any) -> Any:
    """Values that travel as JSON; a link is marked, so that it becomes one again."""
    if isinstance(value, word.Link):
        return {"link": asdict(value)}
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"link"} and isinstance(value["link"], dict) and set(value["link"]) == {"words", "url"}:
            return word.Link(**value["link"])
        return {key: _restored(each) for key, each in value.items()}
    return [_restored(each) for each in value] if isinstance(value, list) else value


def _fill(template: bytes, context: dict[str, Any]) -> None:
    named = word.placeholders(template)
    if not named:
        raise Denied(
            _("The template has no place to fill in, so every paper would be the same; put in {{ year }}, say.")
        )
    unknown = sorted(named - set(context))
    if unknown:
        raise Denied(
            _(
                "The template asks for what this paper does not have: %(unknown)s. It has: %(known)s.",
                unknown=", ".join(unknown),
                known=", ".join(sorted(context)),
            )
        )
    word.fill(template, context)


def main() -> int:
    if sys.platform == "linux":  # elsewhere addresses are no measure of memory
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
    given = json.load(sys.stdin)
    try:
        _fill(base64.b64decode(given["template"]), _restored(given["context"]))
    except Denied as refusal:
        sentence = refusal.sentence
        message, values = (sentence.message, sentence.values) if isinstance(sentence, Sentence) else (sentence, {})
        json.dump({"message": message, "values": values}, sys.stdout)
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
