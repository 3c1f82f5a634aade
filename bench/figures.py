"""Numbers out of runs: medians, spreads, ratios and what may be claimed of them. Pure."""

import statistics

# With fewer runs nobody knows the spread.
LEAST_RUNS = 3


def summary(values):
    """Median, least, most and spread (most less least) of some runs."""
    return {
        "runs": len(values), "median": statistics.median(values), "least": min(values), "most": max(values),
        "spread": max(values) - min(values),
    }


def ratios(ours, others):
    """Ours to the other, turn by turn, so that a slow minute of the machine meets both."""
    if len(ours) != len(others):
        raise ValueError(f"{len(ours)} runs against {len(others)}: turns do not match")
    return [mine / other for mine, other in zip(ours, others)]


def comparison(ours, others):
    """The ratio's summary, and a claim only where its spread is narrower than its distance from 1."""
    found = summary(ratios(ours, others))
    return found | {"claim": claim(found, 1.0, "less", "more")}


def claim(found, limit, below, above):
    """`below` or `above`, or why neither may be said.

    found: a summary; limit: what its median is held against.
    """
    if found["runs"] < LEAST_RUNS:
        return f"no claim: {found['runs']} run{'s' if found['runs'] > 1 else ''}"
    if found["spread"] >= abs(found["median"] - limit):
        return "no claim: the spread is wider than the margin"
    return below if found["median"] < limit else above


def target(name, values, limit, at_least=False, exact=False, remark=""):
    """One number to reach.

    values: of each run; exact: sizes, which are the same in each run, so that one is enough.
    """
    found = summary(values)
    reached = found["median"] >= limit if at_least else found["median"] <= limit
    verdict = "met" if reached else "not met"
    if not exact:
        said = claim(found, limit, "below", "above")
        if said not in ("below", "above"):
            verdict = f"{verdict} in the median; {said}"
    return {"name": name, "limit": limit, "atLeast": at_least, "found": found, "verdict": verdict, "remark": remark}


def worst(targets):
    """Of targets of one name on several sets, the one that is furthest from its limit on the wrong side."""
    return max(targets, key=lambda row: (-1 if row["atLeast"] else 1) * (row["found"]["median"] - row["limit"]))
