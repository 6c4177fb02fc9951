"""Which tone and icon a state has. The word comes from the state's own label; a colour never stands alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mark:
    tone: str
    icon: str


DONE, WAIT, SOON, LATE = Mark("done", "done"), Mark("wait", "wait"), Mark("soon", "soon"), Mark("late", "late")
BACK, NONE, IDLE = Mark("back", "back"), Mark("none", "none"), Mark("idle", "idle")
DRAFT, EXCUSED, MISS, NEAR = Mark("idle", "draft"), Mark("none", "excused"), Mark("late", "miss"), Mark("soon", "near")

MARKS = {
    DONE: "done accepted published approved confirmed met granted completed finished checked ok sent delivered current "
    "registered issued active open achieved applied recognised done_on_time imported",
    WAIT: "wait waiting submitted presented pending in_review asked requested queued running processing in_progress",
    SOON: "soon due due_soon today unconfirmed done_late late_done expiring warning",
    LATE: "late overdue failed rejected refused error bounced missed",
    MISS: "miss declined revoked cancelled_by_office",
    NEAR: "near",
    BACK: "back returned recalled reopened",
    NONE: "none not_applicable withdrawn closed ended cancelled stopped superseded replaced undone dropped",
    EXCUSED: "excused exempt waived",
    DRAFT: "draft editing changed self_declared",
    IDLE: "idle not_started empty planned future upcoming not_due carried_forward",
}
BY_KEY = {key: mark for mark, keys in MARKS.items() for key in keys.split()}


def mark_of(state: object) -> Mark:
    """By the state's own ``tone`` and ``icon`` if it has them, else by its value; unknown states are quiet."""
    if (tone := getattr(state, "tone", None)) and isinstance(tone, str):
        return Mark(tone, getattr(state, "icon", None) or BY_KEY.get(tone, NONE).icon)
    return BY_KEY.get(str(getattr(state, "value", state)).lower(), NONE)
