"""Small charts as inline SVG: bars in a row. Shapes and classes only, because the policy of the pages allows no style."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from aggregator.app.pulse import Pulse
from aggregator.model import RequestRecord

HEIGHT = 20
STEP = 5
LEAST = 2.0


def polls(pulse: Pulse, label: str, slots: int = 20) -> Markup:
    """One bar for each of the last polls, as tall as it took long: unchanged ones pale, failed ones marked."""
    longest = max((request.seconds for request in pulse.requests), default=0.0)
    requests = pulse.requests[-slots:]
    bars = [
        _bar(slots - len(requests) + at, request.seconds / longest if longest else 0.0, _kind(request))
        for at, request in enumerate(requests)
    ]
    return _svg(bars, slots, label)


def _kind(request: RequestRecord) -> str:
    if request.error is not None:
        return "failed"
    return "same" if request.status == 304 else "good"


def arrivals(counts: Sequence[int], label: str) -> Markup:
    """One bar a day, as tall as much was new."""
    most = max(counts, default=0)
    bars = [_bar(at, count / most, "good") for at, count in enumerate(counts) if count]
    return _svg(bars, len(counts), label)


def _bar(slot: int, part: float, kind: str) -> str:
    height = LEAST + part * (HEIGHT - LEAST)
    if kind == "failed":
        height = float(HEIGHT)
    return f'<rect class="{kind}" x="{slot * STEP}" y="{HEIGHT - height:.1f}" width="{STEP - 1}" height="{height:.1f}"/>'


def _svg(bars: Sequence[str], slots: int, label: str) -> Markup:
    width = slots * STEP
    return Markup(  # noqa: S704 - numbers of our own, and a label that is escaped
        f'<svg class="chart" role="img" aria-label="{escape(label)}" viewBox="0 0 {width} {HEIGHT + 1}" '
        f'width="{width}" height="{HEIGHT + 1}"><path class="ground" d="M0 {HEIGHT + 0.5}H{width}"/>{"".join(bars)}</svg>'
    )
