"""How sure a share is."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959964  # two-sided, 95%
# A share of fewer than this many is chance more than merit: 1 of 30 moves it by over 3 points. It is shown, not ranked.
RANKED_FROM = 30


def wilson(part: float, whole: int, z: float = Z95) -> tuple[float, float] | None:
    """The Wilson score interval of part/whole (Wilson 1927): usable for small wholes and shares near 0 or 1.

    None where there is nothing to count.
    """
    if whole <= 0:
        return None
    share = part / whole
    spread = z * sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole))
    middle = share + z * z / (2 * whole)
    scale = 1 + z * z / whole
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)
