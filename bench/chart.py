"""A bar chart as SVG, of bars and nothing else. Pure."""

from xml.sax.saxutils import escape

WIDTH, LABEL, BAR, GAP, HEAD = 960, 360, 18, 6, 40
OURS, OTHER, FLOOR = "#1565c0", "#9e9e9e", "#c8c8c8"


def bars(groups):
    """The whole chart.

    groups: title, unit, and rows of label, value, kind ("ours", "other" or "floor"), least and most (or None).
    """
    parts, y = [], 16
    for title, unit, rows in groups:
        drawn, y = group(title, unit, rows, y)
        parts += drawn
    style = ("text{font:13px sans-serif;fill:#222}.t{font-weight:bold;font-size:15px}.v{fill:#555}"
             "@media(prefers-color-scheme:dark){text{fill:#ddd}.v{fill:#aaa}}")
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">\n'
            f"<style>{style}</style>\n" + "\n".join(parts) + "\n</svg>\n")


def group(title, unit, rows, y):
    """One group's elements, and where the next begins."""
    longest = max((row[4] or row[1]) for row in rows) or 1
    scale = (WIDTH - LABEL - 130) / longest
    parts = [f'<text class="t" x="0" y="{y + 16}">{escape(title)}</text>']
    y += HEAD
    for label, value, kind, least, most in rows:
        colour = {"ours": OURS, "floor": FLOOR}.get(kind, OTHER)
        width = value * scale
        middle = y + BAR / 2
        parts.append(f'<text x="{LABEL - 8}" y="{y + 14}" text-anchor="end">{escape(label)}</text>')
        parts.append(f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" rx="2" fill="{colour}"/>')
        end = LABEL + width
        if least is not None and most > least:
            left, end = LABEL + least * scale, max(end, LABEL + most * scale)
            parts.append(f'<path d="M{left:.1f} {middle}H{LABEL + most * scale:.1f}" stroke="#222" stroke-width="1.5"/>')
        parts.append(f'<text class="v" x="{end + 6:.1f}" y="{y + 14}">{number(value)} {escape(unit)}</text>')
        y += BAR + GAP
    return parts, y + 18


def number(value):
    """Three digits that matter."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
